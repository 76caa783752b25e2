//! Configuration of the gateway: keys, addresses, delivery of events, time limits and the clock. Begin with [`Config`].

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use standardwebhooks::Webhook;

/// Mode of delivering a payment's events to the merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Delivery {
    /// Immediately and in order.
    #[default]
    Now,
    /// After a delay.
    Late {
        /// Delay in seconds, at most one day.
        seconds: u32,
    },
    /// Each event twice, with the same webhook ID.
    Twice,
    /// Newest event first.
    OutOfOrder,
    /// Recorded but not sent.
    Never,
}

/// Source of the current time; tests supply their own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// Returns the system's clock.
    pub fn system() -> Self {
        Self(Arc::new(|| DateTime::<Utc>::from(SystemTime::now())))
    }

    /// Creates a clock that returns the result of `read`.
    pub fn from_fn(read: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Configuration of the gateway. [`Config::default`] is for local development.
#[derive(Clone)]
pub struct Config {
    /// Bearer key of the merchant.
    pub api_key: String,
    /// Secret for signing webhooks: `whsec_` and 24 to 64 bytes in base64 (Standard Webhooks).
    pub webhook_secret: String,
    /// Address that events are posted to.
    pub webhook_url: String,
    /// Address of this gateway for browsers, without a trailing slash.
    pub public_base_url: String,
    /// Name of the merchant on the hosted page.
    pub merchant_name: String,
    /// File that keeps the state across restarts; `None` keeps it in memory only.
    pub snapshot: Option<PathBuf>,
    /// Mode of delivery for payments without their own.
    pub delivery: Delivery,
    /// True holds deliveries back from the start, until they are flushed or resumed.
    pub webhooks_paused: bool,
    /// Wait before the second attempt; doubles with each further attempt, up to five minutes.
    pub retry_base: Duration,
    /// Maximum number of attempts of a delivery.
    pub max_attempts: u32,
    /// Time limit for the merchant's answer to a webhook.
    pub webhook_timeout: Duration,
    /// Number of status queries answered with 503 after a payment with an outage card.
    pub outage_queries: u32,
    /// Maximum duration of the outage.
    pub outage_limit: Duration,
    /// Clock.
    pub clock: Clock,
}

impl Config {
    /// Default address that the gateway listens on.
    pub const DEFAULT_LISTEN: &'static str = "127.0.0.1:3001";
    /// API key for local development.
    pub const DEFAULT_API_KEY: &'static str = "sandbox-api-key";
    /// Webhook secret for local development; not secret.
    pub const DEFAULT_WEBHOOK_SECRET: &'static str = "whsec_c2FuZGJveC1vbmx5LXNlY3JldC1ub3QtZm9yLXVzZSE=";
    /// Address of the merchant's webhook for local development.
    pub const DEFAULT_WEBHOOK_URL: &'static str = "http://127.0.0.1:3000/api/payments/webhook/sandbox";

    /// Validates the configuration: refuses an empty key, a secret of the wrong form and invalid addresses.
    pub(crate) fn check(&self) -> Result<Webhook, ConfigError> {
        if self.api_key.trim().is_empty() {
            return Err(ConfigError("api_key", "must not be empty"));
        }
        for (name, value) in [("webhook_url", &self.webhook_url), ("public_base_url", &self.public_base_url)]
        {
            let web = Url::parse(value).is_ok_and(|u| matches!(u.scheme(), "http" | "https"));
            if !web {
                return Err(ConfigError(name, "must be an http or https address"));
            }
        }
        if self.max_attempts == 0 {
            return Err(ConfigError("max_attempts", "must be at least 1"));
        }
        // 24 bytes are 32 characters of base64; the library itself would accept an empty key
        match self.webhook_secret.strip_prefix("whsec_") {
            Some(body) if (32..=88).contains(&body.len()) => Webhook::new(&self.webhook_secret)
                .map_err(|_| ConfigError("webhook_secret", "is not base64 after `whsec_`")),
            _ => Err(ConfigError("webhook_secret", "must be `whsec_` and 24 to 64 bytes in base64")),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            api_key: Self::DEFAULT_API_KEY.into(),
            webhook_secret: Self::DEFAULT_WEBHOOK_SECRET.into(),
            webhook_url: Self::DEFAULT_WEBHOOK_URL.into(),
            public_base_url: format!("http://{}", Self::DEFAULT_LISTEN),
            merchant_name: "Demo merchant".into(),
            snapshot: None,
            delivery: Delivery::Now,
            webhooks_paused: false,
            retry_base: Duration::from_secs(1),
            max_attempts: 10,
            webhook_timeout: Duration::from_secs(10),
            outage_queries: 3,
            outage_limit: Duration::from_mins(1),
            clock: Clock::system(),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("webhook_url", &self.webhook_url)
            .field("public_base_url", &self.public_base_url)
            .field("snapshot", &self.snapshot)
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
}

/// Error for an invalid setting: its name and the reason.
#[derive(Debug, thiserror::Error)]
#[error("{0} {1}")]
pub struct ConfigError(pub &'static str, pub &'static str);

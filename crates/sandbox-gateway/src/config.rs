//! What the gateway is told at start: keys, addresses, delays and the clock.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use standardwebhooks::Webhook;

/// How the events of a payment are brought to the merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Delivery {
    /// At once, in order.
    #[default]
    Now,
    /// After this many seconds.
    Late {
        /// At most one day.
        seconds: u32,
    },
    /// Each event twice, with the same webhook id.
    Twice,
    /// The newest event first.
    OutOfOrder,
    /// Recorded, not sent.
    Never,
}

/// Where the gateway reads the time. Tests put their own in.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Arc::new(|| DateTime::<Utc>::from(SystemTime::now())))
    }

    /// A clock that answers what `read` says.
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

/// Everything that can be set. [`Config::default`] works on a laptop.
#[derive(Clone)]
pub struct Config {
    /// Bearer key of the merchant.
    pub api_key: String,
    /// `whsec_` and 24 to 64 bytes of base64, per Standard Webhooks.
    pub webhook_secret: String,
    /// Where events are posted.
    pub webhook_url: String,
    /// The address browsers reach this gateway under, without a trailing slash.
    pub public_base_url: String,
    /// The merchant's name on the hosted page.
    pub merchant_name: String,
    /// File that keeps the state across restarts; none keeps it in memory only.
    pub snapshot: Option<PathBuf>,
    /// How events are delivered when nobody chose.
    pub delivery: Delivery,
    /// Start with deliveries held back until flushed or resumed.
    pub webhooks_paused: bool,
    /// Wait before the second attempt; doubles with each further one, up to five minutes.
    pub retry_base: Duration,
    /// Attempts before a delivery is given up.
    pub max_attempts: u32,
    /// How long the merchant may take to answer a webhook.
    pub webhook_timeout: Duration,
    /// Status queries answered 503 after a payment with an outage card.
    pub outage_queries: u32,
    /// The outage ends after this time at the latest.
    pub outage_limit: Duration,
    /// Source of time.
    pub clock: Clock,
}

impl Config {
    /// Address the gateway listens on when nothing else is said.
    pub const DEFAULT_LISTEN: &'static str = "127.0.0.1:3001";
    /// Bearer key of a laptop.
    pub const DEFAULT_API_KEY: &'static str = "sandbox-api-key";
    /// Webhook secret of a laptop; worth nothing anywhere else.
    pub const DEFAULT_WEBHOOK_SECRET: &'static str = "whsec_c2FuZGJveC1vbmx5LXNlY3JldC1ub3QtZm9yLXVzZSE=";
    /// Where a laptop's merchant listens for events.
    pub const DEFAULT_WEBHOOK_URL: &'static str = "http://127.0.0.1:3000/api/payments/webhook";

    /// Refuses what cannot work: an empty key, a secret of the wrong shape, addresses that are none.
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
        // 24 bytes are 32 characters of base64; the library itself would take an empty key
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

/// A setting that cannot work: its name and the reason.
#[derive(Debug, thiserror::Error)]
#[error("{0} {1}")]
pub struct ConfigError(pub &'static str, pub &'static str);

//! The provider itself: configuration, memory behind one lock, and the bells that wake the background tasks. The lock is never
//! held across an await.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use standardwebhooks::Webhook;
use tokio::sync::{Mutex as AsyncMutex, Notify};

use crate::ServeError;
use crate::config::{Config, ConfigError};
use crate::state::State;
use crate::store;

/// A payment provider. Share it in an `Arc`.
pub struct Gateway {
    pub(crate) config: Config,
    state: Mutex<State>,
    pub(crate) signer: Webhook,
    pub(crate) http: reqwest::Client,
    /// Deliveries go one at a time, so that their order can be told.
    pub(crate) lane: AsyncMutex<()>,
    pub(crate) wake: Notify,
    pub(crate) dirty: Notify,
}

impl Gateway {
    /// Checks the configuration and reads the snapshot, if there is one.
    pub fn open(mut config: Config) -> Result<Self, ServeError> {
        let signer = config.check()?;
        config.public_base_url.truncate(config.public_base_url.trim_end_matches('/').len());
        let http = reqwest::Client::builder()
            .timeout(config.webhook_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent("sandbox-gateway/1")
            .build()
            .map_err(|_| ConfigError("webhook_timeout", "leaves no way to build an HTTP client"))?;
        let fresh = State { paused: config.webhooks_paused, delivery: config.delivery, ..State::default() };
        let state = match &config.snapshot {
            Some(path) => store::load(path)?.unwrap_or(fresh),
            None => fresh,
        };
        Ok(Self {
            config,
            state: Mutex::new(state),
            signer,
            http,
            lane: AsyncMutex::new(()),
            wake: Notify::new(),
            dirty: Notify::new(),
        })
    }

    /// Looks or acts on the memory after time has had its say.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut State, DateTime<Utc>) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let offset = TimeDelta::try_seconds(state.clock_offset_seconds).unwrap_or_default();
        let now = self.config.clock.now() + offset;
        let before = state.settle(now);
        let out = act(&mut state, now);
        if state.settle(now) || before {
            self.wake.notify_one();
            self.dirty.notify_one();
        }
        out
    }

    /// Like [`Self::with`], then wakes whoever sends and saves.
    pub(crate) fn change<T>(&self, act: impl FnOnce(&mut State, DateTime<Utc>) -> T) -> T {
        let out = self.with(act);
        self.wake.notify_one();
        self.dirty.notify_one();
        out
    }

    /// Writes the snapshot now; a failure is logged, for the provider can go on without.
    pub(crate) fn save(&self) {
        let Some(path) = &self.config.snapshot else { return };
        let bytes = self.with(|state, _| serde_json::to_vec(state));
        let saved = bytes.map_err(std::io::Error::from).and_then(|bytes| store::replace(path, &bytes));
        if let Err(error) = saved {
            tracing::error!(path = %path.display(), %error, "snapshot not written");
        }
    }
}

//! The provider: configuration, state behind one lock, and the notifications that wake the background tasks. The lock is never held
//! across an await.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use standardwebhooks::Webhook;
use tokio::sync::{Mutex as AsyncMutex, Notify};

use crate::ServeError;
use crate::config::{Config, ConfigError};
use crate::state::State;
use crate::store;

/// A payment provider; share it in an `Arc`.
pub struct Gateway {
    pub(crate) config: Config,
    state: Mutex<State>,
    pub(crate) signer: Webhook,
    pub(crate) http: reqwest::Client,
    /// Lock that serialises deliveries, so that their order is known.
    pub(crate) lane: AsyncMutex<()>,
    pub(crate) wake: Notify,
    pub(crate) dirty: Notify,
}

impl Gateway {
    /// Validates the configuration and loads the snapshot, if there is one.
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

    /// Runs `act` with the locked state and the current time, after the expiries that are due. The background tasks are woken for these
    /// only, not for what `act` changes; see [`Self::change`].
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

    /// Runs `act` like [`Self::with`], then wakes the tasks that deliver and save.
    pub(crate) fn change<T>(&self, act: impl FnOnce(&mut State, DateTime<Utc>) -> T) -> T {
        let out = self.with(act);
        self.wake.notify_one();
        self.dirty.notify_one();
        out
    }

    /// Writes the snapshot; a failure is logged and ignored, because the provider works without.
    pub(crate) fn save(&self) {
        let Some(path) = &self.config.snapshot else { return };
        let bytes = self.with(|state, _| serde_json::to_vec(state));
        let saved = bytes.map_err(std::io::Error::from).and_then(|bytes| store::replace(path, &bytes));
        if let Err(error) = saved {
            tracing::error!(path = %path.display(), %error, "snapshot not written");
        }
    }
}

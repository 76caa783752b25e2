//! Limits work that keeps a core busy (hashing, drawing, reading files): it runs off the async threads, and each kind
//! on at most half of the cores at once.

use std::{
    num::NonZero,
    sync::{Arc, LazyLock},
    time::Duration,
};

use contracts::error::ErrorCode;
use tokio::sync::Semaphore;

use super::{Error, Result};

/// Maximum wait for a permit.
const PATIENCE: Duration = Duration::from_secs(5);

/// Permits for one kind of work.
pub struct CpuLimiter(LazyLock<Arc<Semaphore>>);

impl CpuLimiter {
    /// Creates a limiter with half as many permits as the machine has cores, at least one: a flood of this work leaves the other cores to
    /// other requests.
    pub const fn half_the_cores() -> Self {
        Self(LazyLock::new(|| {
            let cores = std::thread::available_parallelism().map_or(2, NonZero::get);
            Arc::new(Semaphore::new((cores / 2).max(1)))
        }))
    }

    /// Runs `work` on a blocking thread as soon as a permit is free.
    ///
    /// # Errors
    /// `busy` when none is free within five seconds, and the errors of `work`.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = tokio::time::timeout(PATIENCE, Arc::clone(&self.0).acquire_owned())
            .await
            .map_err(|late| Error::new(ErrorCode::Busy).caused_by(late))?
            .map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(permit);
            outcome
        })
        .await?
    }
}

//! Work that takes a core: off the async threads, and never so much of a kind at once that nothing is left for the rest.

use std::{
    num::NonZero,
    sync::{Arc, LazyLock},
    time::Duration,
};

use contracts::error::ErrorCode;
use tokio::sync::Semaphore;

use super::{Error, Result};

/// The longest wait for a turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// The turns of one kind of work.
pub struct Turns(LazyLock<Arc<Semaphore>>);

impl Turns {
    /// Half as many at once as there are cores, at least one: a flood of such work leaves the other half to everybody else.
    pub const fn half_the_cores() -> Self {
        Self(LazyLock::new(|| {
            let cores = std::thread::available_parallelism().map_or(2, NonZero::get);
            Arc::new(Semaphore::new((cores / 2).max(1)))
        }))
    }

    /// Runs `work` when its turn comes.
    ///
    /// # Errors
    /// `busy` when it does not come in time, and what `work` answers.
    pub async fn take<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.0).acquire_owned())
            .await
            .map_err(|late| Error::new(ErrorCode::Busy).caused_by(late))?
            .map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(turn);
            outcome
        })
        .await?
    }
}

//! The snapshot file: the state as JSON, replaced as a whole, at most twice a second.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::ServeError;
use crate::gateway::Gateway;
use crate::state::State;

/// Time for which changes are collected before they are written.
const GATHER: Duration = Duration::from_millis(500);

/// Saves after changes until `shutdown`. The caller makes the last save.
pub(crate) async fn run(gateway: Arc<Gateway>, shutdown: CancellationToken) {
    if gateway.config.snapshot.is_none() {
        return;
    }
    let work = async {
        loop {
            gateway.dirty.notified().await;
            tokio::time::sleep(GATHER).await;
            let saver = Arc::clone(&gateway);
            if let Err(error) = tokio::task::spawn_blocking(move || saver.save()).await {
                tracing::error!(%error, "snapshot task failed");
            }
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = work => {}
    }
}

/// Loads the state from the file; `None` if there is no file yet.
pub(crate) fn load(path: &Path) -> Result<Option<State>, ServeError> {
    let broken = |reason: String| ServeError::Snapshot { path: path.display().to_string(), reason };
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| broken(error.to_string())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(broken(error.to_string())),
    }
}

/// Replaces the file atomically with `bytes`; only its owner can read it.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    // a name of its own for each draft, because two saves may run at once
    let draft = path.with_extension(format!("{}.tmp", uuid::Uuid::new_v4().simple()));
    let write = |mut file: File| file.write_all(bytes).and_then(|()| file.sync_all());
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(write)
        .and_then(|()| std::fs::rename(&draft, path))
        .inspect_err(|_| drop(std::fs::remove_file(&draft)))
}

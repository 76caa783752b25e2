//! The pinned checkpoint as the sequencer uses it: what speaks against signing over the stored log, and keeping what was signed. How the
//! database stands to it is asked in `platform::continuity`.

use std::sync::Arc;

use chrono::TimeDelta;
use tlog::{NoteSigner, root, root_reads};

use super::log::{Head, nodes};
use crate::platform::{
    Error, LogContinuity, OpCtx, PinnedCheckpoint, Result, Tx, events::Alert, pinned_checkpoint,
};

/// A refusal is told this often; the sequencer tries again every few seconds.
const TOLD_EVERY: TimeDelta = TimeDelta::hours(1);

/// Marks that administrators were told.
struct Telling;

/// Keeps the checkpoint that was just signed and committed. If that fails the log goes on: an older one only finds less.
pub(super) async fn keep(ctx: &OpCtx, note: String) -> Result<()> {
    if let Err(cause) = write(ctx, note).await {
        tracing::error!(cause = ?cause.source, "the log's checkpoint could not be written to the key folder");
    }
    Ok(())
}

/// Writes the pinned checkpoint.
///
/// # Errors
/// `internal` when it cannot be written.
pub(super) async fn write(ctx: &OpCtx, note: String) -> Result<()> {
    let store = Arc::clone(ctx.platform().keys.checkpoint_store());
    tokio::task::spawn_blocking(move || store.write(&note)).await?.map_err(Error::internal)
}

/// Why the log may not grow from `head`; `None` where it continues the pinned checkpoint.
pub(super) async fn rollback_reason(tx: &mut Tx, signer: &NoteSigner, head: &Head) -> Result<Option<String>> {
    let platform = Arc::clone(tx.ctx().platform());
    let continuity = match pinned_checkpoint(&platform, signer.name()) {
        PinnedCheckpoint::Absent if head.size > 0 => LogContinuity::Unpinned { stored: head.size },
        PinnedCheckpoint::Absent => LogContinuity::Intact,
        PinnedCheckpoint::Unreadable => LogContinuity::Unreadable,
        PinnedCheckpoint::Signed(pinned) if pinned.size > head.size => {
            LogContinuity::Behind { stored: head.size, pinned: pinned.size }
        }
        PinnedCheckpoint::Signed(pinned) => {
            let stored = if pinned.size == head.size {
                head.root
            } else {
                let reader = nodes(tx.conn()?, root_reads(pinned.size)).await?;
                root(pinned.size, &reader).map_err(Error::internal)?
            };
            if stored == pinned.root { LogContinuity::Intact } else { LogContinuity::Diverged }
        }
    };
    Ok(continuity.problem())
}

/// Tells administrators that the log stands still, once an hour.
pub(super) async fn alert_admins(ctx: &OpCtx, reason: &str) -> Result<()> {
    if !ctx.platform().db.caches().is_due::<Telling>(ctx.now(), TOLD_EVERY) {
        return Ok(());
    }
    ctx.raise(Alert::LogForkRefused { objection: reason.to_owned() }).await
}

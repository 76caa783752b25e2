//! The log's head beside its key. A database that was put back to an earlier day knows nothing of the entries it has lost and would
//! give their places to others; the head outside of it does.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::json;
use tlog::{Checkpoint, NoteSigner, SignatureKind, SignedNote, root, root_reads};

use super::log::{Head, nodes};
use crate::platform::{Error, OpCtx, Result, SecurityEvent, Tx};

/// A refusal is told this often; the sequencer tries again every few seconds.
const TOLD_EVERY: TimeDelta = TimeDelta::hours(1);

/// Marks that administrators were told.
struct Telling;

/// Keeps the head that was just signed and committed. If that fails the log goes on: an older head only finds less.
pub(super) async fn keep(ctx: &OpCtx, note: String) -> Result<()> {
    let keeper = Arc::clone(ctx.platform().keys.head());
    if let Err(cause) = tokio::task::spawn_blocking(move || keeper.keep(&note)).await? {
        tracing::error!(%cause, "the log's head could not be kept beside its key");
    }
    Ok(())
}

/// What the kept head says against growing the log from `head`; nothing where the log continues it.
pub(super) async fn objection(tx: &mut Tx, signer: &NoteSigner, head: &Head) -> Result<Option<&'static str>> {
    let keeper = Arc::clone(tx.ctx().platform().keys.head());
    let Some(kept) = tokio::task::spawn_blocking(move || keeper.kept()).await?.map_err(Error::internal)?
    else {
        return Ok(None);
    };
    let Some((note, named)) = read(&kept) else {
        return Ok(Some("the head beside the key cannot be read"));
    };
    // the head of a log of another name says nothing about this one
    if named.origin != *signer.name() {
        return Ok(None);
    }
    let known = [signer.verifier(SignatureKind::Ed25519).map_err(Error::internal)?];
    if Checkpoint::open(&note, signer.name(), &known).is_err() {
        return Ok(Some("the head beside the key is not signed by it"));
    }
    if named.size > head.size {
        return Ok(Some("the database has forgotten entries that were signed"));
    }
    let now = if named.size == head.size {
        head.root
    } else {
        let reader = nodes(tx.conn()?, root_reads(named.size)).await?;
        root(named.size, &reader).map_err(Error::internal)?
    };
    Ok((now != named.root).then_some("the database has other entries than were signed"))
}

fn read(kept: &str) -> Option<(SignedNote, Checkpoint)> {
    let note: SignedNote = kept.parse().ok()?;
    let named = note.text().parse().ok()?;
    Some((note, named))
}

/// Tells administrators that the log stands still, once an hour.
pub(super) async fn tell(ctx: &OpCtx, objection: &'static str) -> Result<()> {
    if !ctx.platform().db.caches().is_due::<Telling>(ctx.now(), TOLD_EVERY) {
        return Ok(());
    }
    let details = json!({ "objection": objection });
    ctx.security_event(SecurityEvent { kind: "log_fork_refused", severity: "high", user_id: None, details })
        .await
}

//! The auditor's and the operator's side of the log: the whole of it computed anew, and letting it go on after a loss.

use std::sync::Arc;

use contracts::{error::ErrorCode, permission::Permission};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{log_checkpoints, log_entries, log_leaves};
use tlog::{
    Checkpoint, EMPTY_ROOT, HashReader, NodeId, Nodes, NoteVerifier, SignedNote, append, leaf_hash, root,
    root_reads,
};

use super::{
    log::{SEQUENCER_LOCK, StoredNode, latest, signer, verifier},
    pinned,
};
use crate::platform::{Error, OpCtx, Prepare, Result, continuity_of, events::CertificatesEvent};

/// What an auditor finds when the whole stored log is computed anew from its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogFinding {
    /// Entries, hashes and every signed checkpoint agree.
    Sound {
        /// Entries of the log.
        size: u64,
    },
    /// They do not.
    Broken {
        /// What does not fit, and where.
        what: String,
    },
}

/// Recomputes the log from its entries and holds every signed checkpoint against it: finds an altered, exchanged or deleted
/// entry, leaf or hash. A tail that was cut off together with its checkpoints shows only to somebody who kept a later one.
pub async fn log_audit(ctx: &OpCtx) -> Result<LogFinding> {
    ctx.read(Permission::SystemManage, async |tx| {
        // nothing grows between one question and the next
        diesel::sql_query("SELECT pg_advisory_xact_lock_shared($1)")
            .bind::<sql_types::BigInt, _>(SEQUENCER_LOCK)
            .prepared()
            .execute(tx.conn()?)
            .await?;
        let platform = Arc::clone(tx.ctx().platform());
        let verifier = verifier(tx.conn()?, &platform).await?;
        let rows: Vec<(i64, Vec<u8>, Vec<u8>)> = log_leaves::table
            .inner_join(log_entries::table.on(log_entries::id.eq(log_leaves::log_entry_id)))
            .order(log_leaves::leaf_index)
            .select((log_leaves::leaf_index, log_leaves::leaf_hash, log_entries::entry))
            .load(tx.conn()?)
            .await?;
        let checkpoints: Vec<(i64, String)> = log_checkpoints::table
            .order(log_checkpoints::tree_size)
            .select((log_checkpoints::tree_size, log_checkpoints::signed_note))
            .load(tx.conn()?)
            .await?;
        let stored: Vec<StoredNode> = diesel::sql_query("SELECT level, position, hash FROM log_hashes")
            .prepared()
            .load(tx.conn()?)
            .await?;
        Ok(match recompute(&rows, &checkpoints, &stored, &verifier) {
            Ok(size) => LogFinding::Sound { size },
            Err(what) => LogFinding::Broken { what },
        })
    })
    .await
}

fn recompute(
    rows: &[(i64, Vec<u8>, Vec<u8>)],
    checkpoints: &[(i64, String)],
    stored: &[StoredNode],
    verifier: &NoteVerifier,
) -> Result<u64, String> {
    let mut leaves = Vec::with_capacity(rows.len());
    for (expected, (index, stored_leaf, entry)) in (0_i64..).zip(rows) {
        let leaf = leaf_hash(entry);
        if *index != expected || leaf.as_bytes().as_slice() != stored_leaf.as_slice() {
            return Err(format!("leaf {expected} is not the hash of its entry"));
        }
        leaves.push(leaf);
    }
    let grown = append(0, &leaves, &Nodes::default()).map_err(|error| error.to_string())?;
    let tree: Nodes = grown.iter().copied().collect();
    if stored.len() != grown.len() {
        return Err(format!("{} hashes are stored where {} belong", stored.len(), grown.len()));
    }
    for node in stored {
        let id = NodeId {
            level: u8::try_from(node.level).unwrap_or(u8::MAX),
            index: u64::try_from(node.position).unwrap_or(u64::MAX),
        };
        if tree.hash_of(id).is_none_or(|hash| hash.as_bytes().as_slice() != node.hash.as_slice()) {
            return Err(format!("the hash at level {} position {} is wrong", node.level, node.position));
        }
    }
    for (size, note) in checkpoints {
        let note: SignedNote = note.parse().map_err(|_| format!("checkpoint {size} is no note"))?;
        let (head, _) = Checkpoint::open(&note, verifier.name(), std::slice::from_ref(verifier))
            .map_err(|error| format!("checkpoint {size}: {error}"))?;
        let missing = root_reads(head.size).into_iter().any(|node| tree.hash_of(node).is_none());
        if missing || root(head.size, &tree).ok() != Some(head.root) {
            return Err(format!("the signed root of {} entries is not that of the stored log", head.size));
        }
    }
    let size = u64::try_from(leaves.len()).map_err(|error| error.to_string())?;
    match checkpoints.last() {
        Some((last, _)) if u64::try_from(*last).ok() == Some(size) => Ok(size),
        None if size == 0 => Ok(0),
        _ => Err("the last checkpoint is not of the whole log".to_owned()),
    }
}

/// Lets the log go on from the database as it is, though entries that were signed are missing or no checkpoint is kept beside the key.
/// The operator names the number of `entries` the stored log has. Administrators are told, and the loss is recorded.
///
/// # Errors
/// `wrong_state` with the fact `entries` when the stored log has another number; `internal` when it is not sound in itself.
pub async fn log_accept(ctx: &OpCtx, entries: u64) -> Result<()> {
    match log_audit(ctx).await? {
        LogFinding::Sound { size } if size == entries => {}
        LogFinding::Sound { size } => {
            return Err(Error::new(ErrorCode::WrongState).with_fact("entries", size.to_string()));
        }
        LogFinding::Broken { what } => {
            return Err(Error::internal(format!("the stored log is not sound: {what}")));
        }
    }
    let note = ctx
        .tx("certificates.log_accept", Permission::SystemManage, async move |tx| {
            let platform = Arc::clone(tx.ctx().platform());
            let signer = signer(tx.conn()?, &platform).await?;
            let newest = latest(tx.conn()?).await?.map(|(_, note)| note);
            let problem = continuity_of(&platform, newest.as_deref()).problem();
            tx.emit(CertificatesEvent::LogAccepted { entries, problem }).await?;
            match newest {
                Some(note) => Ok(note),
                None => {
                    let empty = Checkpoint { origin: signer.name().clone(), size: 0, root: EMPTY_ROOT };
                    Ok(empty.sign(&signer).map_err(Error::internal)?.to_string())
                }
            }
        })
        .await?;
    pinned::write(ctx, note).await
}

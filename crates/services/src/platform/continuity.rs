//! Whether the database still holds everything that was signed. The newest signed head of the log is kept beside the signing keys, outside
//! of the database (the pinned checkpoint). A database that was put back to an earlier day is behind it: certificates it calls unused may
//! have been redeemed since, so nothing is sold or redeemed by it.

use std::sync::{Arc, Mutex, PoisonError};

use contracts::error::ErrorCode;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::log_checkpoints;
use tlog::{Checkpoint, KeyName, NoteSigner, SignatureKind, SignedNote};

use super::{Conn, Error, Platform, Result, Tx};

/// How the stored log stands to the pinned checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogContinuity {
    /// All that was signed is there.
    Intact,
    /// Of the `pinned` entries that were signed the database has `stored`.
    Behind {
        /// Entries of the stored log.
        stored: u64,
        /// Entries of the pinned checkpoint.
        pinned: u64,
    },
    /// The database has other entries than were signed.
    Diverged,
    /// The log has `stored` entries, and no checkpoint of it is pinned: nobody can say whether entries are missing.
    Unpinned {
        /// Entries of the stored log.
        stored: u64,
    },
    /// What is pinned cannot be read, or is not signed by the log's key.
    Unreadable,
}

impl LogContinuity {
    /// What is wrong, in a sentence for operators; `None` where all is there.
    pub fn problem(self) -> Option<String> {
        match self {
            Self::Intact => None,
            Self::Behind { stored, pinned } => Some(format!(
                "signed log entries are missing from the database: it holds {stored} of {pinned}"
            )),
            Self::Diverged => {
                Some("the log entries in the database differ from those that were signed".to_owned())
            }
            Self::Unpinned { stored } => Some(format!(
                "no checkpoint is kept in the key folder, although the log has {stored} entries"
            )),
            Self::Unreadable => Some(
                "the checkpoint in the key folder cannot be read or is not signed with the log's key"
                    .to_owned(),
            ),
        }
    }
}

/// What is kept beside the keys.
#[derive(Clone, Debug)]
pub enum PinnedCheckpoint {
    /// Nothing, or the head of a log of another name, which says nothing of this one.
    Absent,
    /// Something that is no checkpoint or is not signed by the log's key.
    Unreadable,
    /// The newest checkpoint that was signed here.
    Signed(Checkpoint),
}

/// The pinned note that was verified last: it is read much more often than it changes.
#[derive(Default)]
struct LastVerified(Mutex<Option<(String, Checkpoint)>>);

/// Reads and verifies the pinned checkpoint of the log called `name`.
pub fn pinned_checkpoint(platform: &Platform, name: &KeyName) -> PinnedCheckpoint {
    let kept = match platform.keys.checkpoint_store().read() {
        Ok(Some(kept)) => kept,
        Ok(None) => return PinnedCheckpoint::Absent,
        Err(cause) => {
            tracing::error!(%cause, "the pinned checkpoint cannot be read");
            return PinnedCheckpoint::Unreadable;
        }
    };
    let known = platform.db.caches().of::<LastVerified>();
    let mut known = known.0.lock().unwrap_or_else(PoisonError::into_inner);
    let checkpoint = match &*known {
        Some((text, checkpoint)) if *text == kept => Some(checkpoint.clone()),
        _ => open(platform, &kept),
    };
    match checkpoint {
        None => PinnedCheckpoint::Unreadable,
        Some(checkpoint) if checkpoint.origin != *name => PinnedCheckpoint::Absent,
        Some(checkpoint) => {
            *known = Some((kept, checkpoint.clone()));
            PinnedCheckpoint::Signed(checkpoint)
        }
    }
}

/// The checkpoint in a note, if the log's key has signed it under the name it gives itself.
fn open(platform: &Platform, note: &str) -> Option<Checkpoint> {
    let note: SignedNote = note.parse().ok()?;
    let named: Checkpoint = note.text().parse().ok()?;
    let signer = NoteSigner::new(named.origin.clone(), platform.keys.log().clone());
    let verifier = signer.verifier(SignatureKind::Ed25519).ok()?;
    Checkpoint::open(&note, &named.origin, &[verifier]).ok().map(|(checkpoint, _)| checkpoint)
}

/// How the log whose newest stored checkpoint is `newest` stands to the pinned one.
pub fn continuity_of(platform: &Platform, newest: Option<&str>) -> LogContinuity {
    // whether it is signed is the sequencer's question; a log that was not begun is called after the market's address
    let stored: Option<Checkpoint> =
        newest.and_then(|note| note.parse::<SignedNote>().ok()).and_then(|note| note.text().parse().ok());
    let name = match &stored {
        Some(checkpoint) => Some(checkpoint.origin.clone()),
        None if newest.is_some() => return LogContinuity::Diverged,
        None => platform.settings.log_name().parse().ok(),
    };
    let size = stored.as_ref().map_or(0, |checkpoint| checkpoint.size);
    let Some(name) = name else { return LogContinuity::Intact };
    match pinned_checkpoint(platform, &name) {
        PinnedCheckpoint::Unreadable => LogContinuity::Unreadable,
        PinnedCheckpoint::Absent if size > 0 => LogContinuity::Unpinned { stored: size },
        PinnedCheckpoint::Signed(pinned) if pinned.size > size => {
            LogContinuity::Behind { stored: size, pinned: pinned.size }
        }
        PinnedCheckpoint::Signed(pinned)
            if pinned.size == size && stored.is_some_and(|checkpoint| checkpoint.root != pinned.root) =>
        {
            LogContinuity::Diverged
        }
        PinnedCheckpoint::Absent | PinnedCheckpoint::Signed(_) => LogContinuity::Intact,
    }
}

/// How the stored log stands to the pinned checkpoint. An earlier part of the log that was exchanged is found by the sequencer and by the
/// audit of the whole log, not here.
pub async fn log_continuity(conn: &mut Conn, platform: &Platform) -> Result<LogContinuity> {
    match stored_continuity(conn, platform).await? {
        // the log may have grown between the two looks; the database is first to know of it, so that a second look is right
        LogContinuity::Behind { .. } => stored_continuity(conn, platform).await,
        continuity => Ok(continuity),
    }
}

async fn stored_continuity(conn: &mut Conn, platform: &Platform) -> Result<LogContinuity> {
    let newest: Option<String> = log_checkpoints::table
        .order(log_checkpoints::tree_size.desc())
        .select(log_checkpoints::signed_note)
        .first(conn)
        .await
        .optional()?;
    Ok(continuity_of(platform, newest.as_deref()))
}

/// Why the database may lack what was signed, in a sentence; `None` where it does not. An error says that the database does not answer.
pub async fn records_problem(platform: &Platform) -> Result<Option<String>> {
    let continuity = platform.db.read(async |conn| log_continuity(conn, platform).await).await?;
    Ok(continuity.problem())
}

impl Tx {
    /// Refuses to go on while the database may lack what was signed: to sell or redeem by it could sell or redeem a second time.
    ///
    /// # Errors
    /// `records_incomplete`.
    pub async fn require_all_records(&mut self) -> Result<()> {
        let platform = Arc::clone(self.ctx().platform());
        match log_continuity(self.conn()?, &platform).await?.problem() {
            None => Ok(()),
            Some(problem) => Err(Error::new(ErrorCode::RecordsIncomplete).caused_by(problem)),
        }
    }
}

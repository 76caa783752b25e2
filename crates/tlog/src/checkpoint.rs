//! Checkpoints (C2SP tlog-checkpoint): origin, size and root of a log as a signed note.

use crate::hash::Hash;
use crate::note::{NoteError, SignedNote, Verified};
use crate::note_key::{KeyName, NoteSigner, NoteVerifier};
use std::fmt;
use std::str::FromStr;

/// The head of a log. The origin is also the name of the log's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log.
    pub origin: KeyName,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree of these entries.
    pub root: Hash,
}

/// Reason why a checkpoint is malformed or not trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The text of the note is not origin, size and root. Extension lines are refused, because monitors cannot audit them.
    #[error("not a checkpoint: {0}")]
    Malformed(&'static str),
    /// The note is malformed or not signed by a known key.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The checkpoint is of another log.
    #[error("a checkpoint of the log {0}")]
    OtherLog(KeyName),
    /// The checkpoint is signed by known keys, but not by the log's.
    #[error("the log itself did not sign this checkpoint")]
    NotByLog,
}

impl fmt::Display for Checkpoint {
    /// Writes the text that is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, self.root)
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let text = text.strip_suffix('\n').ok_or(CheckpointError::Malformed("no line feed at the end"))?;
        let mut lines = text.split('\n');
        let mut line = |what| lines.next().ok_or(CheckpointError::Malformed(what));
        let origin = line("no origin")?.parse().map_err(|_| CheckpointError::Malformed("a wrong origin"))?;
        let size = line("no size")?;
        let is_plain = size.bytes().all(|b| b.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
        let size =
            size.parse().ok().filter(|_| is_plain).ok_or(CheckpointError::Malformed("a wrong size"))?;
        let root = line("no root")?.parse().map_err(|_| CheckpointError::Malformed("a wrong root"))?;
        if lines.next().is_some() {
            return Err(CheckpointError::Malformed("extension lines"));
        }
        Ok(Self { origin, size, root })
    }
}

impl Checkpoint {
    /// Signs as the log. The caller must ensure that this tree extends every tree that the log has signed before.
    ///
    /// # Errors
    /// Returns [`CheckpointError::OtherLog`] if the signer's name is not the origin.
    pub fn sign(&self, signer: &NoteSigner) -> Result<SignedNote, CheckpointError> {
        if *signer.name() != self.origin {
            return Err(CheckpointError::OtherLog(self.origin.clone()));
        }
        let mut note = SignedNote::new(self.to_string())?;
        note.sign(signer);
        Ok(note)
    }

    /// Verifies a checkpoint, which must carry the log's own signature. Returns all valid signatures, so that a caller can count
    /// witnesses.
    ///
    /// # Errors
    /// Returns a [`CheckpointError`].
    pub fn open(
        note: &SignedNote,
        origin: &KeyName,
        known: &[NoteVerifier],
    ) -> Result<(Self, Vec<Verified>), CheckpointError> {
        let verified = note.verify(known)?;
        let checkpoint: Self = note.text().parse()?;
        if checkpoint.origin != *origin {
            return Err(CheckpointError::OtherLog(checkpoint.origin));
        }
        if !verified.iter().any(|by| by.name == *origin && by.time.is_none()) {
            return Err(CheckpointError::NotByLog);
        }
        Ok((checkpoint, verified))
    }
}

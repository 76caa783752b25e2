//! Proof bundles (C2SP tlog-proof): index, inclusion proof and checkpoint in one text that can be verified without a network.

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::Hash;
use crate::note::{NoteError, SignedNote, Verified};
use crate::note_key::{KeyName, NoteVerifier};
use crate::proof::{ProofError, verify_inclusion};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::fmt;
use std::str::FromStr;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1\n";

/// Maximum length of a path in a tree of at most 2^64 - 1 entries.
const MAX_HASHES: usize = 64;

/// The proof that an entry is in a log; stored in files named `.tlog-proof`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// Additional data that nothing authenticates; must not be trusted.
    pub extra: Option<Vec<u8>>,
    /// Index of the entry, from 0.
    pub index: u64,
    /// Inclusion proof, the leaf's neighbour first.
    pub hashes: Vec<Hash>,
    /// Checkpoint of the log, cosignatures included.
    pub checkpoint: SignedNote,
}

/// Reason why a proof bundle is malformed or refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofTextError {
    /// The text does not have the format.
    #[error("not a proof bundle: {0}")]
    Malformed(&'static str),
    /// The checkpoint is not trusted.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The inclusion proof is wrong.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl From<NoteError> for ProofTextError {
    fn from(error: NoteError) -> Self {
        Self::Checkpoint(error.into())
    }
}

impl TlogProof {
    /// Verifies that `leaf` (see [`crate::leaf_hash`]) is in the log `origin`, whose key must be among the `known`. Returns the checkpoint
    /// with all valid signatures.
    ///
    /// # Errors
    /// Returns a [`ProofTextError`].
    pub fn verify(
        &self,
        leaf: &Hash,
        origin: &KeyName,
        known: &[NoteVerifier],
    ) -> Result<(Checkpoint, Vec<Verified>), ProofTextError> {
        let (checkpoint, signatures) = Checkpoint::open(&self.checkpoint, origin, known)?;
        verify_inclusion(checkpoint.size, self.index, leaf, &self.hashes, &checkpoint.root)?;
        Ok((checkpoint, signatures))
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FIRST_LINE)?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.hashes {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = ProofTextError;

    fn from_str(text: &str) -> Result<Self, ProofTextError> {
        let rest = text.strip_prefix(FIRST_LINE).ok_or(ProofTextError::Malformed("unknown first line"))?;
        let (head, checkpoint) = rest.split_once("\n\n").ok_or(ProofTextError::Malformed("no checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        let extra = match lines.peek().and_then(|line| line.strip_prefix("extra ")) {
            None => None,
            Some(extra) => {
                let extra =
                    STANDARD.decode(extra).map_err(|_| ProofTextError::Malformed("wrong extra data"))?;
                lines.next();
                Some(extra)
            }
        };
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.ok_or(ProofTextError::Malformed("no index"))?;
        let is_plain = index.bytes().all(|b| b.is_ascii_digit()) && (index == "0" || !index.starts_with('0'));
        let index =
            index.parse().ok().filter(|_| is_plain).ok_or(ProofTextError::Malformed("a wrong index"))?;
        let mut hashes = Vec::new();
        for line in lines {
            if hashes.len() == MAX_HASHES {
                return Err(ProofTextError::Malformed("too many hashes"));
            }
            hashes.push(line.parse().map_err(|_| ProofTextError::Malformed("a wrong hash"))?);
        }
        Ok(Self { extra, index, hashes, checkpoint: checkpoint.parse()? })
    }
}

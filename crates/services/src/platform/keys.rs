//! The signing keys of certificates and of the log, and the store of the log's pinned checkpoint. They live in files, never in the database.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use ed25519_dalek::SigningKey;

use super::{Error, Result};

/// Stores the log's newest signed checkpoint outside of the database. It reveals a database that was restored to an earlier day and would
/// sign other entries in the places of those it has forgotten.
pub trait CheckpointStore: Send + Sync {
    /// Returns the note that was stored last; `None` when none ever was.
    ///
    /// # Errors
    /// When there may be one and it cannot be read.
    fn read(&self) -> io::Result<Option<String>>;

    /// Replaces the stored note by `note`, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write(&self, note: &str) -> io::Result<()>;
}

/// Keeps the checkpoint as long as the process lives.
#[derive(Default)]
struct InMemoryCheckpointStore(Mutex<Option<String>>);

impl CheckpointStore for InMemoryCheckpointStore {
    fn read(&self) -> io::Result<Option<String>> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn write(&self, note: &str) -> io::Result<()> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(note.to_owned());
        Ok(())
    }
}

/// What signs, and what was signed last.
#[derive(Clone)]
pub struct Keys {
    certificate: SigningKey,
    log: SigningKey,
    checkpoint_store: Arc<dyn CheckpointStore>,
}

impl Keys {
    /// Derives the keys from two seeds; the checkpoint is kept in memory.
    ///
    /// # Errors
    /// When the seeds are equal: a signature of one kind could then pass for the other.
    pub fn from_seeds(certificate: [u8; 32], log: [u8; 32]) -> Result<Self> {
        if certificate == log {
            return Err(Error::internal("the certificate key and the log key are the same"));
        }
        Ok(Self {
            certificate: SigningKey::from_bytes(&certificate),
            log: SigningKey::from_bytes(&log),
            checkpoint_store: Arc::new(InMemoryCheckpointStore::default()),
        })
    }

    /// Returns the keys with another store for the checkpoint.
    #[must_use]
    pub fn with_checkpoint_store(self, checkpoint_store: Arc<dyn CheckpointStore>) -> Self {
        Self { checkpoint_store, ..self }
    }

    /// A new seed from the system's randomness.
    pub fn new_seed() -> Result<[u8; 32]> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        Ok(seed)
    }

    /// Signs certificates.
    pub fn certificate(&self) -> &SigningKey {
        &self.certificate
    }

    /// Signs checkpoints of the log.
    pub fn log(&self) -> &SigningKey {
        &self.log
    }

    /// Returns the store of the log's newest signed checkpoint.
    pub fn checkpoint_store(&self) -> &Arc<dyn CheckpointStore> {
        &self.checkpoint_store
    }
}

//! The signing keys of certificates and of the log, and the log's newest head. They live in files, never in the database.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use ed25519_dalek::SigningKey;

use super::{Error, Result};

/// Where the log's newest signed head is kept, outside of the database: by it a database is found out that was put back to an
/// earlier day and would sign other entries in the places of those it has forgotten.
pub trait HeadKeeper: Send + Sync {
    /// The note that was kept last.
    ///
    /// # Errors
    /// When there may be one and it cannot be read.
    fn kept(&self) -> io::Result<Option<String>>;

    /// Keeps `note` in its place, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    fn keep(&self, note: &str) -> io::Result<()>;
}

/// Keeps the head as long as the process lives.
#[derive(Default)]
struct HeadInMemory(Mutex<Option<String>>);

impl HeadKeeper for HeadInMemory {
    fn kept(&self) -> io::Result<Option<String>> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn keep(&self, note: &str) -> io::Result<()> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(note.to_owned());
        Ok(())
    }
}

/// What signs, and what was signed last.
#[derive(Clone)]
pub struct Keys {
    certificate: SigningKey,
    log: SigningKey,
    head: Arc<dyn HeadKeeper>,
}

impl Keys {
    /// The keys that grow from two seeds; the log's head is kept in memory.
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
            head: Arc::new(HeadInMemory::default()),
        })
    }

    /// The same keys, with the log's head kept here.
    #[must_use]
    pub fn with_head_in(self, head: Arc<dyn HeadKeeper>) -> Self {
        Self { head, ..self }
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

    /// Keeps the log's newest head.
    pub fn head(&self) -> &Arc<dyn HeadKeeper> {
        &self.head
    }
}

//! The signing keys of certificates and of the log. They live in files, never in the database.

use ed25519_dalek::SigningKey;

use super::{Error, Result};

/// What signs.
#[derive(Clone)]
pub struct Keys {
    certificate: SigningKey,
    log: SigningKey,
}

impl Keys {
    /// The keys that grow from two seeds.
    ///
    /// # Errors
    /// When the seeds are equal: a signature of one kind could then pass for the other.
    pub fn from_seeds(certificate: [u8; 32], log: [u8; 32]) -> Result<Self> {
        if certificate == log {
            return Err(Error::internal("the certificate key and the log key are the same"));
        }
        Ok(Self { certificate: SigningKey::from_bytes(&certificate), log: SigningKey::from_bytes(&log) })
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
}

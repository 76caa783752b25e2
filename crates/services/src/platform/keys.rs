//! The signing keys of certificates and of the log. They live in files, never in the database.

use ed25519_dalek::SigningKey;

use super::{Result, sha256};

/// What signs.
pub struct Keys {
    certificate: SigningKey,
    log: SigningKey,
}

impl Keys {
    /// Takes the two keys; they must differ, so that one signature can never pass for the other.
    pub fn new(certificate: SigningKey, log: SigningKey) -> Self {
        Self { certificate, log }
    }

    /// Fresh keys from the system's randomness; for tests and the first start on a laptop.
    pub fn generate() -> Result<Self> {
        let mut seeds = [[0_u8; 32]; 2];
        for seed in &mut seeds {
            getrandom::fill(seed)?;
        }
        let [certificate, log] = seeds.map(|seed| SigningKey::from_bytes(&seed));
        Ok(Self::new(certificate, log))
    }

    /// Signs certificates.
    pub fn certificate(&self) -> &SigningKey {
        &self.certificate
    }

    /// Signs checkpoints of the log.
    pub fn log(&self) -> &SigningKey {
        &self.log
    }

    /// First eight bytes of the SHA-256 of a public key: names the key inside signatures.
    pub fn key_id(key: &SigningKey) -> [u8; 8] {
        let digest = sha256(key.verifying_key().as_bytes());
        let mut id = [0; 8];
        id.copy_from_slice(digest.split_at(8).0);
        id
    }
}

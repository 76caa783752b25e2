//! Public keys of certificate signatures: a [`KeySet`] holds several, each with its period, so that keys can be replaced.

use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};
use std::fmt;

/// ID of a key: the first 8 bytes of the SHA-256 of the public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 8]);

impl KeyId {
    /// Returns the ID of a public key.
    pub fn of(key: &VerifyingKey) -> Self {
        let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let mut id = [0; 8];
        for (to, from) in id.iter_mut().zip(digest) {
            *to = from;
        }
        Self(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

struct Known {
    id: KeyId,
    key: VerifyingKey,
    from: i64,
    until: Option<i64>,
}

/// Reason why a key cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// The key has small order: signatures for any message could be made.
    #[error("not a usable Ed25519 public key")]
    Weak,
    /// A key with this ID is in the set already.
    #[error("the key {0} is known already")]
    Repeated(KeyId),
}

/// Public keys trusted for the signatures of certificates.
#[derive(Default)]
pub struct KeySet(Vec<Known>);

impl KeySet {
    /// Trusts `key` for certificates issued from `from` (inclusive) to `until` (exclusive), Unix seconds; returns the key's ID. `None`
    /// means no end.
    ///
    /// # Errors
    /// Returns [`KeySetError`].
    pub fn add(&mut self, key: VerifyingKey, from: i64, until: Option<i64>) -> Result<KeyId, KeySetError> {
        let id = KeyId::of(&key);
        if key.is_weak() {
            return Err(KeySetError::Weak);
        }
        if self.0.iter().any(|known| known.id == id) {
            return Err(KeySetError::Repeated(id));
        }
        self.0.push(Known { id, key, from, until });
        Ok(id)
    }

    pub(crate) fn find(&self, id: &[u8]) -> Option<(KeyId, &VerifyingKey)> {
        self.0.iter().find(|known| known.id.0 == *id).map(|known| (known.id, &known.key))
    }

    pub(crate) fn covers(&self, id: KeyId, issued_at: i64) -> bool {
        let known = self.0.iter().find(|known| known.id == id);
        known
            .is_some_and(|known| known.from <= issued_at && known.until.is_none_or(|until| issued_at < until))
    }
}

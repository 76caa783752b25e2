//! Keys of signed notes (C2SP signed-note): names, key IDs, the text form of verifier keys, and both kinds of signatures.

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, SignatureError, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// Name of a key: not empty, without spaces and `+`; by convention an address without scheme, such as `log.example/2026`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// Reason why a key or its name cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty, or has a space, a control character or `+`.
    #[error("a key name must not be empty nor hold spaces, control characters or `+`")]
    Name,
    /// The text is not `name+id+base64`.
    #[error("not a verifier key `name+id+base64`")]
    Format,
    /// The signature type is neither 1 nor 4.
    #[error("signature type {0} is not supported")]
    Kind(u8),
    /// The ID does not match name and key.
    #[error("the key id does not belong to name and key")]
    Id,
    /// The bytes are no usable Ed25519 key.
    #[error("not a usable Ed25519 public key")]
    Key,
}

impl FromStr for KeyName {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let is_bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.contains(is_bad) { Err(KeyError::Name) } else { Ok(Self(text.to_owned())) }
    }
}

impl KeyName {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Kinds of signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureKind {
    /// Type 0x01: Ed25519 signature of the note's text.
    Ed25519,
    /// Type 0x04: a witness's Ed25519 signature of time and text (C2SP tlog-cosignature, `cosignature/v1`).
    Cosignature,
}

impl SignatureKind {
    fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::Cosignature => 4,
        }
    }

    fn key_id(self, name: &KeyName, key: &VerifyingKey) -> u32 {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(name.as_str())
            .chain_update([b'\n', self.byte()])
            .chain_update(key.as_bytes())
            .finalize()
            .into();
        let [a, b, c, d, ..] = digest;
        u32::from_be_bytes([a, b, c, d])
    }
}

fn timed_message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// A public key for verifying notes. Text form: `name+id+base64(type ‖ key)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteVerifier {
    name: KeyName,
    kind: SignatureKind,
    id: u32,
    key: VerifyingKey,
}

impl NoteVerifier {
    /// Creates a verifier for signatures of this kind.
    ///
    /// # Errors
    /// Returns [`KeyError::Key`] for a key of small order, with which signatures of any message could be made.
    pub fn new(name: KeyName, kind: SignatureKind, key: VerifyingKey) -> Result<Self, KeyError> {
        if key.is_weak() {
            return Err(KeyError::Key);
        }
        Ok(Self { id: kind.key_id(&name, &key), name, kind, key })
    }

    /// Returns the name of the key.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// Returns the ID: the first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key).
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Returns the kind of its signatures.
    pub fn kind(&self) -> SignatureKind {
        self.kind
    }

    /// Verifies the bytes after the key ID. Returns the time of a cosignature in Unix seconds; `None` for a plain signature.
    pub(crate) fn verify(&self, text: &str, bytes: &[u8]) -> Result<Option<u64>, SignatureError> {
        match self.kind {
            SignatureKind::Ed25519 => {
                self.key.verify_strict(text.as_bytes(), &Signature::from_slice(bytes)?).map(|()| None)
            }
            SignatureKind::Cosignature => {
                let (time, signature) = bytes.split_first_chunk::<8>().ok_or_else(SignatureError::new)?;
                let time = u64::from_be_bytes(*time);
                let message = timed_message(time, text);
                self.key
                    .verify_strict(message.as_bytes(), &Signature::from_slice(signature)?)
                    .map(|()| Some(time))
            }
        }
    }
}

impl fmt::Display for NoteVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![self.kind.byte()];
        bytes.extend(self.key.as_bytes());
        write!(f, "{}+{:08x}+{}", self.name, self.id, STANDARD.encode(bytes))
    }
}

impl FromStr for NoteVerifier {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, rest) = text.split_once('+').ok_or(KeyError::Format)?;
        let (id, key) = rest.split_once('+').ok_or(KeyError::Format)?;
        let is_hex = id.len() == 8 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let id = u32::from_str_radix(id, 16).ok().filter(|_| is_hex).ok_or(KeyError::Format)?;
        let bytes = STANDARD.decode(key).map_err(|_| KeyError::Format)?;
        let (kind, key) = bytes.split_first().ok_or(KeyError::Format)?;
        let kind = match kind {
            1 => SignatureKind::Ed25519,
            4 => SignatureKind::Cosignature,
            other => return Err(KeyError::Kind(*other)),
        };
        let key =
            key.try_into().ok().and_then(|key| VerifyingKey::from_bytes(key).ok()).ok_or(KeyError::Key)?;
        let verifier = Self::new(name.parse()?, kind, key)?;
        if verifier.id == id { Ok(verifier) } else { Err(KeyError::Id) }
    }
}

/// A secret key that signs notes under a name.
#[derive(Clone)]
pub struct NoteSigner {
    name: KeyName,
    key: SigningKey,
}

impl NoteSigner {
    /// Creates a signer. The key must sign nothing but notes.
    pub fn new(name: KeyName, key: SigningKey) -> Self {
        Self { name, key }
    }

    /// Returns the name of the key.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// Returns the verifier of this key.
    ///
    /// # Errors
    /// Returns [`KeyError::Key`], which does not happen for a random key.
    pub fn verifier(&self, kind: SignatureKind) -> Result<NoteVerifier, KeyError> {
        NoteVerifier::new(self.name.clone(), kind, self.key.verifying_key())
    }

    /// Returns key ID and bytes of a signature of a note's text.
    pub(crate) fn sign(&self, text: &str) -> (u32, Vec<u8>) {
        let id = SignatureKind::Ed25519.key_id(&self.name, &self.key.verifying_key());
        (id, self.key.sign(text.as_bytes()).to_bytes().to_vec())
    }

    /// Returns key ID and bytes of a cosignature at `time`, Unix seconds.
    pub(crate) fn cosign(&self, text: &str, time: u64) -> (u32, Vec<u8>) {
        let id = SignatureKind::Cosignature.key_id(&self.name, &self.key.verifying_key());
        let mut bytes = time.to_be_bytes().to_vec();
        bytes.extend(self.key.sign(timed_message(time, text).as_bytes()).to_bytes());
        (id, bytes)
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteSigner({})", self.name)
    }
}

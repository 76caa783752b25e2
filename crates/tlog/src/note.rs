//! Signed notes (C2SP signed-note): a text, a blank line, signature lines.

use crate::note_key::{KeyName, NoteSigner, NoteVerifier};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::fmt;
use std::str::FromStr;

/// Maximum number of signature lines that are read; the specification requires at least 16.
const MAX_SIGNATURES: usize = 64;

/// Maximum length of a note, in bytes.
const MAX_BYTES: usize = 1_000_000;

/// A signature line, not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: KeyName,
    /// ID of the key.
    pub id: u32,
    /// Bytes after the key ID.
    pub bytes: Vec<u8>,
}

/// A note with its signatures as written; not trusted before [`SignedNote::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A verified signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Name of the key.
    pub name: KeyName,
    /// ID of the key.
    pub id: u32,
    /// Time of a witness's cosignature, Unix seconds; `None` for a plain signature.
    pub time: Option<u64>,
}

/// Reason why a note is malformed or not trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The note is not a text, a blank line and signature lines.
    #[error("not a signed note: {0}")]
    Malformed(&'static str),
    /// The signature of a known key is wrong.
    #[error("the signature of {0} is wrong")]
    BadSignature(KeyName),
    /// No known key signed the note.
    #[error("no known key signed this note")]
    Unsigned,
}

impl SignedNote {
    /// Creates a note without signatures.
    ///
    /// # Errors
    /// Returns [`NoteError::Malformed`] unless the text ends in a line feed and has no other control character.
    pub fn new(text: String) -> Result<Self, NoteError> {
        if !text.ends_with('\n') {
            return Err(NoteError::Malformed("the text does not end in a line feed"));
        }
        if text.contains(|c: char| c < ' ' && c != '\n') {
            return Err(NoteError::Malformed("a control character"));
        }
        Ok(Self { text, signatures: Vec::new() })
    }

    /// Returns the text with its last line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the signature lines, not verified.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a plain signature.
    pub fn sign(&mut self, signer: &NoteSigner) {
        let (id, bytes) = signer.sign(&self.text);
        self.signatures.push(NoteSignature { name: signer.name().clone(), id, bytes });
    }

    /// Adds a witness's cosignature at `time`, Unix seconds.
    pub fn cosign(&mut self, signer: &NoteSigner, time: u64) {
        let (id, bytes) = signer.cosign(&self.text, time);
        self.signatures.push(NoteSignature { name: signer.name().clone(), id, bytes });
    }

    /// Verifies and returns the signatures of known keys. Signatures of unknown keys are ignored.
    ///
    /// # Errors
    /// Returns [`NoteError::BadSignature`] if the signature of a known key is wrong, [`NoteError::Unsigned`] if there is none.
    pub fn verify(&self, known: &[NoteVerifier]) -> Result<Vec<Verified>, NoteError> {
        let mut verified: Vec<Verified> = Vec::new();
        for signature in &self.signatures {
            let of_key = |key: &&NoteVerifier| *key.name() == signature.name && key.id() == signature.id;
            let Some(key) = known.iter().find(of_key) else { continue };
            let bad = || NoteError::BadSignature(signature.name.clone());
            let time = key.verify(&self.text, &signature.bytes).map_err(|_| bad())?;
            // a second line of one key must not count as a second witness
            if !verified.iter().any(|seen| seen.name == signature.name && seen.id == signature.id) {
                verified.push(Verified { name: signature.name.clone(), id: signature.id, time });
            }
        }
        if verified.is_empty() { Err(NoteError::Unsigned) } else { Ok(verified) }
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for NoteSignature { name, id, bytes } in &self.signatures {
            let mut signature = id.to_be_bytes().to_vec();
            signature.extend(bytes);
            writeln!(f, "— {name} {}", STANDARD.encode(signature))?;
        }
        Ok(())
    }
}

fn signature_line(line: &str) -> Option<NoteSignature> {
    let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
    let signature = STANDARD.decode(signature).ok()?;
    let (id, bytes) = signature.split_first_chunk::<4>()?;
    if bytes.is_empty() {
        return None;
    }
    Some(NoteSignature { name: name.parse().ok()?, id: u32::from_be_bytes(*id), bytes: bytes.to_vec() })
}

impl FromStr for SignedNote {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_BYTES {
            return Err(NoteError::Malformed("too long"));
        }
        // the last blank line is the separator, because the text may contain blank lines
        let split = note.rfind("\n\n").ok_or(NoteError::Malformed("no blank line"))?;
        let (text, rest) = note.split_at_checked(split + 1).ok_or(NoteError::Malformed("no blank line"))?;
        let lines = rest.strip_prefix('\n').and_then(|rest| rest.strip_suffix('\n'));
        let lines = lines.ok_or(NoteError::Malformed("no signature line"))?;
        let mut signed = Self::new(text.to_owned())?;
        for line in lines.split('\n') {
            if signed.signatures.len() == MAX_SIGNATURES {
                return Err(NoteError::Malformed("too many signatures"));
            }
            let signature = signature_line(line).ok_or(NoteError::Malformed("a wrong signature line"))?;
            signed.signatures.push(signature);
        }
        Ok(signed)
    }
}

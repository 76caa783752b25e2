//! Signing and verifying certificates: `COSE_Sign1` (RFC 9052), Ed25519, base45 (RFC 9285) and the prefix `HCTS1:`.

use crate::cbor::PayloadError;
use crate::keys::{KeyId, KeySet};
use crate::payload::Payload;
use coset::{
    CborSerializable, CoseSign1, CoseSign1Builder, Header, HeaderBuilder, TaggedCborSerializable, iana,
};
use ed25519_dalek::{Signature, Signer, SigningKey};

/// Prefix of every QR text; tells scanners that it is a certificate of this kind.
pub const PREFIX: &str = "HCTS1:";

/// Maximum length of a QR text: the capacity of one QR code of a printable size.
pub const MAX_QR_CHARS: usize = 1195;

/// The `COSE_Sign1` bytes of a signed certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCertificate(Vec<u8>);

impl SignedCertificate {
    /// Returns the `COSE_Sign1` bytes, as they are stored and hashed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Wraps stored bytes without checking them; see [`verify_bytes`].
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Returns the text of the QR code in QR's alphanumeric mode, at most [`MAX_QR_CHARS`] characters.
    pub fn to_qr_text(&self) -> String {
        format!("{PREFIX}{}", base45::encode(&self.0))
    }
}

/// The content of a certificate whose signature is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The payload.
    pub payload: Payload,
    /// Key of the signature.
    pub key_id: KeyId,
}

/// Reason why a text is no valid certificate. Dates are not checked here; see [`Payload::validity_at`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The text is not a certificate of this market.
    #[error("this is not a certificate of this market")]
    NotOurs,
    /// The prefix is right, but the rest is cut, mistyped or altered in form.
    #[error("the certificate is damaged ({0})")]
    Damaged(&'static str),
    /// The layout has a later version than this program reads.
    #[error("the certificate has version {0}, which this program cannot read")]
    UnsupportedVersion(u64),
    /// The key of the signature is not trusted.
    #[error("the certificate was signed with an unknown key")]
    UnknownKey,
    /// The certificate was issued outside the period of its key.
    #[error("the key {0} was not in use when the certificate was issued")]
    KeyOutOfTime(KeyId),
    /// The signature is wrong: the certificate is forged or altered.
    #[error("the signature of the certificate is wrong")]
    BadSignature,
}

impl From<PayloadError> for VerifyError {
    fn from(error: PayloadError) -> Self {
        match error {
            PayloadError::Version(version) => Self::UnsupportedVersion(version),
            PayloadError::Field(name) => Self::Damaged(name),
        }
    }
}

fn protected_header(key_id: &[u8]) -> Header {
    HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(key_id.to_vec()).build()
}

/// Signs a payload. `key_id` must be [`KeyId::of`] the public key of `key`.
///
/// # Errors
/// Returns [`VerifyError::Damaged`] if the payload cannot be encoded, which its types exclude.
pub fn sign(payload: &Payload, key: &SigningKey, key_id: KeyId) -> Result<SignedCertificate, VerifyError> {
    let cose = CoseSign1Builder::new()
        .protected(protected_header(&key_id.0))
        .payload(payload.to_cbor()?)
        .create_signature(&[], |message| key.sign(message).to_bytes().to_vec())
        .build();
    cose.to_tagged_vec().map(SignedCertificate).map_err(|_| VerifyError::Damaged("envelope"))
}

/// Verifies the text of a QR code.
///
/// # Errors
/// Returns a [`VerifyError`].
pub fn verify(text: &str, keys: &KeySet) -> Result<Verified, VerifyError> {
    // a space is a base45 character, so only line ends are trimmed
    let encoded = text.trim_matches(['\r', '\n']).strip_prefix(PREFIX).ok_or(VerifyError::NotOurs)?;
    if PREFIX.len() + encoded.len() > MAX_QR_CHARS {
        return Err(VerifyError::Damaged("length"));
    }
    let bytes = base45::decode(encoded).map_err(|_| VerifyError::Damaged("base45"))?;
    if base45::encode(&bytes) != encoded {
        return Err(VerifyError::Damaged("base45"));
    }
    verify_bytes(&bytes, keys)
}

/// Verifies `COSE_Sign1` bytes. Accepts exactly one encoding of each certificate.
///
/// # Errors
/// Returns a [`VerifyError`].
pub fn verify_bytes(bytes: &[u8], keys: &KeySet) -> Result<Verified, VerifyError> {
    let envelope = || VerifyError::Damaged("envelope");
    let cose = CoseSign1::from_tagged_slice(bytes).map_err(|_| envelope())?;
    let header = protected_header(&cose.protected.header.key_id).to_vec().map_err(|_| envelope())?;
    let is_ours =
        cose.protected.original_data.as_deref() == Some(header.as_slice()) && cose.unprotected.is_empty();
    if !is_ours || cose.clone().to_tagged_vec().ok().as_deref() != Some(bytes) {
        return Err(envelope());
    }
    let payload = cose.payload.as_deref().ok_or_else(envelope)?;
    let (key_id, key) = keys.find(&cose.protected.header.key_id).ok_or(VerifyError::UnknownKey)?;
    cose.verify_signature(&[], |signature, message| {
        Signature::from_slice(signature).and_then(|signature| key.verify_strict(message, &signature))
    })
    .map_err(|_| VerifyError::BadSignature)?;
    let payload = Payload::from_cbor(payload)?;
    if !keys.covers(key_id, payload.issued_at) {
        return Err(VerifyError::KeyOutOfTime(key_id));
    }
    Ok(Verified { payload, key_id })
}

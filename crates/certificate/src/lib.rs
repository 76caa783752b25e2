//! The signed payload of a certificate: deterministic CBOR in `COSE_Sign1` (Ed25519) in base45. It fits into one QR code, can be
//! verified without a network, and names no person and no price. Begin with [`Payload`], [`sign`] and [`verify`].
//!
//! Pure: the caller supplies time, randomness and keys.

mod cbor;
mod hex;
mod keys;
mod log_entry;
mod payload;
mod public_code;
mod scan;
mod signed;
mod text;

pub use hex::{hex, unhex};
pub use keys::{KeyId, KeySet, KeySetError};
pub use log_entry::{LogEntry, commitment};
pub use payload::{Diagnoses, FieldError, MAX_CODES, Payload, Period, Unit, Validity};
pub use public_code::{PublicCode, PublicCodeError};
pub use scan::{Scan, ScanError, SignedScan, parse_scan};
pub use signed::{
    MAX_QR_CHARS, PREFIX, SignedCertificate, Verified, VerifyError, sign, verify, verify_bytes,
};
pub use text::{IssuerOrigin, ProviderName, ServiceTitle, Text, TextError};

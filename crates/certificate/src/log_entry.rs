//! The log entry of a certificate event. It reveals that an event happened; only a holder of the certificate can tell to which one.
//!
//! `{"type":"hcts.certificate-event/v1","certificate":"…","event":"…","commitment":"…","key":"…","time":…}`, in this order, without
//! spaces; hexadecimal in lower case, time in Unix seconds. The commitment is SHA-256(salt ‖ `COSE_Sign1` bytes) with
//! salt = SHA-256("hcts log salt v1" ‖ public code). The 128 random bits of the public code are in no log: nobody can guess the
//! certificate of an entry, and a holder of the certificate can find its entry without further data.

use crate::hex::hex;
use crate::keys::KeyId;
use crate::public_code::PublicCode;
use sha2::{Digest, Sha256};

/// An event of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogEntry<'a> {
    /// Internal ID of the certificate (UUID bytes).
    pub certificate_id: [u8; 16],
    /// Kind of event in lower-case letters, such as `issued` or `redeemed`.
    pub event: &'a str,
    /// Result of [`commitment`].
    pub commitment: [u8; 32],
    /// Key that signed the certificate.
    pub key_id: KeyId,
    /// Time of the event, Unix seconds.
    pub time: i64,
}

/// Returns a commitment that binds an entry to a certificate without revealing the certificate.
pub fn commitment(code: &PublicCode, signed: &[u8]) -> [u8; 32] {
    let salt = Sha256::new().chain_update(b"hcts log salt v1").chain_update(code.as_bytes()).finalize();
    Sha256::new().chain_update(salt).chain_update(signed).finalize().into()
}

impl LogEntry<'_> {
    /// Returns the canonical bytes of the entry, as they are hashed into the log.
    pub fn to_bytes(&self) -> Vec<u8> {
        format!(
            r#"{{"type":"hcts.certificate-event/v1","certificate":"{}","event":"{}","commitment":"{}","key":"{}","time":{}}}"#,
            hex(&self.certificate_id),
            self.event,
            hex(&self.commitment),
            self.key_id,
            self.time
        )
        .into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_one_form() {
        let code = PublicCode::from_bytes([7; 16]);
        let entry = LogEntry {
            certificate_id: [0xab; 16],
            event: "issued",
            commitment: commitment(&code, b"signed"),
            key_id: KeyId([1; 8]),
            time: 1_700_000_000,
        };
        let text = String::from_utf8(entry.to_bytes()).unwrap();
        assert!(text.starts_with(
            r#"{"type":"hcts.certificate-event/v1","certificate":"abababababababababababababababab","event":"issued","commitment":""#
        ));
        assert!(text.ends_with(r#"","key":"0101010101010101","time":1700000000}"#));
    }

    #[test]
    fn another_code_or_another_certificate_is_another_commitment() {
        let code = PublicCode::from_bytes([7; 16]);
        assert_ne!(commitment(&code, b"a"), commitment(&code, b"b"));
        assert_ne!(commitment(&code, b"a"), commitment(&PublicCode::from_bytes([8; 16]), b"a"));
    }
}

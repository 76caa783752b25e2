//! Certificates: issue, log, check, redeem.
//!
//! A certificate is signed with a key that no database holds, names no person, and is written to a Merkle log together with
//! everything that later happens to it.

mod check;
mod drawing;
mod events;
mod export;
mod issue;
mod keys;
mod lifecycle;
mod log;
mod log_audit;
mod of_purchase;
mod pdf;
mod pinned;
mod qr;
mod queries;
mod stored;
mod upload;

use certificate::{PublicCode, PublicCodeError, Scan, ScanError, VerifyError};
use contracts::error::ErrorCode;

pub use check::certificate_check;
pub use events::ChangeReason;
pub use export::certificates_export;
pub use issue::issue_for_purchase;
pub use keys::{
    ListedKey, certificate_keys_list, key_date_back, key_id, key_problem, key_register, key_retire,
    published_keys,
};
pub use lifecycle::{certificate_change, certificate_for_redemption, certificate_redeem, expire_due};
pub use log::{log_checkpoint, log_tile, sequence};
pub use log_audit::{LogFinding, log_accept, log_audit};
pub use of_purchase::{hold_for_purchase, resume_for_purchase, revoke_for_purchase};
pub use pdf::{CertificatePdf, certificate_pdf};
pub use queries::{certificate_get, certificate_list};
pub use stored::{StoredAudit, stored_audit};
pub use upload::{READ_FILE, certificate_file_text, find_text as find_certificate_text};

use crate::platform::{Error, OpCtx, Result};

/// Returns the public code in a scanned or typed text; a scanned certificate must be signed by us.
///
/// # Errors
/// `certificate_unreadable` with the fact `advice`, which names the cause; `certificate_not_valid` with the fact `state` = `forged`.
async fn read_code(ctx: &OpCtx, text: &str) -> Result<PublicCode> {
    let scan = match certificate::parse_scan(text) {
        Ok(Scan::Code(code)) => return Ok(code),
        Ok(Scan::Signed(scan)) => scan,
        Err(cause) => return Err(unreadable(&advice_for_text(&cause)).caused_by(cause)),
    };
    let keys = keys::key_set(ctx).await?;
    scan.verify(&keys).map(|(verified, _)| verified.payload.public_code).map_err(|cause| {
        let error = if check::is_forgery(&cause) {
            Error::new(ErrorCode::CertificateNotValid).with_fact("state", "forged")
        } else {
            unreadable(advice_for_certificate(&cause))
        };
        error.caused_by(cause)
    })
}

fn unreadable(advice: &str) -> Error {
    Error::new(ErrorCode::CertificateUnreadable).with_fact("advice", advice)
}

/// Says why a text is no code, and what to do.
fn advice_for_text(error: &ScanError) -> String {
    match error {
        ScanError::Layout => LAYOUT_ADVICE.to_owned(),
        ScanError::Code(PublicCodeError::Length(0)) => "Enter or scan the certificate's code.".to_owned(),
        ScanError::Code(PublicCodeError::Length(found)) => {
            format!("A code has 27 characters; this has {found}. Check for missing or extra characters.")
        }
        ScanError::Code(PublicCodeError::Character { found, position }) => {
            format!(
                "Codes cannot have “{found}” at position {position}. Compare that character with the certificate."
            )
        }
        ScanError::Code(PublicCodeError::Check) => {
            "One of the characters is wrong. Compare the code with the certificate, group by group."
                .to_owned()
        }
    }
}

const LAYOUT_ADVICE: &str = "The scanner and this computer use different keyboard layouts. Set the scanner to this computer's layout, or type the 27-character code.";

/// Says why a scanned QR code cannot be read, and what to do.
const fn advice_for_certificate(error: &VerifyError) -> &'static str {
    match error {
        VerifyError::UnsupportedVersion(_) => {
            "This certificate has a newer format that cannot be read here. Check it online."
        }
        _ => {
            "The QR code was not read completely. Scan it again, or type the 27-character code printed below it."
        }
    }
}

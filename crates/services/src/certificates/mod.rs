//! Certificates: issue, log, check, redeem.
//!
//! A certificate is signed with a key that no database holds, names no person, and is written to a Merkle log together with
//! everything that later happens to it.

mod check;
mod events;
mod export;
mod issue;
mod kept_head;
mod keys;
mod lifecycle;
mod log;
mod pdf;
mod qr;
mod queries;

use certificate::PublicCode;
use contracts::error::ErrorCode;

pub use check::{certificate_check, certificate_check_pdf_text};
pub use export::certificates_export;
pub use issue::issue_for_purchase;
pub use keys::published_keys;
pub use lifecycle::{certificate_change, certificate_for_redemption, certificate_redeem, expire_due};
pub use log::{LogFinding, log_audit, log_checkpoint, log_tile, sequence};
pub use pdf::{CertificatePdf, certificate_pdf};
pub use queries::{certificate_get, certificate_list};

use crate::platform::{Error, OpCtx, Result, Settings};

/// The market's address without scheme: who issues, and where the log is.
fn origin(settings: &Settings) -> &str {
    let url = settings.public_url.as_str();
    url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/')
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect()
}

/// What somebody scanned, typed or pasted.
enum Asked<'a> {
    /// The text of a QR code.
    Signed(&'a str),
    /// A public code.
    Code(PublicCode),
}

/// Tells the two apart. A space may belong to a QR code's text, so only line ends are cut off its end.
fn asked(text: &str) -> Option<Asked<'_>> {
    let text = text.trim_start().trim_end_matches(['\r', '\n']);
    if text.starts_with(certificate::PREFIX) {
        return Some(Asked::Signed(text));
    }
    text.parse().ok().map(Asked::Code)
}

/// The public code in a scanned or typed text.
///
/// # Errors
/// `certificate_unreadable`; `certificate_not_valid` with the fact `state` = `forged`.
async fn read_code(ctx: &OpCtx, text: &str) -> Result<PublicCode> {
    match asked(text) {
        Some(Asked::Code(code)) => Ok(code),
        Some(Asked::Signed(text)) => {
            let keys = keys::key_set(ctx).await?;
            certificate::verify(text, &keys).map(|verified| verified.payload.public_code).map_err(|cause| {
                let error = if check::is_forgery(&cause) {
                    Error::new(ErrorCode::CertificateNotValid).with_fact("state", "forged")
                } else {
                    Error::new(ErrorCode::CertificateUnreadable)
                };
                error.caused_by(cause)
            })
        }
        None => Err(Error::new(ErrorCode::CertificateUnreadable)),
    }
}

//! Components of the certificate pages.

mod sheet;
mod status;
mod verdict;

pub(super) use sheet::{Sheet, event_word};
pub(super) use status::CertificateStatusBadge;
pub(super) use verdict::Verdict;

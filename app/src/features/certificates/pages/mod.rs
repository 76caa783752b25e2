//! The pages of certificates.

mod check;
mod detail;
mod list;
mod redeem;

pub(super) use check::CheckPage;
pub(super) use detail::CertificatePage;
pub(super) use list::CertificatesPage;
pub(super) use redeem::RedeemPage;

//! The pages of certificates.

mod check;
mod detail;
mod list;
mod redeem;
mod revoke;

pub(super) use check::CheckPage;
pub use check::PostedCheck;
pub(super) use detail::CertificatePage;
pub(super) use list::CertificatesPage;
pub(super) use redeem::RedeemPage;
pub(super) use revoke::RevokePage;

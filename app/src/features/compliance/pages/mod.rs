//! The console's pages.

mod audit;
mod organisation;
mod organisations;
mod permission_review;
mod permissions;
mod security;
mod system;

pub use audit::AuditPage;
pub use organisation::OrganisationDetailPage;
pub use organisations::OrganisationsPage;
pub use permission_review::PermissionReviewPage;
pub use permissions::PermissionsPage;
pub use security::SecurityPage;
pub use system::SystemPage;

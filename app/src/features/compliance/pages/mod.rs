//! The console's pages.

mod audit;
mod organisation;
mod organisations;
mod permissions;
mod security;
mod system;

pub use audit::AuditPage;
pub use organisation::OrganisationDetailPage;
pub use organisations::OrganisationsPage;
pub use permissions::PermissionsPage;
pub use security::SecurityPage;
pub use system::SystemPage;

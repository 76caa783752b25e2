//! The console's pages.

mod audit;
mod organisation;
mod organisations;
mod permissions;
mod system;

pub use audit::AuditPage;
pub use organisation::OrganisationDetailPage;
pub use organisations::OrganisationsPage;
pub use permissions::PermissionsPage;
pub use system::SystemPage;

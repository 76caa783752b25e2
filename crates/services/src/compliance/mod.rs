//! The console: organisations to verify, the audit trail, security events, the permission table, how the system is.

mod audit;
mod audit_words;
mod export;
mod organisations;
mod people;
mod permissions;
mod security;
mod system;

pub use audit::{audit_actions, audit_find, audit_list};
pub use export::{audit_export, organisations_export, own_records_export, security_events_export};
pub use organisations::{
    organisation_detail, organisation_reject, organisation_resume, organisation_suspend, organisation_verify,
    organisations_list,
};
pub use permissions::{permission_change, permission_review, permission_table};
pub use security::security_events_list;
pub use system::system_status;

//! The console: organisations to verify, the audit trail, the permission table, the state of the system.

//! What the platform does with its own data.

use serde::Serialize;

use super::{AuditAction, Channels, DomainEvent, Entity, EntityKind, Retention};

/// A fact about the platform's own data.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum PlatformEvent {
    /// Old reports of browsers were deleted.
    CspReportsPurged {
        /// How many reports.
        reports: i64,
    },
    /// Old answers of the API were deleted.
    IdempotencyKeysPurged {
        /// How many keys.
        keys: i64,
    },
    /// Old messages were deleted that had been delivered.
    OutboxPurged {
        /// How many messages.
        messages: i64,
    },
    /// The demo market is complete.
    DemoCompleted {
        /// How many services.
        services: usize,
        /// How many purchases.
        purchases: usize,
    },
}

impl DomainEvent for PlatformEvent {
    const VERSION: u16 = 1;

    fn channels(&self) -> Channels {
        let (action, entity) = match self {
            Self::CspReportsPurged { .. } => {
                (AuditAction::CspReportsPurged, Entity::Many(EntityKind::SecurityEvent))
            }
            Self::IdempotencyKeysPurged { .. } => {
                (AuditAction::IdempotencyKeysPurged, Entity::Many(EntityKind::IdempotencyKey))
            }
            Self::OutboxPurged { .. } => (AuditAction::OutboxPurged, Entity::Many(EntityKind::Outbox)),
            Self::DemoCompleted { .. } => (AuditAction::DemoCompleted, Entity::DemoMarket),
        };
        Channels::record(action, entity, Retention::Operation)
    }
}

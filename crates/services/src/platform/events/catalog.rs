//! What happens to services.

use contracts::{
    catalog::{ServiceAction, ServiceHurdle},
    ids::{BulkRunId, OrgId, ServiceId, ServiceVersionId},
    page::FileFormat,
    states::ServiceStatus,
};
use serde::Serialize;

use super::{AuditAction, Channels, DomainEvent, Entity, Retention};

/// A fact about services.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum CatalogEvent {
    /// A draft was made.
    ServiceCreated {
        /// The service.
        #[serde(skip)]
        service_id: ServiceId,
        /// Its first version.
        version_id: ServiceVersionId,
    },
    /// A new version was saved.
    ServiceEdited {
        /// The service.
        #[serde(skip)]
        service_id: ServiceId,
        /// The version.
        version_id: ServiceVersionId,
        /// The number of the version.
        version_no: i32,
    },
    /// Only the number of units for sale was changed; there is no new version.
    ServiceCapacitySet {
        /// The service.
        #[serde(skip)]
        service_id: ServiceId,
        /// Units for sale. `None`: any number.
        capacity: Option<i32>,
    },
    /// A version went on sale.
    ServicePublished {
        /// The service.
        #[serde(skip)]
        service_id: ServiceId,
        /// The version.
        version_id: ServiceVersionId,
        /// The number of the version.
        version_no: i32,
    },
    /// A service was taken off sale for a time.
    ServicePaused(ServiceStatusChange),
    /// A service is on sale again.
    ServiceResumed(ServiceStatusChange),
    /// A service was taken off sale for good.
    ServiceRetired(ServiceStatusChange),
    /// A bulk edit began.
    BulkStarted {
        /// The run.
        #[serde(skip)]
        run_id: BulkRunId,
        /// What is done to each service.
        act: ServiceAction,
        /// How many services were chosen.
        services: usize,
        /// On how many of them the act is possible.
        ready: usize,
    },
    /// A bulk edit left out a service.
    BulkRefused {
        /// The run.
        #[serde(skip)]
        run_id: BulkRunId,
        /// The service.
        service_id: ServiceId,
        /// Why.
        reason: ServiceHurdle,
    },
    /// A bulk edit came to its end.
    BulkEnded {
        /// The run.
        #[serde(skip)]
        run_id: BulkRunId,
    },
    /// Services were exported.
    ServicesExported {
        /// For which organisation.
        #[serde(skip)]
        org_id: OrgId,
        /// Rows in the file.
        rows: usize,
        /// Format of the file.
        format: FileFormat,
        /// The status that was filtered by.
        status: Option<ServiceStatus>,
    },
}

/// A change of the status of a service.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ServiceStatusChange {
    /// The service.
    #[serde(skip)]
    pub service_id: ServiceId,
    /// Status before.
    pub from: ServiceStatus,
    /// Status since.
    pub to: ServiceStatus,
}

impl DomainEvent for CatalogEvent {
    const VERSION: u16 = 1;

    fn channels(&self) -> Channels {
        let offer =
            |action, service_id| Channels::record(action, Entity::Service(service_id), Retention::Business);
        let bulk = |action, run_id| Channels::record(action, Entity::BulkRun(run_id), Retention::Draft);
        match *self {
            Self::ServiceCreated { service_id, .. } => offer(AuditAction::ServiceCreated, service_id),
            Self::ServiceEdited { service_id, .. } | Self::ServiceCapacitySet { service_id, .. } => {
                offer(AuditAction::ServiceEdited, service_id)
            }
            Self::ServicePublished { service_id, .. } => offer(AuditAction::ServicePublished, service_id),
            Self::ServicePaused(change) => offer(AuditAction::ServicePaused, change.service_id),
            Self::ServiceResumed(change) => offer(AuditAction::ServiceResumed, change.service_id),
            Self::ServiceRetired(change) => offer(AuditAction::ServiceRetired, change.service_id),
            Self::BulkStarted { run_id, .. } => bulk(AuditAction::ServiceBulkStarted, run_id),
            Self::BulkRefused { run_id, .. } => bulk(AuditAction::ServiceBulkRefused, run_id),
            Self::BulkEnded { run_id } => bulk(AuditAction::ServiceBulkEnded, run_id),
            Self::ServicesExported { org_id, .. } => Channels::record(
                AuditAction::ServicesExported,
                Entity::Organisation(org_id),
                Retention::Access,
            ),
        }
    }
}

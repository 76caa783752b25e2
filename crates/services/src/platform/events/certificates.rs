//! What happens to certificates and to the log they are in.

use contracts::{
    certificates::{CertificateEventKind, CertificateFilter},
    ids::{CertificateId, OrgId, PurchaseId},
    page::FileFormat,
};
use serde::Serialize;

use super::{Alert, AuditAction, Channels, DomainEvent, Entity, EntityKind, Retention};

/// A fact about certificates.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum CertificatesEvent {
    /// A paid purchase got its certificates.
    Issued {
        /// The purchase.
        #[serde(skip)]
        purchase_id: PurchaseId,
        /// How many certificates.
        certificates: usize,
        /// For how many lines.
        lines: usize,
    },
    /// A certificate was redeemed.
    Redeemed {
        /// The certificate.
        #[serde(skip)]
        certificate_id: CertificateId,
        /// Who had bought it.
        buyer: OrgId,
    },
    /// A person suspended, resumed or revoked a certificate.
    Changed {
        /// The certificate.
        #[serde(skip)]
        certificate_id: CertificateId,
        /// What was done.
        event: CertificateEventKind,
        /// Who had bought it.
        buyer: OrgId,
        /// Who would deliver.
        seller: OrgId,
    },
    /// Certificates of a purchase changed, because its payment did.
    ChangedWithPayment {
        /// The purchase.
        #[serde(skip)]
        purchase_id: PurchaseId,
        /// What was done.
        event: CertificateEventKind,
        /// How many certificates.
        certificates: usize,
    },
    /// The time of certificates was over.
    Expired {
        /// How many certificates.
        certificates: usize,
    },
    /// Certificates were exported.
    Exported {
        /// For which organisation.
        #[serde(skip)]
        org_id: OrgId,
        /// Rows in the file.
        rows: usize,
        /// Format of the file.
        format: FileFormat,
        /// The status that was filtered by.
        status: Option<CertificateFilter>,
        /// The purchase that was filtered by.
        purchase: Option<PurchaseId>,
        /// The number of past days that was filtered by.
        days: Option<u16>,
    },
    /// An operator accepted that entries of the log were lost.
    LogAccepted {
        /// How many entries there are now.
        entries: u64,
        /// What was wrong before, in a sentence. `None`: nothing.
        problem: Option<String>,
    },
}

impl DomainEvent for CertificatesEvent {
    const VERSION: u16 = 1;

    fn channels(&self) -> Channels {
        let business = |action, entity| Channels::record(action, entity, Retention::Business);
        match self {
            Self::Issued { purchase_id, .. } => {
                business(AuditAction::CertificatesIssued, Entity::Purchase(*purchase_id))
            }
            Self::Redeemed { certificate_id, .. } => {
                business(AuditAction::CertificateRedeemed, Entity::Certificate(*certificate_id))
            }
            Self::Changed { certificate_id, .. } => {
                business(AuditAction::CertificateChanged, Entity::Certificate(*certificate_id))
            }
            Self::ChangedWithPayment { purchase_id, .. } => {
                business(AuditAction::CertificatesChangedWithPayment, Entity::Purchase(*purchase_id))
            }
            Self::Expired { .. } => {
                business(AuditAction::CertificatesExpired, Entity::Many(EntityKind::Certificate))
            }
            Self::Exported { org_id, .. } => Channels::record(
                AuditAction::CertificatesExported,
                Entity::Organisation(*org_id),
                Retention::Access,
            ),
            Self::LogAccepted { entries, problem } => {
                business(AuditAction::LogAccepted, Entity::LogCheckpoint)
                    .and_alert(Alert::LogAccepted { entries: *entries, problem: problem.clone() })
            }
        }
    }
}

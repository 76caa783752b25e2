//! What administrators do in the console.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use contracts::{
    compliance::{PermissionChange, Severity},
    identity::OrganisationKind,
    ids::{OrgId, PermissionChangeId, UserId},
    page::FileFormat,
    permission::Role,
    states::OrganisationStatus,
};
use serde::Serialize;

use super::{
    Alert, AuditAction, Channels, DomainEvent, Entity, Letter, OrganisationDecided, Retention,
    alerts::as_texts,
};

/// A fact of the console.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum ComplianceEvent {
    /// An organisation may trade.
    OrganisationVerified(OrganisationDecision),
    /// An organisation was turned down.
    OrganisationRejected(OrganisationDecision),
    /// An organisation may not trade for a time.
    OrganisationSuspended(OrganisationDecision),
    /// An organisation may trade again.
    OrganisationResumed(OrganisationDecision),
    /// The permissions of a role were changed.
    PermissionsChanged {
        /// The change.
        #[serde(skip)]
        change_id: PermissionChangeId,
        /// Whose permissions.
        role: Role,
        /// The cells that changed.
        #[serde(serialize_with = "as_texts")]
        changes: BTreeSet<PermissionChange>,
        /// Whether a reason was given.
        reason_given: bool,
    },
    /// The list of organisations was exported.
    OrganisationsExported {
        /// For which organisation.
        #[serde(skip)]
        org_id: OrgId,
        /// Rows in the file.
        rows: usize,
        /// Format of the file.
        format: FileFormat,
        /// The status that was filtered by.
        status: Option<OrganisationStatus>,
        /// The kind that was filtered by.
        kind: Option<OrganisationKind>,
    },
    /// The audit trail was exported. Filters that may name a person are left out.
    AuditExported {
        /// For which organisation.
        #[serde(skip)]
        org_id: OrgId,
        /// Rows in the file.
        rows: usize,
        /// Format of the file.
        format: FileFormat,
        /// The first day that was filtered by.
        from: Option<NaiveDate>,
        /// The last day that was filtered by.
        to: Option<NaiveDate>,
        /// The organisation that was filtered by.
        organisation: Option<OrgId>,
    },
    /// A person exported what is recorded of them (GDPR Art. 15).
    OwnRecordsExported {
        /// The person.
        #[serde(skip)]
        user_id: UserId,
        /// Rows in the file.
        rows: usize,
        /// Format of the file.
        format: FileFormat,
    },
    /// Security events were exported.
    SecurityEventsExported {
        /// For which organisation.
        #[serde(skip)]
        org_id: OrgId,
        /// Rows in the file.
        rows: usize,
        /// Format of the file.
        format: FileFormat,
        /// The severity that was filtered by.
        severity: Option<Severity>,
        /// The number of past days that was filtered by.
        days: Option<u16>,
    },
}

/// A decision about an organisation.
#[derive(Clone, Debug, Serialize)]
pub struct OrganisationDecision {
    /// The organisation.
    #[serde(skip)]
    pub org_id: OrgId,
    /// Status before.
    pub from: OrganisationStatus,
    /// Status since.
    pub to: OrganisationStatus,
    /// Whether a reason was given.
    pub reason_given: bool,
    /// The change of status, by which its reason is found.
    #[serde(skip)]
    pub change_id: i64,
    /// The owners, who get a letter each.
    #[serde(skip)]
    pub owners: Vec<UserId>,
}

impl OrganisationDecision {
    fn channels(&self, action: AuditAction) -> Channels {
        let Self { org_id, from, to, reason_given: _, change_id, ref owners } = *self;
        let letter = |user_id: &UserId| {
            let user_id = *user_id;
            Letter::OrganisationDecided(OrganisationDecided { org_id, user_id, change_id, from, to })
        };
        Channels::record(action, Entity::Organisation(org_id), Retention::Business)
            .and_letters(owners.iter().map(letter))
    }
}

impl DomainEvent for ComplianceEvent {
    const VERSION: u16 = 1;

    fn channels(&self) -> Channels {
        let export = |action, entity| Channels::record(action, entity, Retention::Access);
        match self {
            Self::OrganisationVerified(decision) => decision.channels(AuditAction::OrganisationVerified),
            Self::OrganisationRejected(decision) => decision.channels(AuditAction::OrganisationRejected),
            Self::OrganisationSuspended(decision) => decision.channels(AuditAction::OrganisationSuspended),
            Self::OrganisationResumed(decision) => decision.channels(AuditAction::OrganisationResumed),
            Self::PermissionsChanged { change_id, role, changes, .. } => {
                let entity = Entity::PermissionChange(*change_id);
                Channels::record(AuditAction::PermissionsChanged, entity, Retention::Business)
                    .and_alert(Alert::PermissionsChanged { role: *role, changes: changes.clone() })
            }
            Self::OrganisationsExported { org_id, .. } => {
                export(AuditAction::OrganisationsExported, Entity::Organisation(*org_id))
            }
            Self::AuditExported { org_id, .. } => {
                export(AuditAction::AuditExported, Entity::Organisation(*org_id))
            }
            Self::OwnRecordsExported { user_id, .. } => {
                export(AuditAction::OwnRecordsExported, Entity::User(*user_id))
            }
            Self::SecurityEventsExported { org_id, .. } => {
                export(AuditAction::SecurityEventsExported, Entity::Organisation(*org_id))
            }
        }
    }
}

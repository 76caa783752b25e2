//! Filters and views of the console: organisations to verify, the audit trail, security events, the permission table
//! (`permissions`) and the state of the system.

mod alert_kind;
mod organisations_query;
mod permissions;

pub use alert_kind::AlertKind;
pub use organisations_query::{OrganisationSort, OrganisationsFilter, OrganisationsQuery};
pub use permissions::{
    NewPermissions, NoPermissionChange, PermissionChange, PermissionChangeRecord, PermissionReview,
    PermissionSelection, PermissionTable, PermissionsChange, ReviewedChange,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    bounds::DayBounds,
    identity::{MemberView, OrganisationKind, OrganisationView},
    ids::{AuditId, OrgId, PurchaseId, UserId},
    page::PageSize,
    query_text::push_pair,
    settlement::OpenUndoneSale,
    states::OrganisationStatus,
    text_enum::text_enum,
    validate::{self, FieldErrors},
};

/// A row of the console's list of organisations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationSummary {
    /// The organisation.
    pub id: OrgId,
    /// Kind of organisation.
    pub kind: OrganisationKind,
    /// Name on the market.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// City or town; may be empty.
    pub city: String,
    /// Status.
    pub status: OrganisationStatus,
    /// Time of sign-up.
    pub created_at: DateTime<Utc>,
    /// True when its name or registration number resembles that of a verified organisation.
    pub is_look_alike: bool,
}

/// A verified organisation that resembles another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookAlike {
    /// The verified organisation.
    pub id: OrgId,
    /// Name of the organisation.
    pub name: String,
    /// Status: verified or suspended.
    pub status: OrganisationStatus,
    /// True when both have the same registration number in the same country; false when only their names look alike.
    pub same_number: bool,
}

/// A page of organisations with the number of organisations per status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationList {
    /// The rows, longest wait first.
    pub page: crate::page::Page<OrganisationSummary>,
    /// Number of organisations of each status.
    pub counts: Vec<(OrganisationStatus, u64)>,
}

/// A recorded change of an organisation's status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    /// Previous status; `None` at sign-up.
    pub from: Option<OrganisationStatus>,
    /// New status.
    pub to: OrganisationStatus,
    /// Time of the change.
    pub at: DateTime<Utc>,
    /// Name of the person who made the change; `None` when unknown.
    pub by: Option<String>,
    /// Reason given to the organisation; kept after the organisation has corrected its details.
    pub reason: Option<String>,
}

/// An organisation with all details for the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationDetail {
    /// The organisation.
    pub organisation: OrganisationView,
    /// Digest of the organisation's details as shown; a verification refers to it.
    pub facts_digest: String,
    /// Verified organisations that this one resembles.
    pub look_alikes: Vec<LookAlike>,
    /// Members.
    pub members: Vec<MemberView>,
    /// Changes of status, newest first.
    pub history: Vec<StatusChange>,
    /// Number of services it has created.
    pub services: i64,
    /// Number of purchases it has made.
    pub purchases: i64,
}

/// Verifies an organisation after an administrator has compared its details with the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationVerification {
    /// The organisation.
    pub id: OrgId,
    /// [`OrganisationDetail::facts_digest`] of the details that the administrator saw.
    #[serde(default)]
    pub facts_digest: String,
}

/// Rejects or suspends an organisation, with a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationDecision {
    /// The organisation.
    pub id: OrgId,
    /// Reason, 10 to 500 characters; shown to the organisation.
    #[serde(default)]
    pub reason: String,
}

impl OrganisationDecision {
    /// Returns the organisation and the trimmed reason.
    pub fn parse(self) -> Result<(OrgId, String), FieldErrors> {
        let mut errors = FieldErrors::new();
        let reason = validate::text(&mut errors, "reason", &self.reason, 10, 500);
        if errors.is_empty() { Ok((self.id, reason)) } else { Err(errors) }
    }
}

/// Filter of the audit trail; an empty field filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct AuditQuery {
    /// First day, `2026-11-22`.
    #[serde(default)]
    pub from: String,
    /// Last day.
    #[serde(default)]
    pub to: String,
    /// Time zone in which these days begin and end, such as `Asia/Tokyo`; UTC by default.
    #[serde(default)]
    pub time_zone: String,
    /// Action, such as `identity.signed_in`; a prefix ending in a dot matches all its actions.
    #[serde(default)]
    pub action: String,
    /// Record type, such as `service`.
    #[serde(default)]
    pub entity_type: String,
    /// Record ID.
    #[serde(default)]
    pub entity_id: String,
    /// ID of the person who acted.
    #[serde(default)]
    pub actor: String,
    /// ID of the organisation.
    #[serde(default)]
    pub organisation: String,
    /// Cursor from `next` of the previous page.
    #[serde(default)]
    pub after: String,
    /// Cursor from `previous` of the next page.
    #[serde(default)]
    pub before: String,
    /// Rows per page.
    #[serde(default)]
    pub size: PageSize,
}

/// A validated [`AuditQuery`]; `None` filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Days of the record.
    pub days: DayBounds,
    /// An action, or all actions of a domain: then it ends in a dot.
    pub action: Option<String>,
    /// Record type.
    pub entity_type: Option<String>,
    /// Record ID.
    pub entity_id: Option<String>,
    /// The person who acted.
    pub actor: Option<UserId>,
    /// The organisation that was acted for.
    pub organisation: Option<OrgId>,
}

impl AuditQuery {
    /// Returns the query string of the audit trail with filters and page size, without a cursor.
    pub fn to_query_string(&self) -> String {
        let size = if self.size == PageSize::default() { "" } else { self.size.as_str() };
        let pairs = [
            ("from", self.from.as_str()),
            ("to", &self.to),
            ("action", &self.action),
            ("entity_type", &self.entity_type),
            ("entity_id", &self.entity_id),
            ("actor", &self.actor),
            ("organisation", &self.organisation),
            ("size", size),
        ];
        let mut query = String::new();
        for (key, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            push_pair(&mut query, key, value);
        }
        query
    }

    /// Validates the filters; the service parses the cursor.
    pub fn parse(&self) -> Result<AuditFilter, FieldErrors> {
        let mut errors = FieldErrors::new();
        let days = DayBounds::read(&mut errors, &self.from, &self.to, &self.time_zone);
        let organisation = non_empty(&self.organisation).and_then(|text| {
            let id = text.parse().ok();
            errors.check(id.is_some(), "organisation", "Enter the ID of an organisation.");
            id
        });
        let actor = non_empty(&self.actor).and_then(|text| {
            let actor = text.parse().ok();
            errors.check(actor.is_some(), "actor", "Enter the ID of a person.");
            actor
        });
        let filter = AuditFilter {
            days,
            action: non_empty(&self.action),
            entity_type: non_empty(&self.entity_type),
            entity_id: non_empty(&self.entity_id),
            actor,
            organisation,
        };
        if errors.is_empty() { Ok(filter) } else { Err(errors) }
    }
}

fn non_empty(text: &str) -> Option<String> {
    Some(validate::words(text)).filter(|text| !text.is_empty())
}

/// A record of the audit trail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditView {
    /// The record.
    pub id: AuditId,
    /// Time of the action.
    pub at: DateTime<Utc>,
    /// Action: `domain.verb_done`.
    pub action: String,
    /// Action in words.
    pub action_label: String,
    /// Record type of the object.
    pub entity_type: String,
    /// ID of the object.
    pub entity_id: String,
    /// Record type in words.
    pub thing_kind: String,
    /// Title, number or name of the object; `None` when it has none or no longer exists.
    pub thing: Option<String>,
    /// The organisation that was acted for.
    pub org_id: Option<OrgId>,
    /// Name of the organisation.
    pub organisation: Option<String>,
    /// Kind of actor: `user`, `system`, `command` or `anonymous`.
    pub actor_kind: String,
    /// The person who acted; `None` for other actors.
    pub actor_id: Option<UserId>,
    /// E-mail address of the person.
    pub actor: Option<String>,
    /// Reason for an elevation (acting with the platform's right), such as `settle_payment`; `None` without one.
    pub elevation: Option<String>,
    /// Name of the person.
    pub actor_name: Option<String>,
    /// ID of the request.
    pub request_id: String,
    /// IDs, codes and amounts, as JSON text.
    pub details: String,
    /// Changes in words.
    pub facts: Vec<String>,
}

/// Finds audit records by names: a person's name or address, an organisation's name, an object's title or number. An empty field
/// leaves the corresponding filter of the query unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFind {
    /// A person's name or e-mail address.
    #[serde(default)]
    pub person: String,
    /// An organisation's name.
    #[serde(default)]
    pub organisation_name: String,
    /// A purchase number, a service title or an ID.
    #[serde(default)]
    pub thing: String,
}

text_enum! {
    /// Severity of a security event.
    Severity { High = "high", Low = "low", Info = "info" }
}

impl Severity {
    /// Returns the word on screen and in files.
    pub const fn label(self) -> &'static str {
        match self {
            Self::High => "High",
            Self::Low => "Low",
            Self::Info => "Info",
        }
    }
}

/// Filter of the security events; an empty field filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct SecurityEventsQuery {
    /// Severity: `high`, `low` or `info`.
    #[serde(default)]
    pub severity: String,
    /// Event, such as `authn_login_fail`.
    #[serde(default)]
    pub kind: String,
    /// Only events of this many past days.
    #[serde(default)]
    pub days: Option<u16>,
    /// Cursor from `next` of the previous page.
    #[serde(default)]
    pub after: String,
    /// Cursor from `previous` of the next page.
    #[serde(default)]
    pub before: String,
    /// Rows per page.
    #[serde(default)]
    pub size: PageSize,
}

/// A validated [`SecurityEventsQuery`]; `None` filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityEventsFilter {
    /// Severity.
    pub severity: Option<Severity>,
    /// Kind of event.
    pub kind: Option<String>,
    /// Length of the period in days, up to now.
    pub days: Option<u16>,
}

impl SecurityEventsQuery {
    /// Validates the filters; the service parses the cursor.
    pub fn parse(&self) -> Result<SecurityEventsFilter, FieldErrors> {
        let mut errors = FieldErrors::new();
        let severity = non_empty(&self.severity).and_then(|text| {
            let severity = text.parse().ok();
            errors.check(severity.is_some(), "severity", "Choose a severity from the list.");
            severity
        });
        let filter = SecurityEventsFilter { severity, kind: non_empty(&self.kind), days: self.days };
        if errors.is_empty() { Ok(filter) } else { Err(errors) }
    }
}

/// The purchase that a security event is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPurchase {
    /// The purchase.
    pub id: PurchaseId,
    /// Purchase number.
    pub number: String,
}

/// A security event in the console's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityEventView {
    /// Time of the event.
    pub at: DateTime<Utc>,
    /// Event, such as `authn_login_fail`.
    pub kind: String,
    /// Severity.
    pub severity: Severity,
    /// Account affected.
    pub user: Option<String>,
    /// IP address of the client.
    pub address: Option<String>,
    /// ID of the request.
    pub request_id: String,
    /// Codes and counts, as JSON text.
    pub details: String,
    /// Codes and counts in words.
    pub facts: Vec<String>,
    /// Kind of event in words.
    pub kind_label: String,
    /// The purchase the event is about; `None` for other events.
    pub purchase: Option<EventPurchase>,
}

/// A problem of the log: the database lacks entries that were signed, or this cannot be determined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogProblem {
    /// Title in a few words.
    pub title: String,
    /// Explanation: what is missing, and the consequences.
    pub meaning: String,
    /// Steps to repair it, in order.
    pub steps: Vec<String>,
}

/// State of the system, as read from the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemStatus {
    /// Version of PostgreSQL.
    pub database_version: String,
    /// Size of the database in bytes.
    pub database_bytes: i64,
    /// True when the database accepts writes; false when its disk is full.
    pub can_write: bool,
    /// Number of open connections.
    pub connections: i64,
    /// Number of applied migrations.
    pub migrations: i64,
    /// Last applied migration.
    pub last_migration: Option<String>,
    /// Number of outbox messages waiting for delivery.
    pub outbox_waiting: i64,
    /// Time of the oldest waiting message.
    pub outbox_oldest: Option<DateTime<Utc>>,
    /// Number of messages given up after too many failures.
    pub outbox_dead: i64,
    /// Number of leaves of the log.
    pub log_size: i64,
    /// Number of entries that are not in the log yet.
    pub log_waiting: i64,
    /// Tree size of the last signed checkpoint.
    pub checkpoint_size: Option<i64>,
    /// Time the last checkpoint was signed.
    pub checkpoint_at: Option<DateTime<Utc>>,
    /// Reason why nothing is signed, sold or redeemed; `None` while the database holds all signed entries.
    pub log_problem: Option<LogProblem>,
    /// Number of payments without a final status.
    pub payments_unsettled: i64,
    /// Number of payments whose outcome the gateway has not reported, and of open payments whose purchase has expired.
    pub payments_unknown: i64,
    /// Number of purchases with a partial refund that an administrator has to decide on.
    pub refunds_undecided: i64,
    /// Number of payments captured for ended purchases: the platform has to refund them.
    pub refunds_due: i64,
    /// Sales undone after units had been redeemed that nobody has settled, oldest first, at most 50.
    pub undone_sales: Vec<OpenUndoneSale>,
    /// Number of active sessions.
    pub sessions: i64,
    /// Number of organisations waiting for verification.
    pub organisations_waiting: i64,
    /// Number of failed sign-ins in the last 24 hours.
    pub sign_in_failures: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_audit_query_filters_nothing_and_a_bad_one_says_where() {
        assert_eq!(AuditQuery::default().parse(), Ok(AuditFilter::default()));
        let bad = AuditQuery {
            from: "2026-11-23".into(),
            to: "2026-11-22".into(),
            actor: "nobody".into(),
            organisation: "x".into(),
            ..AuditQuery::default()
        };
        let errors = bad.parse().unwrap_err();
        assert_eq!(errors.0.keys().collect::<Vec<_>>(), ["actor", "organisation", "to"]);
    }

    #[test]
    fn security_events_are_filtered_by_a_severity_there_is() {
        assert_eq!(SecurityEventsQuery::default().parse(), Ok(SecurityEventsFilter::default()));
        let magic = SecurityEventsQuery { severity: "magic".into(), ..Default::default() };
        assert!(magic.parse().unwrap_err().get("severity").is_some());
        let high =
            SecurityEventsQuery { severity: "high".into(), kind: " x\u{0} ".into(), ..Default::default() };
        let filter =
            SecurityEventsFilter { severity: Some(Severity::High), kind: Some("x".into()), days: None };
        assert_eq!(high.parse(), Ok(filter));
    }

    #[test]
    fn a_decision_needs_a_reason_one_can_act_on() {
        let decision = OrganisationDecision { id: OrgId(uuid::Uuid::nil()), reason: " no ".into() };
        assert!(decision.parse().unwrap_err().get("reason").is_some());
    }
}

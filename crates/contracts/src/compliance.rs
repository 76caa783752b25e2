//! What the console asks and sees: organisations to verify, the audit trail, the permission table, the system.

mod permissions;

pub use permissions::{
    NewPermissions, NoPermissionChange, PermissionChange, PermissionChangeRecord, PermissionReview,
    PermissionSelection, PermissionTable, PermissionsChange, ReviewedChange,
};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    bounds::DayBounds,
    identity::{MemberView, OrganisationKind, OrganisationView},
    ids::{AuditId, OrgId, PurchaseId, UserId},
    page::PageSize,
    query_text::push_pair,
    states::OrganisationStatus,
    text_enum::text_enum,
    validate::{self, FieldErrors},
};

text_enum! {
    /// Sort orders of organisations.
    #[derive(Default)]
    OrganisationSort {
        /// Those that signed up first, and so wait longest.
        #[default]
        Oldest = "oldest",
        Newest = "newest",
        Name = "name",
        NameBack = "name_back",
        State = "state",
        StateBack = "state_back",
    }
}

/// Which organisations to list. Every field is a filter of the address; an empty one filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct OrganisationsQuery {
    /// Status: `unverified`, `verified`, `rejected` or `suspended`.
    #[serde(default)]
    pub status: String,
    /// Type: `provider`, `insurer` or `intermediary`.
    #[serde(default)]
    pub kind: String,
    /// Part of the name, legal name or registration number.
    #[serde(default)]
    pub q: String,
    /// Signed up on or after this day, `2026-11-22`, UTC.
    #[serde(default)]
    pub from: String,
    /// Signed up on or before this day, UTC.
    #[serde(default)]
    pub to: String,
    /// Sort order.
    #[serde(default)]
    pub sort: OrganisationSort,
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

/// One organisation in the console's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationSummary {
    /// Which.
    pub id: OrgId,
    /// What it is.
    pub kind: OrganisationKind,
    /// The name on the market.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Town; may be empty.
    pub city: String,
    /// Whether it may trade.
    pub status: OrganisationStatus,
    /// When it signed up.
    pub created_at: DateTime<Utc>,
    /// Its name or its number could be taken for a verified organisation's.
    pub is_look_alike: bool,
}

/// A verified organisation that another one could be taken for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookAlike {
    /// Which.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// Verified or suspended.
    pub status: OrganisationStatus,
    /// The two have the same number in the register of the same country; otherwise their names look alike.
    pub same_number: bool,
}

/// A page of organisations, and how many stand in each state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationList {
    /// The rows: those that wait longest first.
    pub page: crate::page::Page<OrganisationSummary>,
    /// Every state with its number.
    pub counts: Vec<(OrganisationStatus, u64)>,
}

/// One recorded change of state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    /// From; none at birth.
    pub from: Option<OrganisationStatus>,
    /// To.
    pub to: OrganisationStatus,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, by name.
    pub by: Option<String>,
    /// Why, where the organisation was told; it stays when the organisation has corrected itself.
    pub reason: Option<String>,
}

/// An organisation with all the console knows of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationDetail {
    /// The organisation.
    pub organisation: OrganisationView,
    /// Stands for its facts as they are here: a verification names the facts it is of.
    pub facts_digest: String,
    /// Verified organisations that it could be taken for.
    pub look_alikes: Vec<LookAlike>,
    /// Its members.
    pub members: Vec<MemberView>,
    /// How it came to its present state, the latest first.
    pub history: Vec<StatusChange>,
    /// Services it has written.
    pub services: i64,
    /// Purchases it has made.
    pub purchases: i64,
}

/// Lets an organisation trade, on facts that somebody has compared with the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationVerification {
    /// Which.
    pub id: OrgId,
    /// Of which facts: [`OrganisationDetail::facts_digest`] as it was shown.
    #[serde(default)]
    pub facts_digest: String,
}

/// A decision about an organisation that has to be explained to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationDecision {
    /// Which.
    pub id: OrgId,
    /// Why; the organisation reads it.
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

/// Which audit records to list; an empty field filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct AuditQuery {
    /// First day, `2026-11-22`, UTC.
    #[serde(default)]
    pub from: String,
    /// Last day, UTC.
    #[serde(default)]
    pub to: String,
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

/// An audit query whose fields are well formed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Recorded on or after this day.
    pub from: Option<NaiveDate>,
    /// Recorded on or before this day.
    pub to: Option<NaiveDate>,
    /// An action, or a domain's actions where it ends in a point.
    pub action: Option<String>,
    /// The kind of thing.
    pub entity_type: Option<String>,
    /// Record ID.
    pub entity_id: Option<String>,
    /// Who acted.
    pub actor: Option<UserId>,
    /// For which organisation.
    pub organisation: Option<OrgId>,
}

impl AuditQuery {
    /// The query of the trail's address: filters and size, from the first page on.
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

    /// Reads the filters; the service reads the cursor.
    pub fn parse(&self) -> Result<AuditFilter, FieldErrors> {
        let mut errors = FieldErrors::new();
        let DayBounds { from, to } = DayBounds::read(&mut errors, &self.from, &self.to);
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
            from,
            to,
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

/// One audit record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditView {
    /// Which.
    pub id: AuditId,
    /// When.
    pub at: DateTime<Utc>,
    /// What was done: `domain.verb_done`.
    pub action: String,
    /// The same in words.
    pub action_label: String,
    /// The kind of thing it was done to.
    pub entity_type: String,
    /// The thing.
    pub entity_id: String,
    /// The kind of thing in words.
    pub thing_kind: String,
    /// What the thing is called: a title, number or name; `None` where it has none or is gone.
    pub thing: Option<String>,
    /// For which organisation.
    pub org_id: Option<OrgId>,
    /// Its name.
    pub organisation: Option<String>,
    /// `user`, `system`, `command` or `anonymous`.
    pub actor_kind: String,
    /// Who, if a person.
    pub actor_id: Option<UserId>,
    /// The person's address.
    pub actor: Option<String>,
    /// Why the step ran with the rights of a job, if it did: `settle_payment`.
    pub elevation: Option<String>,
    /// The person's name.
    pub actor_name: Option<String>,
    /// In which request.
    pub request_id: String,
    /// Ids, codes and amounts, as JSON text.
    pub details: String,
    /// What changed, in words.
    pub facts: Vec<String>,
}

/// Looks for records by what people know: a name or an address, a name of an organisation, a title or a number. What is empty leaves
/// the filter of the query as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFind {
    /// A person's name or address.
    #[serde(default)]
    pub person: String,
    /// An organisation's name.
    #[serde(default)]
    pub organisation_name: String,
    /// A purchase's number, a service's title, or an id.
    #[serde(default)]
    pub thing: String,
}

text_enum! {
    /// How much a security event should worry an administrator.
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

/// Which security events to list; an empty field filters nothing.
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

/// A query of security events whose fields are well formed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityEventsFilter {
    /// Of this severity.
    pub severity: Option<Severity>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Of the last so many days.
    pub days: Option<u16>,
}

impl SecurityEventsQuery {
    /// Reads the filters; the service reads the cursor.
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

/// A purchase that an event is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPurchase {
    /// Its id, for links.
    pub id: PurchaseId,
    /// Its number, for people.
    pub number: String,
}

/// A security event, for the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityEventView {
    /// When.
    pub at: DateTime<Utc>,
    /// Event, such as `authn_login_fail`.
    pub kind: String,
    /// How much it matters.
    pub severity: Severity,
    /// Whose account it touched.
    pub user: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// In which request.
    pub request_id: String,
    /// Codes and counts, as JSON text.
    pub details: String,
    /// The same in words.
    pub facts: Vec<String>,
    /// The event in words.
    pub kind_label: String,
    /// The purchase it is about, where there is one.
    pub purchase: Option<EventPurchase>,
}

/// The database lacks what was signed, or nobody can say that it does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogProblem {
    /// In a few words.
    pub title: String,
    /// What is missing and what it means.
    pub meaning: String,
    /// What to do, in order.
    pub steps: Vec<String>,
}

/// How the system is, as far as the database knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemStatus {
    /// PostgreSQL's version.
    pub database_version: String,
    /// Size of the database in bytes.
    pub database_bytes: i64,
    /// Whether it takes changes; not with a full disk.
    pub can_write: bool,
    /// Connections to it now.
    pub connections: i64,
    /// Migrations that ran.
    pub migrations: i64,
    /// The last of them.
    pub last_migration: Option<String>,
    /// Messages that wait for delivery.
    pub outbox_waiting: i64,
    /// The oldest of them, since.
    pub outbox_oldest: Option<DateTime<Utc>>,
    /// Messages put aside after too many failures.
    pub outbox_dead: i64,
    /// Leaves of the log.
    pub log_size: i64,
    /// Entries without a leaf yet.
    pub log_waiting: i64,
    /// Tree size of the last signed checkpoint.
    pub checkpoint_size: Option<i64>,
    /// When it was signed.
    pub checkpoint_at: Option<DateTime<Utc>>,
    /// Why nothing is signed, sold or redeemed; `None` while the database holds all that was signed.
    pub log_problem: Option<LogProblem>,
    /// Payments that have begun and not ended.
    pub payments_unsettled: i64,
    /// Payments whose outcome the gateway has not told, and those that are open although the time of their purchase is over.
    pub payments_unknown: i64,
    /// Purchases of whose price a part was sent back: an administrator decides what becomes of them.
    pub refunds_undecided: i64,
    /// Payments that came for purchases which had ended: the platform has to send them back.
    pub refunds_due: i64,
    /// Sessions that could act now.
    pub sessions: i64,
    /// Organisations that wait for verification.
    pub organisations_waiting: i64,
    /// Failed sign-ins in the last 24 hours.
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

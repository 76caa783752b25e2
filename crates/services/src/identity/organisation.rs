//! The organisation itself: its facts and whether it may trade.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use contracts::{
    error::ErrorCode,
    identity::{OrganisationFacts, OrganisationKind, OrganisationUpdate, OrganisationView},
    ids::OrgId,
    permission::Permission,
    states::{OrganisationStatus, StateMachine},
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::organisations;

use super::look_alikes::skeleton_of;
use crate::{
    Error, OpCtx, Result,
    platform::{Conn, Tx, events::IdentityEvent, fonts, sha256},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = organisations, check_for_backend(diesel::pg::Pg))]
struct OrganisationRow {
    id: OrgId,
    kind: OrganisationKind,
    name: String,
    legal_name: String,
    registration_number: String,
    country: String,
    city: String,
    status: OrganisationStatus,
    status_reason: Option<String>,
    created_at: DateTime<Utc>,
    verified_at: Option<DateTime<Utc>>,
}

impl From<OrganisationRow> for OrganisationView {
    fn from(row: OrganisationRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            name: row.name,
            legal_name: row.legal_name,
            registration_number: row.registration_number,
            country: row.country,
            city: row.city,
            status: row.status,
            status_reason: row.status_reason,
            created_at: row.created_at,
            verified_at: row.verified_at,
        }
    }
}

/// An organisation the caller may see.
///
/// # Errors
/// `not_found`.
pub async fn organisation_of(conn: &mut Conn, id: OrgId) -> Result<OrganisationView> {
    let row: OrganisationRow =
        organisations::table.find(id).select(OrganisationRow::as_select()).first(conn).await?;
    Ok(row.into())
}

/// The active organisation.
pub async fn organisation_get(ctx: &OpCtx) -> Result<OrganisationView> {
    let org_id = ctx.org_id()?;
    ctx.read(Permission::OwnDataRead, async move |tx| organisation_of(tx.conn()?, org_id).await).await
}

/// Corrects the facts of the active organisation, as long as nobody has verified them. A rejected organisation that corrects
/// itself waits for verification again.
///
/// # Errors
/// `wrong_state` once verified or suspended: what was verified stays as it was verified.
pub async fn organisation_update(ctx: &OpCtx, command: OrganisationUpdate) -> Result<OrganisationView> {
    let facts = command.parse().map_err(Error::invalid)?;
    require_printable_facts(&facts, "name")?;
    let active = ctx.organisation()?.clone();
    ctx.tx("identity.organisation_update", Permission::OrganisationWrite, async move |tx| {
        let status: OrganisationStatus = organisations::table
            .find(active.id)
            .select(organisations::status)
            .for_update()
            .first(tx.conn()?)
            .await?;
        if !matches!(status, OrganisationStatus::Unverified | OrganisationStatus::Rejected) {
            return Err(Error::new(ErrorCode::WrongState));
        }
        diesel::update(organisations::table.find(active.id))
            .set((
                organisations::name.eq(&facts.name),
                organisations::name_skeleton.eq(skeleton_of(&facts.name)),
                organisations::legal_name.eq(&facts.legal_name),
                organisations::registration_number.eq(&facts.registration_number),
                organisations::country.eq(&facts.country),
                organisations::city.eq(&facts.city),
                organisations::status.eq(OrganisationStatus::Unverified),
                organisations::status_reason.eq(None::<String>),
            ))
            .execute(tx.conn()?)
            .await?;
        let resubmitted = status == OrganisationStatus::Rejected;
        tx.emit(IdentityEvent::OrganisationUpdated { org_id: active.id, resubmitted }).await?;
        organisation_of(tx.conn()?, active.id).await
    })
    .await
}

/// Refuses names and towns that certificates could not print. `name_field` is the form's name of the organisation's name.
///
/// # Errors
/// `invalid_input` naming the field and the character.
pub(super) fn require_printable_facts(facts: &OrganisationFacts, name_field: &str) -> Result<()> {
    let printed = [(name_field, &facts.name), ("legal_name", &facts.legal_name), ("city", &facts.city)];
    for (field, text) in printed {
        fonts::require_printable(field, text, "Use Latin, Greek or Cyrillic letters of European languages.")?;
    }
    Ok(())
}

/// A number in a country's register belongs to one verified organisation.
fn registered_already(cause: diesel::result::Error) -> Error {
    match Error::from(cause) {
        error if error.code == ErrorCode::AlreadyExists => Error::new(ErrorCode::RegistrationTaken),
        error => error,
    }
}

/// What compliance decided about an organisation.
#[derive(Clone)]
pub struct StatusDecision {
    /// The state it was decided in; another one by now is refused.
    pub from: OrganisationStatus,
    /// The state it goes to.
    pub to: OrganisationStatus,
    /// Why; the organisation reads it.
    pub reason: Option<String>,
    /// The facts that were read, where the decision is about them.
    pub facts_digest: Option<String>,
}

/// Stands for what is verified of an organisation: two digests are equal when all of it is.
///
/// # Errors
/// `internal`.
pub fn facts_digest(organisation: &OrganisationView) -> Result<String> {
    let facts = (
        organisation.kind,
        &organisation.name,
        &organisation.legal_name,
        &organisation.registration_number,
        &organisation.country,
        &organisation.city,
    );
    Ok(URL_SAFE_NO_PAD.encode(sha256(serde_json::to_vec(&facts)?)))
}

/// Moves an organisation along a decision. Compliance decides; this keeps the states right.
///
/// # Errors
/// `not_found`, `wrong_state` when it is not in the state of the decision, `facts_changed` when its facts are not those that
/// were read, `registration_taken` when a verified organisation of the country has the same number.
pub async fn organisation_status_set(tx: &mut Tx, id: OrgId, decision: &StatusDecision) -> Result<()> {
    let row: OrganisationRow = organisations::table
        .find(id)
        .select(OrganisationRow::as_select())
        .for_update()
        .first(tx.conn()?)
        .await?;
    let organisation = OrganisationView::from(row);
    let fits = organisation.status == decision.from && decision.from.can_transition_to(decision.to);
    if organisation.kind == OrganisationKind::Platform || !fits {
        return Err(Error::new(ErrorCode::WrongState));
    }
    if let Some(read) = &decision.facts_digest
        && *read != facts_digest(&organisation)?
    {
        return Err(Error::new(ErrorCode::FactsChanged));
    }
    let first_verified = (decision.from == OrganisationStatus::Unverified
        && decision.to == OrganisationStatus::Verified)
        .then(|| tx.ctx().now());
    let row = organisations::table.find(id);
    let change = (organisations::status.eq(decision.to), organisations::status_reason.eq(&decision.reason));
    let conn = tx.conn()?;
    match first_verified {
        Some(now) => {
            let change = diesel::update(row).set((change, organisations::verified_at.eq(now)));
            change.execute(conn).await.map_err(registered_already)?;
        }
        None => {
            diesel::update(row).set(change).execute(conn).await?;
        }
    }
    Ok(())
}

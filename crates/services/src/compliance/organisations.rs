//! Organisations, as those who verify them see them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use contracts::{
    compliance::{
        OrganisationDecision, OrganisationDetail, OrganisationList, OrganisationSort, OrganisationSummary,
        OrganisationVerification, OrganisationsFilter, OrganisationsQuery, StatusChange,
    },
    identity::OrganisationKind,
    ids::{OrgId, UserId},
    page::Page,
    permission::{Level, Permission},
    states::{OrganisationStatus, StateMachine},
};
use diesel::{
    dsl::{count_star, max},
    prelude::*,
    sql_types,
};
use diesel_async::RunQueryDsl;
use schema::{organisation_reasons, organisations, purchases, services, state_changes, users};

use crate::{
    Error, OpCtx, Result, catalog,
    identity::{self, StatusDecision},
    platform::{
        COUNT, Conn, Edge, Key, KeyKind, Keyset, Sql, Tx,
        events::{self, ComplianceEvent},
        write_cursor,
    },
};

#[derive(QueryableByName)]
struct SummaryRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: OrgId,
    #[diesel(sql_type = sql_types::Text)]
    kind: OrganisationKind,
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    #[diesel(sql_type = sql_types::Text)]
    name_key: String,
    #[diesel(sql_type = sql_types::Text)]
    country: String,
    #[diesel(sql_type = sql_types::Text)]
    city: String,
    #[diesel(sql_type = sql_types::Text)]
    status: OrganisationStatus,
    #[diesel(sql_type = sql_types::Timestamptz)]
    created_at: DateTime<Utc>,
}

/// A page of organisations in the order of the query, with how many stand in each state.
///
/// # Errors
/// `invalid_input` with the filters that cannot be read.
pub async fn organisations_list(ctx: &OpCtx, query: OrganisationsQuery) -> Result<OrganisationList> {
    let (filter, size) = (query.parse().map_err(Error::invalid)?, query.size);
    let edge = Edge::read(keyset(filter.sort), Some(&query.after), Some(&query.before))?;
    ctx.read(Permission::UserDataRead, async move |tx| {
        let conn = tx.conn()?;
        let total = apply_filter(Sql::new(COUNT), &filter)?.count(conn).await?;
        let place = edge.place();
        let rows = load_rows(conn, &filter, edge, usize::from(size.rows()) + 1).await?;
        let mut page = Page::from_rows(rows, size, total, place, |row| cursor(row, filter.sort)).map(summary);
        mark_look_alikes(conn, &mut page.items).await?;
        Ok(OrganisationList { page, counts: counts(conn).await? })
    })
    .await
}

fn keyset(sort: OrganisationSort) -> Keyset {
    let (columns, down): (&'static [_], _) = match sort {
        OrganisationSort::Oldest => (&[("o.created_at", KeyKind::Time)], false),
        OrganisationSort::Newest => (&[("o.created_at", KeyKind::Time)], true),
        OrganisationSort::Name => (&[("lower(o.name)", KeyKind::Text)], false),
        OrganisationSort::NameBack => (&[("lower(o.name)", KeyKind::Text)], true),
        OrganisationSort::State => (&[("o.status", KeyKind::Text)], false),
        OrganisationSort::StateBack => (&[("o.status", KeyKind::Text)], true),
    };
    Keyset { columns, down }
}

fn cursor(row: &SummaryRow, sort: OrganisationSort) -> String {
    let key = match sort {
        OrganisationSort::Oldest | OrganisationSort::Newest => Key::Time(row.created_at),
        OrganisationSort::Name | OrganisationSort::NameBack => Key::Text(row.name_key.clone()),
        OrganisationSort::State | OrganisationSort::StateBack => Key::Text(row.status.to_string()),
    };
    write_cursor(&[key], row.id.0)
}

fn apply_filter(sql: Sql, filter: &OrganisationsFilter) -> Result<Sql> {
    let sql = sql.push(" FROM organisations o WHERE o.kind <> 'platform'");
    let sql = sql
        .when(filter.status, |sql, status| sql.push(" AND o.status = ").bind::<sql_types::Text, _>(status));
    let sql = sql.when(filter.kind, |sql, kind| sql.push(" AND o.kind = ").bind::<sql_types::Text, _>(kind));
    let sql = sql.days("o.created_at", &filter.days)?;
    Ok(sql.containing_each(filter.words.as_deref(), &["o.name", "o.legal_name", "o.registration_number"]))
}

async fn load_rows(
    conn: &mut Conn,
    filter: &OrganisationsFilter,
    edge: Edge,
    most: usize,
) -> Result<Vec<SummaryRow>> {
    let columns =
        "SELECT o.id, o.kind, o.name, lower(o.name) AS name_key, o.country, o.city, o.status, o.created_at";
    apply_filter(Sql::new(columns), filter)?.page(keyset(filter.sort), edge, "o.id", most)?.load(conn).await
}

/// The first `most` of them, without cursors.
pub(super) async fn load(
    conn: &mut Conn,
    filter: &OrganisationsFilter,
    most: usize,
) -> Result<Vec<OrganisationSummary>> {
    let rows = load_rows(conn, filter, Edge::FIRST, most).await?;
    let mut summaries: Vec<_> = rows.into_iter().map(summary).collect();
    mark_look_alikes(conn, &mut summaries).await?;
    Ok(summaries)
}

/// Marks those whose name can be taken for a verified organisation's.
async fn mark_look_alikes(conn: &mut Conn, summaries: &mut [OrganisationSummary]) -> Result<()> {
    let ids = summaries.iter().map(|one| one.id).collect();
    let found = identity::look_alikes_of(conn, ids).await?;
    let alike: BTreeSet<OrgId> = found.into_iter().map(|(of, _)| of).collect();
    for one in summaries {
        one.is_look_alike = alike.contains(&one.id);
    }
    Ok(())
}

fn summary(row: SummaryRow) -> OrganisationSummary {
    OrganisationSummary {
        id: row.id,
        kind: row.kind,
        name: row.name,
        country: row.country,
        city: row.city,
        status: row.status,
        created_at: row.created_at,
        is_look_alike: false,
    }
}

async fn counts(conn: &mut Conn) -> Result<Vec<(OrganisationStatus, u64)>> {
    let rows: Vec<(OrganisationStatus, i64)> = organisations::table
        .filter(organisations::kind.ne(OrganisationKind::Platform))
        .group_by(organisations::status)
        .select((organisations::status, count_star()))
        .load(conn)
        .await?;
    let found: BTreeMap<_, _> = rows.into_iter().collect();
    Ok(OrganisationStatus::ALL
        .iter()
        .map(|status| {
            (*status, found.get(status).copied().unwrap_or_default().try_into().unwrap_or_default())
        })
        .collect())
}

/// One organisation with its members, its history and how much it has done.
pub async fn organisation_detail(ctx: &OpCtx, id: OrgId) -> Result<OrganisationDetail> {
    ctx.read(Permission::UserDataRead, async move |tx| detail(tx, id).await).await
}

async fn detail(tx: &mut Tx, id: OrgId) -> Result<OrganisationDetail> {
    let conn = tx.conn()?;
    let organisation = identity::organisation_of(conn, id).await?;
    let members = identity::members_of(conn, id).await?;
    let services = services::table.filter(services::org_id.eq(id)).count().get_result(conn).await?;
    let purchases = purchases::table.filter(purchases::org_id.eq(id)).count().get_result(conn).await?;
    let history = history(conn, id).await?;
    let look_alikes = identity::look_alikes_of(conn, vec![id]).await?;
    let look_alikes = look_alikes.into_iter().map(|(_, look_alike)| look_alike).collect();
    let facts_digest = identity::facts_digest(&organisation)?;
    Ok(OrganisationDetail { organisation, facts_digest, look_alikes, members, history, services, purchases })
}

type ChangeRow = (i64, String, OrganisationStatus, DateTime<Utc>, Option<UserId>);

async fn history(conn: &mut Conn, id: OrgId) -> Result<Vec<StatusChange>> {
    let rows: Vec<ChangeRow> = state_changes::table
        .filter(state_changes::machine.eq(OrganisationStatus::MACHINE))
        .filter(state_changes::entity_id.eq(id))
        .order(state_changes::id.desc())
        .limit(50)
        .select((
            state_changes::id,
            state_changes::from_state,
            state_changes::to_state,
            state_changes::changed_at,
            state_changes::actor_user_id,
        ))
        .load(conn)
        .await?;
    let actors: Vec<_> = rows.iter().filter_map(|row| row.4).collect();
    let names: BTreeMap<UserId, String> = users::table
        .filter(users::id.eq_any(actors))
        .select((users::id, users::name))
        .load::<(UserId, String)>(conn)
        .await?
        .into_iter()
        .collect();
    let mut reasons: BTreeMap<i64, String> = organisation_reasons::table
        .filter(organisation_reasons::org_id.eq(id))
        .select((organisation_reasons::change_id, organisation_reasons::reason))
        .load::<(i64, String)>(conn)
        .await?
        .into_iter()
        .collect();
    Ok(rows
        .into_iter()
        .map(|(change_id, from, to, at, by)| StatusChange {
            from: from.parse().ok(),
            to,
            at,
            by: by.and_then(|id| names.get(&id).cloned()),
            reason: reasons.remove(&change_id),
        })
        .collect())
}

/// Keeps the reason beside the change of state that was just made, whose organisation is locked; answers which change that is. The
/// organisation's own row forgets the reason once it has corrected itself.
async fn reason_keep(conn: &mut Conn, id: OrgId, reason: Option<&str>) -> Result<i64> {
    let change_id: Option<i64> = state_changes::table
        .filter(state_changes::machine.eq(OrganisationStatus::MACHINE))
        .filter(state_changes::entity_id.eq(id))
        .select(max(state_changes::id))
        .first(conn)
        .await?;
    let change_id = change_id.ok_or_else(|| Error::internal("the change of state left no trace"))?;
    if let Some(reason) = reason {
        diesel::insert_into(organisation_reasons::table)
            .values((
                organisation_reasons::org_id.eq(id),
                organisation_reasons::change_id.eq(change_id),
                organisation_reasons::reason.eq(reason),
            ))
            .execute(conn)
            .await?;
    }
    Ok(change_id)
}

/// Lets a waiting organisation trade, on the facts that were read.
///
/// # Errors
/// `not_found`, `wrong_state`, `facts_changed` when it has corrected itself since.
pub async fn organisation_verify(
    ctx: &OpCtx,
    command: OrganisationVerification,
) -> Result<OrganisationDetail> {
    let decision = StatusDecision {
        from: OrganisationStatus::Unverified,
        to: OrganisationStatus::Verified,
        reason: None,
        facts_digest: Some(command.facts_digest),
    };
    decide(ctx, command.id, ComplianceEvent::OrganisationVerified, decision).await
}

/// Turns an organisation down; it reads the reason, corrects itself and waits again.
///
/// # Errors
/// `invalid_input` without a reason, `not_found`, `wrong_state`.
pub async fn organisation_reject(ctx: &OpCtx, command: OrganisationDecision) -> Result<OrganisationDetail> {
    let (id, reason) = command.parse().map_err(Error::invalid)?;
    let decision = StatusDecision {
        from: OrganisationStatus::Unverified,
        to: OrganisationStatus::Rejected,
        reason: Some(reason),
        facts_digest: None,
    };
    decide(ctx, id, ComplianceEvent::OrganisationRejected, decision).await
}

/// Stops a verified organisation from trading until it is resumed.
///
/// # Errors
/// `invalid_input` without a reason, `not_found`, `wrong_state`.
pub async fn organisation_suspend(ctx: &OpCtx, command: OrganisationDecision) -> Result<OrganisationDetail> {
    let (id, reason) = command.parse().map_err(Error::invalid)?;
    let decision = StatusDecision {
        from: OrganisationStatus::Verified,
        to: OrganisationStatus::Suspended,
        reason: Some(reason),
        facts_digest: None,
    };
    decide(ctx, id, ComplianceEvent::OrganisationSuspended, decision).await
}

/// Lets a suspended organisation trade again.
///
/// # Errors
/// `not_found`, `wrong_state`.
pub async fn organisation_resume(ctx: &OpCtx, id: OrgId) -> Result<OrganisationDetail> {
    let decision = StatusDecision {
        from: OrganisationStatus::Suspended,
        to: OrganisationStatus::Verified,
        reason: None,
        facts_digest: None,
    };
    decide(ctx, id, ComplianceEvent::OrganisationResumed, decision).await
}

async fn decide(
    ctx: &OpCtx,
    id: OrgId,
    event_of: fn(events::OrganisationDecision) -> ComplianceEvent,
    decision: StatusDecision,
) -> Result<OrganisationDetail> {
    let decided = ctx
        .tx("compliance.organisation_decide", Permission::UserDataWrite, async move |tx| {
            identity::organisation_status_set(tx, id, &decision).await?;
            catalog::provider_listings_refresh(tx, id).await?;
            let StatusDecision { from, to, reason, .. } = decision;
            let change_id = reason_keep(tx.conn()?, id, reason.as_deref()).await?;
            let detail = detail(tx, id).await?;
            let owners = detail.members.iter().filter(|member| member.level == Level::Owner);
            let event = event_of(events::OrganisationDecision {
                org_id: id,
                from,
                to,
                reason_given: reason.is_some(),
                change_id,
                owners: owners.map(|owner| owner.user_id).collect(),
            });
            // the record belongs to the organisation it is about, so that its own auditor can read it
            tx.emit_for(id, event).await?;
            Ok(detail)
        })
        .await?;
    catalog::market_invalidate(ctx);
    Ok(decided)
}

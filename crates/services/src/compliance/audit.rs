//! The audit trail, filtered, the latest first.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contracts::{
    compliance::{AuditFilter, AuditFind, AuditQuery, AuditView},
    ids::{AuditId, OrgId, UserId},
    page::Page,
    permission::Permission,
    validate::{self, FieldErrors},
};
use diesel::{
    prelude::*,
    sql_types::{Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use schema::{audit_records, organisations};
use serde_json::Value;

use super::{
    audit_words::{action_label, load_facts, load_titles, sentence},
    people::people_of,
};
use crate::{
    Error, OpCtx, Result,
    platform::{COUNT, Conn, Edge, Key, KeyKind, Keyset, Sql, contains_pattern, write_cursor},
};

#[derive(Clone, QueryableByName)]
#[diesel(table_name = audit_records)]
pub(super) struct AuditRow {
    pub(super) id: AuditId,
    pub(super) recorded_at: DateTime<Utc>,
    pub(super) org_id: Option<OrgId>,
    pub(super) actor_user_id: Option<UserId>,
    pub(super) actor_kind: String,
    pub(super) action: String,
    pub(super) entity_type: String,
    pub(super) entity_id: String,
    pub(super) request_id: String,
    pub(super) details: Value,
    pub(super) elevation: Option<String>,
}

/// A page of the audit trail.
///
/// # Errors
/// `invalid_input` with the filters that cannot be read.
pub async fn audit_list(ctx: &OpCtx, query: AuditQuery) -> Result<Page<AuditView>> {
    let (filter, size) = (query.parse().map_err(Error::invalid)?, query.size);
    let edge = Edge::read(NEWEST_FIRST, Some(&query.after), Some(&query.before))?;
    ctx.read(Permission::AuditLogsRead, async move |tx| {
        let conn = tx.conn()?;
        let total = apply_filter(Sql::new(COUNT), &filter)?.count(conn).await?;
        let place = edge.place();
        let rows = load(conn, &filter, edge, usize::from(size.rows()) + 1).await?;
        let cursor = |row: &AuditRow| write_cursor(&[Key::Time(row.recorded_at)], row.id.0);
        let Page { items, next, previous, total } = Page::from_rows(rows, size, total, place, cursor);
        Ok(Page { items: with_names(conn, items).await?, next, previous, total })
    })
    .await
}

/// The actions that there are records of, each with its words, in the order of the words.
pub async fn audit_actions(ctx: &OpCtx) -> Result<Vec<(String, String)>> {
    ctx.read(Permission::AuditLogsRead, async |tx| load_actions(tx.conn()?).await).await
}

#[derive(QueryableByName)]
struct ActionRow {
    #[diesel(sql_type = Text)]
    action: String,
}

/// Each action is found by one look into the index.
async fn load_actions(conn: &mut Conn) -> Result<Vec<(String, String)>> {
    let rows: Vec<ActionRow> = diesel::sql_query(
        "WITH RECURSIVE known AS (
           (SELECT action FROM audit_records ORDER BY action LIMIT 1)
           UNION ALL
           SELECT (SELECT a.action FROM audit_records a WHERE a.action > k.action ORDER BY a.action LIMIT 1) FROM known k WHERE k.action IS NOT NULL)
         SELECT action FROM known WHERE action IS NOT NULL",
    )
    .load(conn)
    .await?;
    let mut actions: Vec<_> =
        rows.into_iter().map(|row| (row.action.clone(), action_label(&row.action))).collect();
    actions.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(actions)
}

/// The query with people, organisations and things that were typed in place of their ids. Names and addresses stand in no link.
///
/// # Errors
/// `invalid_input` under `person`, `organisation_name` and `thing` for what is nobody's, or several people's.
pub async fn audit_find(ctx: &OpCtx, query: AuditQuery, find: AuditFind) -> Result<AuditQuery> {
    ctx.read(Permission::AuditLogsRead, async move |tx| {
        let conn = tx.conn()?;
        let (person, organisation, thing) = (
            validate::words(&find.person),
            validate::words(&find.organisation_name),
            validate::words(&find.thing),
        );
        let mut errors = FieldErrors::new();
        let mut found = query;
        if !person.is_empty() {
            let people = find_ids(conn, PEOPLE, &person).await?;
            found.actor =
                only_one(&mut errors, "person", "person", people).map(|(_, id)| id).unwrap_or_default();
        }
        if !organisation.is_empty() {
            let houses = find_ids(conn, HOUSES, &organisation).await?;
            found.organisation = only_one(&mut errors, "organisation_name", "organisation", houses)
                .map(|(_, id)| id)
                .unwrap_or_default();
        }
        if !thing.is_empty() {
            let things = find_ids(conn, THINGS, &thing).await?;
            (found.entity_type, found.entity_id) =
                only_one(&mut errors, "thing", "record", things).unwrap_or_default();
        }
        Error::check(errors)?;
        Ok(found)
    })
    .await
}

#[derive(QueryableByName)]
struct FoundRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    id: String,
}

/// Whoever has exactly this name or address, or else has it in the name.
const PEOPLE: &str = "WITH fit AS (SELECT id, email = lower($1) OR lower(name) = lower($1) AS is_exact FROM users
     WHERE email = lower($1) OR name ILIKE $2)
   SELECT 'user' AS kind, id::text FROM fit WHERE is_exact OR NOT EXISTS (SELECT FROM fit WHERE is_exact) LIMIT 3";
const HOUSES: &str = "WITH fit AS (SELECT id, lower(name) = lower($1) AS is_exact FROM organisations WHERE name ILIKE $2)
   SELECT 'organisation' AS kind, id::text FROM fit WHERE is_exact OR NOT EXISTS (SELECT FROM fit WHERE is_exact) LIMIT 3";
const THINGS: &str = "WITH fit AS (
     SELECT 'purchase' AS kind, id::text, true AS is_exact FROM purchases WHERE number = upper($1)
     UNION ALL SELECT 'organisation', id::text, true FROM organisations WHERE lower(name) = lower($1)
     UNION ALL SELECT 'user', id::text, true FROM users WHERE email = lower($1)
     UNION ALL SELECT 'service', s.id::text, lower(v.title) = lower($1) FROM services s
       JOIN LATERAL (SELECT l.title FROM service_versions l WHERE l.service_id = s.id ORDER BY l.version_no DESC LIMIT 1) v ON v.title ILIKE $2
     UNION ALL SELECT entity_type, entity_id, true FROM (SELECT entity_type, entity_id FROM audit_records
       WHERE entity_id = lower($1) AND entity_type = ANY (ARRAY['service', 'purchase', 'certificate', 'organisation', 'user', 'transaction', 'payment']) LIMIT 1) a)
   SELECT kind, id FROM fit WHERE is_exact OR NOT EXISTS (SELECT FROM fit WHERE is_exact) GROUP BY kind, id LIMIT 3";

async fn find_ids(conn: &mut Conn, sql: &str, words: &str) -> Result<Vec<(String, String)>> {
    let rows: Vec<FoundRow> = diesel::sql_query(sql)
        .bind::<Text, _>(words)
        .bind::<Text, _>(contains_pattern(words))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.kind, row.id)).collect())
}

fn only_one(
    errors: &mut FieldErrors,
    field: &str,
    noun: &str,
    mut found: Vec<(String, String)>,
) -> Option<(String, String)> {
    match found.len() {
        1 => found.pop(),
        0 => {
            errors.add(field, format!("No {noun} matches. Check the spelling."));
            None
        }
        _ => {
            errors.add(
                field,
                format!(
                    "More than one {noun} matches. Enter more of the name, or the e-mail address or number."
                ),
            );
            None
        }
    }
}

const NEWEST_FIRST: Keyset = Keyset { columns: &[("a.recorded_at", KeyKind::Time)], down: true };

fn apply_filter(sql: Sql, filter: &AuditFilter) -> Result<Sql> {
    let sql = sql.push(" FROM audit_records a WHERE true").days("a.recorded_at", &filter.days)?;
    let sql = sql.when(filter.action.as_deref(), |sql, action| match action.strip_suffix('.') {
        // the actions of one domain; '/' is the character after '.'
        Some(domain) => sql
            .push(" AND a.action >= ")
            .bind::<Text, _>(format!("{domain}."))
            .push(" AND a.action < ")
            .bind::<Text, _>(format!("{domain}/")),
        None => sql.push(" AND a.action = ").bind::<Text, _>(action.to_owned()),
    });
    let sql = sql.when(filter.entity_type.clone(), |sql, entity_type| {
        sql.push(" AND a.entity_type = ").bind::<Text, _>(entity_type)
    });
    let sql = sql.when(filter.entity_id.clone(), |sql, entity_id| {
        sql.push(" AND a.entity_id = ").bind::<Text, _>(entity_id)
    });
    let sql =
        sql.when(filter.actor, |sql, actor| sql.push(" AND a.actor_user_id = ").bind::<SqlUuid, _>(actor));
    Ok(sql.when(filter.organisation, |sql, organisation| {
        sql.push(" AND a.org_id = ").bind::<SqlUuid, _>(organisation)
    }))
}

/// At most so many of them, from the edge on.
pub(super) async fn load(
    conn: &mut Conn,
    filter: &AuditFilter,
    edge: Edge,
    most: usize,
) -> Result<Vec<AuditRow>> {
    let columns = "SELECT a.id, a.recorded_at, a.org_id, a.actor_user_id, a.actor_kind, a.action, a.entity_type, a.entity_id, a.request_id, a.details, a.elevation";
    apply_filter(Sql::new(columns), filter)?.page(NEWEST_FIRST, edge, "a.id", most)?.load(conn).await
}

/// Returns views of the rows, with the names of people, organisations and things, and the changes in words.
pub(super) async fn with_names(conn: &mut Conn, rows: Vec<AuditRow>) -> Result<Vec<AuditView>> {
    let people: Vec<UserId> = rows.iter().filter_map(|row| row.actor_user_id).collect();
    let people = people_of(conn, people).await?;
    let houses: Vec<OrgId> = rows.iter().filter_map(|row| row.org_id).collect();
    let houses: BTreeMap<OrgId, String> = organisations::table
        .filter(organisations::id.eq_any(houses))
        .select((organisations::id, organisations::name))
        .load::<(OrgId, String)>(conn)
        .await?
        .into_iter()
        .collect();
    let titles = load_titles(conn, &rows).await?;
    let mut facts = load_facts(conn, &rows).await?;
    let view = |row: AuditRow| {
        let actor = row.actor_user_id.and_then(|id| people.get(&id));
        let thing = row.entity_id.parse().ok().map(|id| (row.entity_type.clone(), id));
        AuditView {
            id: row.id,
            at: row.recorded_at,
            action_label: action_label(&row.action),
            action: row.action,
            thing_kind: sentence(&row.entity_type),
            thing: thing.and_then(|thing| titles.get(&thing).cloned()),
            entity_type: row.entity_type,
            entity_id: row.entity_id,
            organisation: row.org_id.and_then(|id| houses.get(&id).cloned()),
            org_id: row.org_id,
            actor_kind: row.actor_kind,
            actor: actor.map(|person| person.email.clone()),
            actor_name: actor.map(|person| person.name.clone()),
            actor_id: row.actor_user_id,
            elevation: row.elevation.clone(),
            request_id: row.request_id,
            details: if row.details.as_object().is_some_and(serde_json::Map::is_empty) {
                String::new()
            } else {
                row.details.to_string()
            },
            facts: facts
                .remove(&row.id)
                .unwrap_or_default()
                .into_iter()
                .chain(
                    row.elevation
                        .map(|reason| format!("System permission used: {}", reason.replace('_', " "))),
                )
                .collect(),
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

//! A provider's own services: the list, and one with its history. The people of the platform see every provider's.

use chrono::{DateTime, Utc};
use contracts::{
    catalog::{
        Category, ListedPrice, ServiceEditView, ServiceInput, ServiceListQuery, ServiceRow, ServiceSort,
        StepInput, VersionPart, VersionRow,
    },
    ids::{OrgId, ServiceId, ServiceVersionId},
    money::{Currency, Money},
    page::{MAX_COUNTED, Page},
    permission::Permission,
    states::{OrganisationStatus, ServiceStatus},
    validate,
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;

use super::load::{ServiceVersionRow, VersionSelector, load_one, unsigned};
use crate::platform::{Conn, Edge, Error, Key, KeyKind, Keyset, OpCtx, Result, Sql, Tx, write_cursor};

/// One of the caller's own services, or anybody's for the people of the platform: the latest version, as form and as preview, and
/// all versions before it.
///
/// # Errors
/// `not_found` for another organisation's service.
pub async fn service_get(ctx: &OpCtx, id: ServiceId) -> Result<ServiceEditView> {
    let (loaded, versions) = ctx
        .read(Permission::ServicesRead, async move |tx| {
            let tenant = tx.ctx().tenant()?;
            let loaded = load_one(tx.conn()?, VersionSelector::Latest(vec![id.0])).await?;
            let loaded = loaded
                .filter(|found| tenant.is_none_or(|org_id| found.org_id == org_id))
                .ok_or_else(Error::not_found)?;
            let versions = versions(tx.conn()?, id, &loaded).await?;
            Ok((loaded, versions))
        })
        .await?;
    let may_change = ctx.require(Permission::ServicesWrite).is_ok();
    Ok(ServiceEditView {
        input: input(&loaded)?,
        status: loaded.status,
        has_unpublished_changes: loaded.published_at.is_none(),
        committed: unsigned(loaded.committed),
        versions,
        may_change,
        may_edit: may_change && loaded.org_id == ctx.org_id()?,
        may_publish: loaded.provider_status == OrganisationStatus::Verified,
        preview: loaded.into_view(ctx.platform().db.caches()).await?,
    })
}

/// The latest version as the form takes it.
pub(super) fn input(loaded: &ServiceVersionRow) -> Result<ServiceInput> {
    let pricing = loaded.pricing()?;
    Ok(ServiceInput {
        title: loaded.title.clone(),
        description: loaded.description.clone(),
        category: loaded.category.to_string(),
        modality: loaded.modality.to_string(),
        country: loaded.country.clone(),
        city: loaded.city.clone(),
        duration_minutes: loaded.duration_minutes.to_string(),
        validity_days: loaded.validity_days.to_string(),
        capacity: loaded.capacity.map(|capacity| capacity.to_string()).unwrap_or_default(),
        currency: loaded.currency.to_string(),
        base_price: pricing.base.to_typed(),
        steps: pricing
            .steps
            .iter()
            .map(|step| StepInput {
                min_quantity: step.min_quantity.to_string(),
                unit_price: step.unit_price.to_typed(),
            })
            .collect(),
        codes: loaded.codes()?.into_iter().map(|code| code.code).collect(),
    })
}

#[derive(QueryableByName)]
struct HistoryRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: ServiceVersionId,
    #[diesel(sql_type = sql_types::Integer)]
    version_no: i32,
    #[diesel(sql_type = sql_types::Text)]
    title: String,
    #[diesel(sql_type = sql_types::Text)]
    currency: Currency,
    #[diesel(sql_type = sql_types::BigInt)]
    base_price_minor: i64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    author: Option<String>,
    #[diesel(sql_type = sql_types::Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    published_at: Option<DateTime<Utc>>,
    /// A text for each [`VersionPart`], in their order: equal where the versions do not differ.
    #[diesel(sql_type = sql_types::Array<sql_types::Text>)]
    parts: Vec<String>,
}

/// The newest versions of service $1. One more than is shown is compared with.
const HISTORY: &str = "
    SELECT v.id, v.version_no, v.title, v.currency, v.base_price_minor, u.name AS author, v.created_at, v.published_at,
           ARRAY[v.title, md5(v.description), v.category, concat_ws(' ', v.modality, v.country, v.city), v.duration_minutes::text,
                 v.validity_days::text,
                 concat_ws(' ', v.currency, v.base_price_minor,
                   (SELECT string_agg(concat(p.min_quantity, ':', p.unit_price_minor), ' ' ORDER BY p.min_quantity)
                    FROM service_price_steps p WHERE p.version_id = v.id)),
                 coalesce((SELECT string_agg(k.code, ' ' ORDER BY k.position) FROM service_codes k WHERE k.version_id = v.id), '')] AS parts
    FROM service_versions v LEFT JOIN users u ON u.id = v.created_by WHERE v.service_id = $1 ORDER BY v.version_no DESC LIMIT 201";

/// Maximum number of versions in the history of a service.
const MAX_VERSIONS: usize = 200;

async fn versions(conn: &mut Conn, id: ServiceId, latest: &ServiceVersionRow) -> Result<Vec<VersionRow>> {
    let rows: Vec<HistoryRow> = diesel::sql_query(HISTORY).bind::<sql_types::Uuid, _>(id).load(conn).await?;
    let on_sale = latest.published_version_id.filter(|_| latest.status == ServiceStatus::Published);
    let changes = |place: usize, row: &HistoryRow| {
        rows.get(place + 1).map(|before| changed_parts(&before.parts, &row.parts))
    };
    Ok(rows
        .iter()
        .enumerate()
        .take(MAX_VERSIONS)
        .map(|(place, row)| VersionRow {
            id: row.id,
            version_no: unsigned(row.version_no),
            title: row.title.clone(),
            base_price: Money::new(row.base_price_minor, row.currency),
            changes: changes(place, row),
            author: row.author.clone(),
            created_at: row.created_at,
            published_at: row.published_at,
            is_on_sale: on_sale == Some(row.id.0),
        })
        .collect())
}

/// Returns the parts whose texts differ.
fn changed_parts(before: &[String], after: &[String]) -> Vec<VersionPart> {
    let pairs = before.iter().zip(after);
    VersionPart::ALL
        .iter()
        .zip(pairs)
        .filter(|(_, (one, other))| one != other)
        .map(|(part, _)| *part)
        .collect()
}

#[derive(QueryableByName)]
pub(super) struct ListRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: ServiceId,
    #[diesel(sql_type = sql_types::Text)]
    title: String,
    #[diesel(sql_type = sql_types::Text)]
    title_key: String,
    #[diesel(sql_type = sql_types::Text)]
    provider_name: String,
    #[diesel(sql_type = sql_types::Text)]
    status: ServiceStatus,
    #[diesel(sql_type = sql_types::Text)]
    category: Category,
    /// Of the published version, or of the latest where none was published.
    #[diesel(sql_type = sql_types::Text)]
    currency: Currency,
    #[diesel(sql_type = sql_types::BigInt)]
    base_price_minor: i64,
    #[diesel(sql_type = sql_types::Text)]
    latest_currency: Currency,
    #[diesel(sql_type = sql_types::BigInt)]
    latest_price_minor: i64,
    #[diesel(sql_type = sql_types::Bool)]
    was_published: bool,
    #[diesel(sql_type = sql_types::Array<sql_types::Text>)]
    codes: Vec<String>,
    #[diesel(sql_type = sql_types::Bool)]
    has_unpublished_changes: bool,
    #[diesel(sql_type = sql_types::Integer)]
    committed: i32,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Integer>)]
    capacity: Option<i32>,
    #[diesel(sql_type = sql_types::Timestamptz)]
    updated_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::BigInt)]
    total: i64,
}

/// The columns of an order, and whether it goes down.
fn keyset(sort: ServiceSort) -> Keyset {
    let (columns, down): (&'static [_], _) = match sort {
        ServiceSort::Newest => (&[("f.updated_at", KeyKind::Time)], true),
        ServiceSort::Oldest => (&[("f.updated_at", KeyKind::Time)], false),
        ServiceSort::Title => (&[("f.title_key", KeyKind::Text)], false),
        ServiceSort::TitleBack => (&[("f.title_key", KeyKind::Text)], true),
        ServiceSort::Cheapest => (BY_PRICE, false),
        ServiceSort::Dearest => (BY_PRICE, true),
        ServiceSort::State => (&[("f.status", KeyKind::Text)], false),
        ServiceSort::StateBack => (&[("f.status", KeyKind::Text)], true),
    };
    Keyset { columns, down }
}

const BY_PRICE: &[(&str, KeyKind)] =
    &[("f.currency::text", KeyKind::Text), ("f.base_price_minor", KeyKind::Number)];

fn cursor(row: &ListRow, sort: ServiceSort) -> String {
    let keys = match sort {
        ServiceSort::Newest | ServiceSort::Oldest => vec![Key::Time(row.updated_at)],
        ServiceSort::Title | ServiceSort::TitleBack => vec![Key::Text(row.title_key.clone())],
        ServiceSort::Cheapest | ServiceSort::Dearest => {
            vec![Key::Text(row.currency.to_string()), Key::Number(row.base_price_minor)]
        }
        ServiceSort::State | ServiceSort::StateBack => vec![Key::Text(row.status.to_string())],
    };
    write_cursor(&keys, row.id.0)
}

/// Whether a row of `mine` fits the list's filter: $1 a provider or all, $2 a state, $3 words, parted by spaces. Each word stands in
/// the title (a number beside other words at the beginning of a word: "scan 77" is not "scan 177") or, of all, in the provider's name, or begins a code of the version `latest`.
pub(super) const FITS: &str =
    "($2::text IS NULL OR status = $2) AND NOT EXISTS (SELECT FROM string_to_table(lower($3), ' ') AS w(word)
   WHERE CASE WHEN word ~ '^[0-9]' AND strpos($3, ' ') > 0 THEN strpos(' ' || lower(title), ' ' || word) ELSE strpos(lower(title), word) END = 0 AND NOT ($1::uuid IS NULL AND strpos(lower(provider_name), word) > 0)
   AND NOT EXISTS (SELECT FROM service_codes k WHERE k.version_id = latest AND starts_with(k.code, upper(word))))";

/// The list in one of its few orders, of one provider or of all, with $1 to $3 of [`FITS`] given.
fn list_sql(tenant: Option<OrgId>, query: &ServiceListQuery) -> Sql {
    let tenant_clause = if tenant.is_none() { "$1::uuid IS NULL" } else { "s.org_id = $1" };
    let most = MAX_COUNTED + 1;
    Sql::new(format!(
        "WITH mine AS (
           SELECT s.id, v.title, lower(v.title) AS title_key, s.status, v.category, v.id AS latest,
                  coalesce(p.currency, v.currency) AS currency, coalesce(p.base_price_minor, v.base_price_minor) AS base_price_minor,
                  v.currency AS latest_currency, v.base_price_minor AS latest_price_minor, p.id IS NOT NULL AS was_published,
                  v.published_at IS NULL AS has_unpublished_changes, coalesce(c.committed, 0) AS committed, c.capacity, s.updated_at,
                  coalesce(o.name, '') AS provider_name
           FROM services s
           JOIN LATERAL (SELECT * FROM service_versions l WHERE l.service_id = s.id ORDER BY l.version_no DESC LIMIT 1) v ON true
           LEFT JOIN service_versions p ON p.id = s.published_version_id
           LEFT JOIN service_capacity c ON c.service_id = s.id
           LEFT JOIN organisations o ON o.id = s.org_id
           WHERE {tenant_clause}
         ), found AS (
           SELECT * FROM mine WHERE {FITS}
         )
         SELECT f.*, ARRAY(SELECT k.code FROM service_codes k WHERE k.version_id = f.latest ORDER BY k.position) AS codes,
                (SELECT count(*) FROM (SELECT FROM found LIMIT {most}) c) AS total
         FROM found f WHERE true"
    ))
    .give::<sql_types::Nullable<sql_types::Uuid>, _>(tenant)
    .give::<sql_types::Nullable<sql_types::Text>, _>(query.status)
    .give::<sql_types::Text, _>(validate::words(&query.q))
}

/// The caller's own services; every provider's for the people of the platform.
pub async fn service_list(ctx: &OpCtx, query: ServiceListQuery) -> Result<Page<ServiceRow>> {
    let (size, sort) = (query.size, query.sort);
    let edge = Edge::read(keyset(sort), query.after.as_deref(), query.before.as_deref())?;
    let (place, most) = (edge.place(), usize::from(size.rows()) + 1);
    let rows =
        ctx.read(Permission::ServicesRead, async move |tx| load_rows(tx, &query, edge, most).await).await?;
    let total = rows.as_slice().first().map_or(0, |row| row.total);
    let total = u64::try_from(total).map_err(Error::internal)?;
    Ok(Page::from_rows(rows, size, total, place, |row| cursor(row, sort)).map(service_row))
}

/// The first `most` rows of the list, without cursors.
pub(super) async fn list_rows(tx: &mut Tx, query: &ServiceListQuery, most: usize) -> Result<Vec<ListRow>> {
    load_rows(tx, query, Edge::FIRST, most).await
}

async fn load_rows(tx: &mut Tx, query: &ServiceListQuery, edge: Edge, most: usize) -> Result<Vec<ListRow>> {
    let tenant = tx.ctx().tenant()?;
    list_sql(tenant, query).page(keyset(query.sort), edge, "f.id", most)?.load(tx.conn()?).await
}

pub(super) fn service_row(row: ListRow) -> ServiceRow {
    let seen = row.was_published.then(|| Money::new(row.base_price_minor, row.currency));
    ServiceRow {
        id: row.id,
        title: row.title,
        provider_name: row.provider_name,
        status: row.status,
        category: row.category,
        price: ListedPrice::new(seen, Money::new(row.latest_price_minor, row.latest_currency)),
        codes: row.codes,
        has_unpublished_changes: row.has_unpublished_changes,
        committed: unsigned(row.committed),
        capacity: row.capacity.map(unsigned),
        updated_at: row.updated_at,
    }
}

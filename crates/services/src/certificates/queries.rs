//! Lists and details of certificates, for the organisation that bought and the one that sells.

use std::sync::Arc;

use certificate::{SignedCertificate, hex};
use chrono::{DateTime, Utc};
use contracts::{
    certificates::{
        CertificateEventKind, CertificateEventView, CertificateQuery, CertificateReason, CertificateSort,
        CertificateSummary, CertificateView,
    },
    identity::OrganisationKind,
    ids::{CertificateId, LineId, OrgId, PurchaseId, ServiceId},
    page::Page,
    permission::Permission,
    states::CertificateStatus,
    validate,
};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bytea, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;

use super::{
    events::{code_of, reason_sentence},
    log,
    qr::Qr,
};
use crate::platform::{
    COUNT, Edge, Error, Key, KeyKind, Keyset, OpCtx, Prepare, Result, Sql, Tx, sha256, write_cursor,
};

#[derive(QueryableByName)]
struct SummaryRow {
    #[diesel(sql_type = SqlUuid)]
    id: CertificateId,
    #[diesel(sql_type = Bytea)]
    public_code: Vec<u8>,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Text)]
    counterparty: String,
    #[diesel(sql_type = Nullable<Text>)]
    client: Option<String>,
    #[diesel(sql_type = Text)]
    status: CertificateStatus,
    #[diesel(sql_type = Timestamptz)]
    issued_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    expires_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    redeemed_at: Option<DateTime<Utc>>,
    /// The text it is sorted by, if it is sorted by one.
    #[diesel(sql_type = Text)]
    sort_key: String,
}

/// An issued certificate whose time is over reads expired, also before the job has ended it.
fn display_status(
    status: CertificateStatus,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> CertificateStatus {
    if status == CertificateStatus::Issued && expires_at <= now { CertificateStatus::Expired } else { status }
}

const COLUMNS: &str = "SELECT c.id, c.public_code, c.title, c.status, c.issued_at, c.expires_at, c.redeemed_at, coalesce(o.name, '') AS counterparty,
    (SELECT u.on_behalf_of FROM transaction_lines l JOIN transactions t ON t.id = l.transaction_id
       JOIN purchases u ON u.id = t.purchase_id WHERE l.id = c.line_id) AS client, ";

/// What a list shows as the state, where `now` is bound behind it.
const SHOWN: [&str; 2] = [
    "CASE WHEN c.status IN ('issued', 'reserved') AND c.expires_at <= ",
    " THEN 'expired' WHEN c.status = 'reserved' THEN 'issued' WHEN c.status = 'superseded' THEN 'revoked' ELSE c.status END",
];

/// As titles of services sort: Ä beside A. The column itself is in the order of code points.
const BY_TITLE: &[(&str, KeyKind)] = &[("lower(c.title) COLLATE \"und-x-icu\"", KeyKind::Text)];

/// The columns of an order, and whether it goes down.
fn keyset(sort: CertificateSort) -> Keyset {
    let (columns, down): (&'static [_], _) = match sort {
        CertificateSort::Newest => (&[("c.issued_at", KeyKind::Time)], true),
        CertificateSort::Oldest => (&[("c.issued_at", KeyKind::Time)], false),
        CertificateSort::Title => (BY_TITLE, false),
        CertificateSort::TitleBack => (BY_TITLE, true),
        CertificateSort::Party => (&[("coalesce(lower(o.name), '')", KeyKind::Text)], false),
        CertificateSort::PartyBack => (&[("coalesce(lower(o.name), '')", KeyKind::Text)], true),
        CertificateSort::State => (&[("c.status", KeyKind::Text)], false),
        CertificateSort::StateBack => (&[("c.status", KeyKind::Text)], true),
        CertificateSort::EndsFirst => (&[("c.expires_at", KeyKind::Time)], false),
        CertificateSort::EndsLast => (&[("c.expires_at", KeyKind::Time)], true),
    };
    Keyset { columns, down }
}

/// What is selected beside a row: its text key in the order, if it has one.
const fn text_key(sort: CertificateSort) -> &'static str {
    match sort {
        CertificateSort::Title | CertificateSort::TitleBack => "lower(c.title) AS sort_key",
        CertificateSort::Party | CertificateSort::PartyBack => "coalesce(lower(o.name), '') AS sort_key",
        CertificateSort::State | CertificateSort::StateBack => "c.status AS sort_key",
        CertificateSort::Newest
        | CertificateSort::Oldest
        | CertificateSort::EndsFirst
        | CertificateSort::EndsLast => "'' AS sort_key",
    }
}

fn cursor(row: &SummaryRow, sort: CertificateSort) -> String {
    let key = match sort {
        CertificateSort::Newest | CertificateSort::Oldest => Key::Time(row.issued_at),
        CertificateSort::EndsFirst | CertificateSort::EndsLast => Key::Time(row.expires_at),
        _ => Key::Text(row.sort_key.clone()),
    };
    write_cursor(&[key], row.id.0)
}

/// Adds the conditions of a query: certificates bought or sold by the caller's organisation, or everybody's for an administrator.
fn apply_query(sql: Sql, tx: &Tx, query: &CertificateQuery) -> Result<Sql> {
    let own = tx.ctx().caller().organisation.as_ref().map(|organisation| organisation.id);
    let names = SearchedNames::of(tx.ctx())?;
    let now = tx.ctx().now();
    let days = query.days_of_issue().map_err(Error::invalid)?;
    let sql = sql
        .push(" FROM certificates c LEFT JOIN organisations o ON o.id = CASE WHEN c.seller_org_id = ")
        .bind::<Nullable<SqlUuid>, _>(own)
        .push(" THEN c.org_id ELSE c.seller_org_id END WHERE true");
    let sql = sql.when(query.status, |sql, status| {
        let [before, after] = SHOWN;
        sql.push(" AND ")
            .push(before)
            .bind::<Timestamptz, _>(now)
            .push(after)
            .push(" = ")
            .bind::<Text, _>(status.as_str())
    });
    let sql = sql.when(query.purchase_id, |sql, purchase| {
        sql.push(" AND EXISTS (SELECT FROM transaction_lines l JOIN transactions t ON t.id = l.transaction_id WHERE l.id = c.line_id AND t.purchase_id = ")
            .bind::<SqlUuid, _>(purchase)
            .push(")")
    });
    let sql = sql.when(tx.ctx().start_of_period(query.days), |sql, since| {
        sql.push(" AND coalesce(c.redeemed_at, c.issued_at) > ").bind::<Timestamptz, _>(since)
    });
    let words = query.q.as_deref().map(validate::words).filter(|words| !words.is_empty());
    Ok(sql.days("c.issued_at", &days)?.when(words.as_deref(), |sql, words| search(sql, words, names)))
}

/// Which names a search of certificates looks at besides the other side's.
#[derive(Clone, Copy)]
struct SearchedNames {
    /// The list has everybody's certificates, so that both sides are others.
    buyers: bool,
    /// The list may have certificates that were bought for clients.
    clients: bool,
}

impl SearchedNames {
    fn of(ctx: &OpCtx) -> Result<Self> {
        let buyers = ctx.tenant()?.is_none();
        let clients = buyers || ctx.organisation()?.kind == OrganisationKind::Intermediary;
        Ok(Self { buyers, clients })
    }
}

/// Leaves those with each of these words in the title, the other side's name or the client's, or whose code is this one or begins so.
fn search(sql: Sql, words: &str, names: SearchedNames) -> Sql {
    let code = words.parse::<certificate::PublicCode>().map(|code| (code, code)).ok();
    let codes = code.or_else(|| certificate::PublicCode::range_of_start(words));
    let sql = sql.push(" AND (true");
    let sql = words.split_whitespace().fold(sql, |sql, word| {
        let sql = sql.push(" AND (").containing(&["c.title", "o.name"], word);
        let sql = sql.when(names.buyers.then_some(word), |sql, word| {
            sql.push(" OR EXISTS (SELECT FROM organisations b WHERE b.id = c.org_id AND ")
                .containing(&["b.name"], word)
                .push(")")
        });
        let sql = sql.when(names.clients.then_some(word), |sql, word| {
            sql.push(" OR EXISTS (SELECT FROM transaction_lines l JOIN transactions t ON t.id = l.transaction_id JOIN purchases u ON u.id = t.purchase_id WHERE l.id = c.line_id AND ")
                .containing(&["u.on_behalf_of"], word)
                .push(")")
        });
        sql.push(")")
    });
    let sql = sql.when(codes, |sql, (lowest, highest)| {
        sql.push(" OR c.public_code BETWEEN ")
            .bind::<Bytea, _>(lowest.as_bytes().to_vec())
            .push(" AND ")
            .bind::<Bytea, _>(highest.as_bytes().to_vec())
    });
    sql.push(")")
}

/// The certificates of the caller's organisation, bought or sold, under a query, in its order; an administrator sees all.
///
/// # Errors
/// `invalid_input` with the filters that cannot be read.
pub async fn certificate_list(ctx: &OpCtx, query: CertificateQuery) -> Result<Page<CertificateSummary>> {
    let (size, sort) = (query.size, query.sort);
    let edge = Edge::read(keyset(sort), query.after.as_deref(), query.before.as_deref())?;
    let place = edge.place();
    let now = ctx.now();
    let (total, rows) = ctx
        .read(Permission::CertificatesRead, async move |tx| {
            let counted = apply_query(Sql::new(COUNT), tx, &query)?;
            let total = counted.count(tx.conn()?).await?;
            // one more only tells that there is another page
            Ok((total, load(tx, &query, edge, usize::from(size.rows()) + 1).await?))
        })
        .await?;
    let page = Page::from_rows(rows, size, total, place, |row| cursor(row, sort));
    let Page { items, next, previous, total } = page;
    let items = items.into_iter().map(|row| summary(row, now)).collect::<Result<_>>()?;
    Ok(Page { items, next, previous, total })
}

/// The first `most` of them, without cursors.
pub(super) async fn rows(
    tx: &mut Tx,
    query: &CertificateQuery,
    most: usize,
) -> Result<Vec<CertificateSummary>> {
    let now = tx.ctx().now();
    let rows = load(tx, query, Edge::FIRST, most).await?;
    rows.into_iter().map(|row| summary(row, now)).collect()
}

async fn load(tx: &mut Tx, query: &CertificateQuery, edge: Edge, most: usize) -> Result<Vec<SummaryRow>> {
    let sql = Sql::new([COLUMNS, text_key(query.sort)].concat());
    apply_query(sql, tx, query)?.page(keyset(query.sort), edge, "c.id", most)?.load(tx.conn()?).await
}

fn summary(row: SummaryRow, now: DateTime<Utc>) -> Result<CertificateSummary> {
    Ok(CertificateSummary {
        id: row.id,
        code: code_of(&row.public_code)?.to_string(),
        title: row.title,
        counterparty: row.counterparty,
        client: row.client,
        status: display_status(row.status, row.expires_at, now),
        issued_at: row.issued_at,
        expires_at: row.expires_at,
        redeemed_at: row.redeemed_at,
    })
}

/// A certificate of the caller's organisation, bought or sold.
pub async fn certificate_get(ctx: &OpCtx, id: CertificateId) -> Result<CertificateView> {
    ctx.read(Permission::CertificatesRead, async move |tx| view(tx, id).await).await
}

#[derive(QueryableByName)]
struct DetailRow {
    #[diesel(sql_type = SqlUuid)]
    id: CertificateId,
    #[diesel(sql_type = Bytea)]
    public_code: Vec<u8>,
    #[diesel(sql_type = Text)]
    status: CertificateStatus,
    #[diesel(sql_type = Nullable<Text>)]
    status_reason: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    status_reason_code: Option<CertificateReason>,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = SqlUuid)]
    service_id: ServiceId,
    #[diesel(sql_type = Array<Text>)]
    codes: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    code_titles: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    release: Option<String>,
    #[diesel(sql_type = Text)]
    provider: String,
    #[diesel(sql_type = SqlUuid)]
    seller_org_id: OrgId,
    #[diesel(sql_type = Text)]
    provider_place: String,
    #[diesel(sql_type = Text)]
    buyer: String,
    #[diesel(sql_type = Nullable<Text>)]
    client: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    purchase_id: Option<PurchaseId>,
    #[diesel(sql_type = SqlUuid)]
    line_id: LineId,
    #[diesel(sql_type = Integer)]
    unit_no: i32,
    #[diesel(sql_type = Integer)]
    quantity: i32,
    #[diesel(sql_type = Timestamptz)]
    issued_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    expires_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    redeemed_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    redeemed_place: Option<String>,
    #[diesel(sql_type = Bytea)]
    signed_payload: Vec<u8>,
    #[diesel(sql_type = Bytea)]
    key_id: Vec<u8>,
}

const DETAIL: &str = "SELECT c.id, c.public_code, c.status, c.status_reason, c.status_reason_code, c.title, l.service_id,
    coalesce(k.codes, '{}') AS codes, coalesce(k.titles, '{}') AS code_titles, k.release,
    coalesce(p.name, '') AS provider, c.seller_org_id,
    coalesce(NULLIF(concat_ws(', ', NULLIF(v.city, ''), v.country), ''), '') AS provider_place, coalesce(b.name, '') AS buyer,
    -- only the buyer and the platform may see the purchase
    (SELECT u.on_behalf_of FROM purchases u WHERE u.id = t.purchase_id) AS client,
    CASE WHEN c.org_id = $2 OR sees_everything() THEN t.purchase_id END AS purchase_id,
    c.line_id, c.unit_no, l.quantity, c.issued_at, c.expires_at, c.redeemed_at, c.redeemed_place, c.signed_payload, c.key_id
  FROM certificates c
  JOIN transaction_lines l ON l.id = c.line_id
  JOIN transactions t ON t.id = l.transaction_id
  LEFT JOIN service_versions v ON v.id = l.version_id
  LEFT JOIN organisations p ON p.id = c.seller_org_id
  LEFT JOIN organisations b ON b.id = c.org_id
  LEFT JOIN LATERAL (SELECT array_agg(s.code ORDER BY s.position) AS codes, array_agg(s.title ORDER BY s.position) AS titles,
                            max(s.release_id) AS release FROM service_codes s WHERE s.version_id = l.version_id) k ON true
  WHERE c.id = $1";

/// The certificate as the transaction's caller may see it.
pub(super) async fn view(tx: &mut Tx, id: CertificateId) -> Result<CertificateView> {
    let own = tx.ctx().caller().organisation.as_ref().map(|organisation| organisation.id);
    let row: DetailRow = diesel::sql_query(DETAIL)
        .bind::<SqlUuid, _>(id)
        .bind::<Nullable<SqlUuid>, _>(own)
        .prepared()
        .get_result(tx.conn()?)
        .await?;
    let events = events(tx, id).await?;
    let platform = Arc::clone(tx.ctx().platform());
    let log = log::standing(tx.conn()?, &platform).await?;
    let qr_text = SignedCertificate::from_bytes(row.signed_payload.clone()).to_qr_text();
    let qr = Qr::of(&qr_text)?;
    Ok(CertificateView {
        id: row.id,
        code: code_of(&row.public_code)?.to_string(),
        status: display_status(row.status, row.expires_at, tx.ctx().now()),
        status_reason: reason_sentence(row.status_reason_code, row.status_reason),
        status_reason_code: row.status_reason_code,
        title: row.title,
        service_id: row.service_id,
        codes: row.codes.into_iter().zip(row.code_titles).collect(),
        icd11_release: row.release,
        provider: row.provider,
        provider_id: row.seller_org_id,
        provider_place: row.provider_place,
        buyer: row.buyer,
        client: row.client,
        purchase_id: row.purchase_id,
        line_id: row.line_id,
        unit: row.unit_no,
        units: row.quantity,
        issued_at: row.issued_at,
        expires_at: row.expires_at,
        redeemed_at: row.redeemed_at,
        redeemed_place: row.redeemed_place,
        qr_text,
        qr_path: qr.svg_path(),
        qr_modules: qr.modules,
        fingerprint: group_digits(&hex(&sha256(&row.signed_payload))),
        key_id: hex(&row.key_id),
        events,
        issuer: platform.settings.origin().to_owned(),
        log: log.name,
        log_paused: log.is_paused,
    })
}

fn group_digits(digits: &str) -> String {
    let groups: Vec<&str> =
        digits.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(" ")
}

#[derive(QueryableByName)]
struct EventRow {
    #[diesel(sql_type = Text)]
    kind: CertificateEventKind,
    #[diesel(sql_type = Timestamptz)]
    occurred_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Text>)]
    place: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    reason_code: Option<CertificateReason>,
    #[diesel(sql_type = Nullable<BigInt>)]
    leaf_index: Option<i64>,
}

async fn events(tx: &mut Tx, id: CertificateId) -> Result<Vec<CertificateEventView>> {
    let rows: Vec<EventRow> = diesel::sql_query(
        "SELECT e.kind, e.occurred_at, e.place, e.reason, e.reason_code, f.leaf_index
         FROM certificate_events e JOIN log_entries g ON g.certificate_event_id = e.id LEFT JOIN log_leaves f ON f.log_entry_id = g.id
         WHERE e.certificate_id = $1 ORDER BY g.entry_no",
    )
    .bind::<SqlUuid, _>(id)
    .prepared()
    .load(tx.conn()?)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| CertificateEventView {
            kind: row.kind,
            occurred_at: row.occurred_at,
            place: row.place,
            reason: reason_sentence(row.reason_code, row.reason),
            reason_code: row.reason_code,
            leaf_index: row.leaf_index,
        })
        .collect())
}

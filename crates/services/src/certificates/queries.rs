//! Lists and details of certificates, for the organisation that bought and the one that sells.

use std::sync::Arc;

use certificate::{SignedCertificate, hex};
use chrono::{DateTime, Utc};
use contracts::{
    certificates::{
        CertificateEventKind, CertificateEventView, CertificateFilter, CertificateQuery, CertificateSummary,
        CertificateView,
    },
    ids::{CertificateId, LineId, OrgId, PurchaseId, ServiceId},
    page::{MOST_COUNTED, Page},
    permission::Permission,
    states::CertificateStatus,
    validate,
};
use diesel::{
    QueryableByName,
    pg::Pg,
    query_builder::{BoxedSqlQuery, SqlQuery},
    sql_types::{Array, BigInt, Bytea, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{events::code_of, log, qr::Qr};
use crate::platform::{Counted, Error, OpCtx, Prepare, Result, Tx, cursor_of, cursor_read, sha256};

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
    #[diesel(sql_type = Text)]
    status: CertificateStatus,
    #[diesel(sql_type = Timestamptz)]
    issued_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    expires_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    redeemed_at: Option<DateTime<Utc>>,
}

/// An issued certificate whose time is over reads expired, also before the job has ended it.
fn shown(status: CertificateStatus, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> CertificateStatus {
    if status == CertificateStatus::Issued && expires_at <= now { CertificateStatus::Expired } else { status }
}

const COLUMNS: &str = "SELECT c.id, c.public_code, c.title, c.status, c.issued_at, c.expires_at, c.redeemed_at, coalesce(o.name, '') AS counterparty
  FROM certificates c
  LEFT JOIN organisations o ON o.id = CASE WHEN c.seller_org_id = $7 THEN c.org_id ELSE c.seller_org_id END ";

/// Which certificates of a list are meant.
const THAT_FIT: &str = "LEFT JOIN transaction_lines l ON l.id = c.line_id
  LEFT JOIN transactions t ON t.id = l.transaction_id
  WHERE ($1::text IS NULL OR CASE WHEN c.status IN ('issued', 'reserved') AND c.expires_at <= $2 THEN 'expired'
                                  WHEN c.status = 'reserved' THEN 'issued'
                                  WHEN c.status = 'superseded' THEN 'revoked' ELSE c.status END = $1)
    AND ($3::uuid IS NULL OR t.purchase_id = $3)
    AND ($4::text IS NULL OR strpos(lower(c.title), lower($4)) > 0 OR c.public_code = $5)
    AND ($6::timestamptz IS NULL OR coalesce(c.redeemed_at, c.issued_at) > $6) ";

/// Own certificates have an index by time; everybody's are read by their ids, which sort by time, too.
const fn newest_first(of_everybody: bool) -> &'static str {
    if of_everybody {
        "AND ($8::timestamptz IS NULL OR c.id < $9) ORDER BY c.id DESC LIMIT $10"
    } else {
        "AND ($8::timestamptz IS NULL OR (c.issued_at, c.id) < ($8, $9)) ORDER BY c.issued_at DESC, c.id DESC LIMIT $10"
    }
}

/// A statement whose values are being given.
type Bound = BoxedSqlQuery<'static, Pg, SqlQuery>;

/// What the statements of a list are asked for, read from its query.
struct Asked {
    status: Option<&'static str>,
    now: DateTime<Utc>,
    purchase_id: Option<PurchaseId>,
    words: Option<String>,
    code: Option<Vec<u8>>,
    since: Option<DateTime<Utc>>,
}

impl Asked {
    fn of(tx: &Tx, query: &CertificateQuery) -> Self {
        let words = query.q.as_deref().map(validate::words).filter(|words| !words.is_empty());
        let code = words.as_deref().and_then(|words| words.parse::<certificate::PublicCode>().ok());
        let now = tx.ctx().now();
        Self {
            status: query.status.map(CertificateFilter::as_str),
            now,
            purchase_id: query.purchase_id,
            words,
            code: code.map(|code| code.as_bytes().to_vec()),
            since: tx.ctx().days_ago(query.days),
        }
    }

    /// `$1` to `$6`.
    fn ask(&self, statement: String) -> Bound {
        diesel::sql_query(statement)
            .into_boxed()
            .bind::<Nullable<Text>, _>(self.status)
            .bind::<Timestamptz, _>(self.now)
            .bind::<Nullable<SqlUuid>, _>(self.purchase_id)
            .bind::<Nullable<Text>, _>(self.words.clone())
            .bind::<Nullable<Bytea>, _>(self.code.clone())
            .bind::<Nullable<Timestamptz>, _>(self.since)
    }
}

/// The certificates of the caller's organisation, bought or sold, newest first; an administrator sees all.
pub async fn certificate_list(ctx: &OpCtx, query: CertificateQuery) -> Result<Page<CertificateSummary>> {
    let size = query.size;
    let (total, rows) = ctx
        .read(Permission::CertificatesRead, async move |tx| {
            let total = counted(tx, &Asked::of(tx, &query)).await?;
            // one more only tells that there is another page
            Ok((total, rows(tx, query, usize::from(size.rows()) + 1).await?))
        })
        .await?;
    Ok(Page::from_rows(rows, size, total, |row| cursor_of(row.issued_at, row.id)))
}

async fn counted(tx: &mut Tx, asked: &Asked) -> Result<u64> {
    let most = MOST_COUNTED + 1;
    let statement =
        format!("SELECT count(*) AS rows FROM (SELECT FROM certificates c {THAT_FIT} LIMIT {most}) f");
    let counted: Counted = asked.ask(statement).prepared().get_result(tx.conn()?).await?;
    counted.rows()
}

/// The first `most` of them.
pub(super) async fn rows(
    tx: &mut Tx,
    query: CertificateQuery,
    most: usize,
) -> Result<Vec<CertificateSummary>> {
    let after =
        query.after.as_deref().filter(|after| !after.is_empty()).map(cursor_read::<Uuid>).transpose()?;
    let asked = Asked::of(tx, &query);
    let own = tx.ctx().caller().organisation.as_ref().map(|organisation| organisation.id);
    let order = newest_first(tx.ctx().tenant()?.is_none());
    let rows: Vec<SummaryRow> = asked
        .ask([COLUMNS, THAT_FIT, order].concat())
        .bind::<Nullable<SqlUuid>, _>(own)
        .bind::<Nullable<Timestamptz>, _>(after.map(|(at, _)| at))
        .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| id))
        .bind::<BigInt, _>(i64::try_from(most).map_err(Error::internal)?)
        .prepared()
        .load(tx.conn()?)
        .await?;
    rows.into_iter().map(|row| summary(row, asked.now)).collect()
}

fn summary(row: SummaryRow, now: DateTime<Utc>) -> Result<CertificateSummary> {
    Ok(CertificateSummary {
        id: row.id,
        code: code_of(&row.public_code)?.to_string(),
        title: row.title,
        counterparty: row.counterparty,
        status: shown(row.status, row.expires_at, now),
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

const DETAIL: &str = "SELECT c.id, c.public_code, c.status, c.status_reason, c.title, l.service_id,
    coalesce(k.codes, '{}') AS codes, coalesce(k.titles, '{}') AS code_titles, k.release,
    coalesce(p.name, '') AS provider, c.seller_org_id,
    coalesce(NULLIF(concat_ws(', ', NULLIF(v.city, ''), v.country), ''), '') AS provider_place, coalesce(b.name, '') AS buyer,
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
        status: shown(row.status, row.expires_at, tx.ctx().now()),
        status_reason: row.status_reason,
        title: row.title,
        service_id: row.service_id,
        codes: row.codes.into_iter().zip(row.code_titles).collect(),
        icd11_release: row.release,
        provider: row.provider,
        provider_id: row.seller_org_id,
        provider_place: row.provider_place,
        buyer: row.buyer,
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
        fingerprint: grouped(&hex(&sha256(&row.signed_payload))),
        key_id: hex(&row.key_id),
        events,
        issuer: platform.settings.origin().to_owned(),
        log: log.name,
        log_paused: log.is_paused,
    })
}

fn grouped(digits: &str) -> String {
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
    #[diesel(sql_type = Nullable<BigInt>)]
    leaf_index: Option<i64>,
}

async fn events(tx: &mut Tx, id: CertificateId) -> Result<Vec<CertificateEventView>> {
    let rows: Vec<EventRow> = diesel::sql_query(
        "SELECT e.kind, e.occurred_at, e.place, e.reason, f.leaf_index
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
            reason: row.reason,
            leaf_index: row.leaf_index,
        })
        .collect())
}

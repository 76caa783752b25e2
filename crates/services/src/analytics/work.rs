//! The work lists of the dashboards: what waits for a member of the organisation, as values; the page writes the words.

use chrono::{DateTime, Utc};
use contracts::{
    analytics::WorkItem,
    identity::OrganisationKind,
    ids::{OrgId, PurchaseId},
};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;

use crate::platform::{Error, Result, Tx};

/// Maximum number of tasks on a dashboard.
const MAX_TASKS: usize = 8;

/// A kind of tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WorkList {
    /// Purchases of the organisation that await payment.
    Payments,
    /// Certificates that the organisation has bought and that expire soon.
    BoughtCertificates,
    /// Certificates that the organisation has sold and that expire soon.
    SoldCertificates,
    /// Organisations that wait for verification.
    Verifications,
}

/// The tasks of these kinds, most urgent first.
pub(super) async fn load(tx: &mut Tx, lists: &[WorkList], org_id: OrgId) -> Result<Vec<WorkItem>> {
    let mut tasks = Vec::new();
    for list in lists {
        tasks.extend(match list {
            WorkList::Payments => payments(tx, org_id).await?,
            WorkList::BoughtCertificates => certificates(tx, "c.org_id", org_id).await?,
            WorkList::SoldCertificates => certificates(tx, "c.seller_org_id", org_id).await?,
            WorkList::Verifications => verifications(tx, org_id).await?,
        });
    }
    tasks.sort_by_key(WorkItem::at);
    tasks.truncate(MAX_TASKS);
    Ok(tasks)
}

#[derive(QueryableByName)]
struct PaymentRow {
    #[diesel(sql_type = SqlUuid)]
    id: PurchaseId,
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = Nullable<Text>)]
    on_behalf_of: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    expires_at: DateTime<Utc>,
}

async fn payments(tx: &mut Tx, org_id: OrgId) -> Result<Vec<WorkItem>> {
    let now = tx.ctx().now();
    let rows: Vec<PaymentRow> = diesel::sql_query(format!(
        "SELECT id, number, on_behalf_of, expires_at FROM purchases
         WHERE org_id = $1 AND status = 'awaiting_payment' ORDER BY expires_at LIMIT {MAX_TASKS}"
    ))
    .bind::<SqlUuid, _>(org_id)
    .load(tx.conn()?)
    .await?;
    let task = |row: PaymentRow| WorkItem::Pay {
        purchase_id: row.id,
        number: row.number,
        client: row.on_behalf_of,
        until: row.expires_at,
        is_over: row.expires_at <= now,
    };
    Ok(rows.into_iter().map(task).collect())
}

#[derive(QueryableByName)]
struct CertificatesRow {
    #[diesel(sql_type = SqlUuid)]
    purchase_id: PurchaseId,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = Timestamptz)]
    until: DateTime<Utc>,
}

/// Certificates that expire within 30 days, by service and purchase; `holder` is the column that names the organisation.
async fn certificates(tx: &mut Tx, holder: &'static str, org_id: OrgId) -> Result<Vec<WorkItem>> {
    let now = tx.ctx().now();
    let rows: Vec<CertificatesRow> = diesel::sql_query(format!(
        "SELECT t.purchase_id, c.title, count(*) AS count, min(c.expires_at) AS until
         FROM certificates c JOIN transaction_lines l ON l.id = c.line_id JOIN transactions t ON t.id = l.transaction_id
         WHERE {holder} = $1 AND c.status = 'issued' AND c.expires_at BETWEEN $2 AND $2 + interval '30 days'
         GROUP BY c.title, t.purchase_id ORDER BY until LIMIT {MAX_TASKS}"
    ))
    .bind::<SqlUuid, _>(org_id)
    .bind::<Timestamptz, _>(now)
    .load(tx.conn()?)
    .await?;
    let task = |row: CertificatesRow| {
        Ok(WorkItem::Redeem {
            purchase_id: row.purchase_id,
            title: row.title,
            count: u64::try_from(row.count).map_err(Error::internal)?,
            until: row.until,
        })
    };
    rows.into_iter().map(task).collect()
}

#[derive(QueryableByName)]
struct OrganisationRow {
    #[diesel(sql_type = SqlUuid)]
    id: OrgId,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: OrganisationKind,
    #[diesel(sql_type = Text)]
    country: String,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
}

async fn verifications(tx: &mut Tx, own: OrgId) -> Result<Vec<WorkItem>> {
    let rows: Vec<OrganisationRow> = diesel::sql_query(format!(
        "SELECT id, name, kind, country, created_at FROM organisations
         WHERE status = 'unverified' AND id <> $1 ORDER BY created_at LIMIT {MAX_TASKS}"
    ))
    .bind::<SqlUuid, _>(own)
    .load(tx.conn()?)
    .await?;
    let task = |row: OrganisationRow| WorkItem::Verify {
        org_id: row.id,
        name: row.name,
        kind: row.kind,
        country: row.country,
        since: row.created_at,
    };
    Ok(rows.into_iter().map(task).collect())
}

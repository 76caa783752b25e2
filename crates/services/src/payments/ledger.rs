//! Double entry: every movement of money as transfers that balance. PostgreSQL refuses what does not (law I1).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use contracts::{
    error::ErrorCode,
    identity::OrganisationKind,
    ids::{OrgId, PaymentId, PurchaseId, TransactionId},
    money::Currency,
    payments::{LedgerAccountKind, LedgerSide},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::organisations;
use uuid::Uuid;

use super::PaymentState;
use crate::platform::{Error, Prepare, Result, Tx, new_id};

/// An account: whose, and what for.
type Account = (OrgId, LedgerAccountKind);

struct Entry {
    account: Account,
    side: LedgerSide,
    amount_minor: i64,
}

struct Transfer {
    kind: &'static str,
    payment_id: Option<PaymentId>,
    transaction_id: Option<TransactionId>,
    entries: Vec<Entry>,
}

impl Transfer {
    fn of_payment(kind: &'static str, payment: &PaymentState, entries: Vec<Entry>) -> Self {
        Self { kind, payment_id: Some(payment.id), transaction_id: None, entries }
    }
}

fn debit(account: Account, amount_minor: i64) -> Entry {
    Entry { account, side: LedgerSide::Debit, amount_minor }
}

fn credit(account: Account, amount_minor: i64) -> Entry {
    Entry { account, side: LedgerSide::Credit, amount_minor }
}

/// The id of the platform's organisation, set by the first call of [`platform_org`]; it never changes.
#[derive(Default)]
struct PlatformOrg(OnceLock<OrgId>);

/// The organisation that runs the market; commission and clearing accounts are its own.
pub async fn platform_org(tx: &mut Tx) -> Result<OrgId> {
    let known = tx.ctx().platform().db.caches().of::<PlatformOrg>();
    if let Some(id) = known.0.get() {
        return Ok(*id);
    }
    let found = organisations::table
        .filter(organisations::kind.eq(OrganisationKind::Platform))
        .order((organisations::created_at, organisations::id))
        .select(organisations::id)
        .first(tx.conn()?)
        .await
        .optional()?
        .ok_or_else(|| {
            Error::new(ErrorCode::Internal)
                .caused_by("there is no platform organisation; create the first administrator")
        })?;
    Ok(*known.0.get_or_init(|| found))
}

/// Posts a captured payment: the money in, owed to the buyer until it is spent, and what the provider keeps.
pub async fn post_capture(tx: &mut Tx, payment: &PaymentState, fee_minor: i64) -> Result<()> {
    use LedgerAccountKind::{Buyer, GatewayClearing, ProcessingFees};

    let platform = platform_org(tx).await?;
    let (clearing, buyer) = ((platform, GatewayClearing), (payment.org_id, Buyer));
    let captured = payment.amount().amount_minor;
    let entries = vec![debit(clearing, captured), credit(buyer, captured)];
    let mut transfers = vec![Transfer::of_payment("capture", payment, entries)];
    if fee_minor > 0 {
        let entries = vec![debit((platform, ProcessingFees), fee_minor), credit(clearing, fee_minor)];
        transfers.push(Transfer::of_payment("processing_fee", payment, entries));
    }
    post(tx, transfers, payment.amount().currency).await
}

/// Posts the sale of each transaction of a paid purchase: the buyer's money to the seller, the platform and the intermediary.
pub async fn post_sales(tx: &mut Tx, payment: &PaymentState) -> Result<()> {
    let sales = sales(tx, payment.purchase_id, (payment.org_id, LedgerAccountKind::Buyer)).await?;
    post(tx, sales, payment.amount().currency).await
}

/// Posts money that went back to the buyer at the provider, in minor units.
pub async fn post_refund(tx: &mut Tx, payment: &PaymentState, minor: i64) -> Result<()> {
    let clearing = (platform_org(tx).await?, LedgerAccountKind::GatewayClearing);
    let entries = vec![debit((payment.org_id, LedgerAccountKind::Buyer), minor), credit(clearing, minor)];
    post(tx, vec![Transfer::of_payment("refund", payment, entries)], payment.amount().currency).await
}

/// Posts the reverse of each sale of a purchase: nobody has earned anything by it. A sale is reversed once.
pub async fn post_sale_reversals(tx: &mut Tx, purchase_id: PurchaseId) -> Result<()> {
    diesel::sql_query(
        "WITH reversal AS (
           INSERT INTO ledger_transfers (id, kind, transaction_id, reverses_transfer_id)
           SELECT gen_random_uuid(), 'reversal', s.transaction_id, s.id
           FROM ledger_transfers s JOIN transactions t ON t.id = s.transaction_id WHERE t.purchase_id = $1 AND s.kind = 'sale'
           RETURNING id, reverses_transfer_id)
         INSERT INTO ledger_entries (transfer_id, account_id, org_id, currency, side, amount_minor)
         SELECT r.id, e.account_id, e.org_id, e.currency, CASE e.side WHEN 'debit' THEN 'credit' ELSE 'debit' END, e.amount_minor
         FROM reversal r JOIN ledger_entries e ON e.transfer_id = r.reverses_transfer_id ORDER BY e.id",
    )
    .bind::<sql_types::Uuid, _>(purchase_id)
    .prepared()
    .execute(tx.conn()?)
    .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct ShareRow {
    #[diesel(sql_type = sql_types::Uuid)]
    transaction_id: TransactionId,
    #[diesel(sql_type = sql_types::BigInt)]
    gross_minor: i64,
    #[diesel(sql_type = sql_types::Text)]
    kind: LedgerAccountKind,
    #[diesel(sql_type = sql_types::Uuid)]
    org_id: OrgId,
    #[diesel(sql_type = sql_types::BigInt)]
    amount_minor: i64,
}

/// One sale per transaction: the buyer's money to the seller, the platform and the intermediary.
async fn sales(tx: &mut Tx, purchase_id: PurchaseId, buyer: Account) -> Result<Vec<Transfer>> {
    let rows: Vec<ShareRow> = diesel::sql_query(
        "SELECT t.id AS transaction_id, t.gross_minor, 'seller_payable' AS kind, t.seller_org_id AS org_id,
                sum(l.seller_net_minor)::bigint AS amount_minor
         FROM transactions t JOIN transaction_lines l ON l.transaction_id = t.id WHERE t.purchase_id = $1 GROUP BY t.id
         UNION ALL
         SELECT t.id, t.gross_minor, CASE c.kind WHEN 'platform' THEN 'platform_revenue' ELSE 'intermediary_payable' END,
                c.beneficiary_org_id, sum(c.amount_minor)::bigint
         FROM transactions t JOIN transaction_lines l ON l.transaction_id = t.id JOIN commission_lines c ON c.line_id = l.id
         WHERE t.purchase_id = $1 GROUP BY t.id, c.kind, c.beneficiary_org_id",
    )
    .bind::<sql_types::Uuid, _>(purchase_id)
    .prepared()
    .load(tx.conn()?)
    .await?;
    let mut sales: BTreeMap<TransactionId, Vec<Entry>> = BTreeMap::new();
    for row in rows {
        let entries = sales.entry(row.transaction_id).or_insert_with(|| vec![debit(buyer, row.gross_minor)]);
        if row.amount_minor > 0 {
            entries.push(credit((row.org_id, row.kind), row.amount_minor));
        }
    }
    let sale = |(id, entries)| Transfer { kind: "sale", payment_id: None, transaction_id: Some(id), entries };
    Ok(sales.into_iter().map(sale).collect())
}

async fn post(tx: &mut Tx, transfers: Vec<Transfer>, currency: Currency) -> Result<()> {
    let wanted: BTreeSet<Account> =
        transfers.iter().flat_map(|transfer| transfer.entries.iter().map(|entry| entry.account)).collect();
    let accounts = accounts(tx, &wanted, currency).await?;
    let now = tx.ctx().now();
    let transfers: Vec<(Uuid, Transfer)> =
        transfers.into_iter().map(|transfer| (new_id(now), transfer)).collect();
    let mut entries = Vec::new();
    for (id, transfer) in &transfers {
        for entry in &transfer.entries {
            let account =
                accounts.get(&entry.account).ok_or_else(|| Error::internal("an account is missing"))?;
            entries.push((*id, *account, entry));
        }
    }
    insert(tx, &transfers, &entries, currency).await
}

/// All of them in one statement, whose text is the same for any number.
async fn insert(
    tx: &mut Tx,
    transfers: &[(Uuid, Transfer)],
    entries: &[(Uuid, Uuid, &Entry)],
    currency: Currency,
) -> Result<()> {
    use sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid};

    diesel::sql_query(
        "WITH transfer AS (
           INSERT INTO ledger_transfers (id, kind, payment_id, transaction_id)
           SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[]))
         INSERT INTO ledger_entries (transfer_id, account_id, org_id, currency, side, amount_minor)
         SELECT e.transfer_id, e.account_id, e.org_id, $5, e.side, e.amount_minor
         FROM unnest($6::uuid[], $7::uuid[], $8::uuid[], $9::text[], $10::bigint[]) AS e (transfer_id, account_id, org_id, side, amount_minor)",
    )
    .bind::<Array<SqlUuid>, _>(transfers.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(transfers.iter().map(|(_, transfer)| transfer.kind).collect::<Vec<_>>())
    .bind::<Array<Nullable<SqlUuid>>, _>(
        transfers.iter().map(|(_, transfer)| transfer.payment_id.map(|id| id.0)).collect::<Vec<_>>(),
    )
    .bind::<Array<Nullable<SqlUuid>>, _>(
        transfers.iter().map(|(_, transfer)| transfer.transaction_id.map(|id| id.0)).collect::<Vec<_>>(),
    )
    .bind::<Text, _>(currency)
    .bind::<Array<SqlUuid>, _>(entries.iter().map(|(transfer, ..)| *transfer).collect::<Vec<_>>())
    .bind::<Array<SqlUuid>, _>(entries.iter().map(|(_, account, _)| *account).collect::<Vec<_>>())
    .bind::<Array<SqlUuid>, _>(entries.iter().map(|(.., entry)| entry.account.0).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(entries.iter().map(|(.., entry)| entry.side).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(entries.iter().map(|(.., entry)| entry.amount_minor).collect::<Vec<_>>())
    .prepared()
    .execute(tx.conn()?)
    .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = sql_types::Uuid)]
    org_id: OrgId,
    #[diesel(sql_type = sql_types::Text)]
    kind: LedgerAccountKind,
}

/// The ids of the accounts; those that do not exist yet are opened.
async fn accounts(
    tx: &mut Tx,
    wanted: &BTreeSet<Account>,
    currency: Currency,
) -> Result<BTreeMap<Account, Uuid>> {
    let found = accounts_find(tx, wanted, currency).await?;
    if found.len() == wanted.len() {
        return Ok(found);
    }
    let now = tx.ctx().now();
    let missing: Vec<&Account> = wanted.iter().filter(|account| !found.contains_key(account)).collect();
    diesel::sql_query(
        "INSERT INTO ledger_accounts (id, org_id, kind, currency)
         SELECT i, o, k, $4 FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS t (i, o, k) ON CONFLICT (org_id, kind, currency) DO NOTHING",
    )
    .bind::<sql_types::Array<sql_types::Uuid>, _>(missing.iter().map(|_| new_id::<Uuid>(now)).collect::<Vec<_>>())
    .bind::<sql_types::Array<sql_types::Uuid>, _>(missing.iter().map(|account| account.0).collect::<Vec<_>>())
    .bind::<sql_types::Array<sql_types::Text>, _>(missing.iter().map(|account| account.1).collect::<Vec<_>>())
    .bind::<sql_types::Text, _>(currency)
    .prepared()
    .execute(tx.conn()?)
    .await?;
    accounts_find(tx, wanted, currency).await
}

async fn accounts_find(
    tx: &mut Tx,
    wanted: &BTreeSet<Account>,
    currency: Currency,
) -> Result<BTreeMap<Account, Uuid>> {
    let rows: Vec<AccountRow> = diesel::sql_query(
        "SELECT a.id, a.org_id, a.kind FROM unnest($1::uuid[], $2::text[]) AS t (o, k)
         JOIN ledger_accounts a ON a.org_id = t.o AND a.kind = t.k AND a.currency = $3::char(3)",
    )
    .bind::<sql_types::Array<sql_types::Uuid>, _>(wanted.iter().map(|account| account.0).collect::<Vec<_>>())
    .bind::<sql_types::Array<sql_types::Text>, _>(wanted.iter().map(|account| account.1).collect::<Vec<_>>())
    .bind::<sql_types::Text, _>(currency)
    .prepared()
    .load(tx.conn()?)
    .await?;
    Ok(rows.into_iter().map(|row| ((row.org_id, row.kind), row.id)).collect())
}

//! Lists of purchases and transactions: cut down, sorted and paged.

use chrono::{DateTime, Utc};
use contracts::{
    ids::{OrgId, PurchaseId, TransactionId},
    money::{Currency, Money},
    orders::{PurchaseFilter, PurchaseSummary, TradeSort, TradeTerms, TransactionFilter, TransactionSummary},
    page::Page,
};
use diesel::{prelude::*, sql_types};

use super::number::{start_of_number, start_of_reference};
use crate::platform::{COUNT, Edge, Error, Key, KeyKind, Keyset, Result, Sql, Tx, write_cursor};

/// What differs between purchases and transactions in how they are sorted; the joins are those of each list.
struct SortKeys {
    amount: &'static [(&'static str, KeyKind)],
    seller: &'static [(&'static str, KeyKind)],
    client: &'static [(&'static str, KeyKind)],
}

const BY_BUYER: &[(&str, KeyKind)] = &[("coalesce(lower(b.name), '')", KeyKind::Text)];

// the client's column is in the order of code points, names of organisations are not
const PURCHASE_KEYS: SortKeys = SortKeys {
    amount: &[("t.currency::text", KeyKind::Text), ("t.total_minor", KeyKind::Number)],
    seller: &[(
        "coalesce((SELECT min(lower(v.name)) FROM transactions s JOIN organisations v ON v.id = s.seller_org_id WHERE s.purchase_id = t.id), '')",
        KeyKind::Text,
    )],
    client: &[("coalesce(lower(t.on_behalf_of), '') COLLATE \"und-x-icu\"", KeyKind::Text)],
};

const TRANSACTION_KEYS: SortKeys = SortKeys {
    amount: &[("t.currency::text", KeyKind::Text), ("t.gross_minor", KeyKind::Number)],
    seller: &[("coalesce(lower(v.name), '')", KeyKind::Text)],
    // a seller does not see the purchase
    client: &[(
        "coalesce((SELECT lower(p.on_behalf_of) FROM purchases p WHERE p.id = t.purchase_id), '') COLLATE \"und-x-icu\"",
        KeyKind::Text,
    )],
};

impl SortKeys {
    /// The columns of an order, and whether it goes down.
    const fn keyset(&self, sort: TradeSort) -> Keyset {
        let (columns, down): (&'static [_], _) = match sort {
            TradeSort::Newest => (&[("t.created_at", KeyKind::Time)], true),
            TradeSort::Oldest => (&[("t.created_at", KeyKind::Time)], false),
            TradeSort::Dearest => (self.amount, true),
            TradeSort::Cheapest => (self.amount, false),
            TradeSort::Party => (BY_BUYER, false),
            TradeSort::PartyBack => (BY_BUYER, true),
            TradeSort::Seller => (self.seller, false),
            TradeSort::SellerBack => (self.seller, true),
            TradeSort::Client => (self.client, false),
            TradeSort::ClientBack => (self.client, true),
            TradeSort::State => (&[("t.status", KeyKind::Text)], false),
            TradeSort::StateBack => (&[("t.status", KeyKind::Text)], true),
        };
        Keyset { columns, down }
    }

    /// What is selected beside a row: its text key in the order; empty in orders by time and amount, whose keys the row holds.
    fn text_key(&self, sort: TradeSort) -> String {
        match self.keyset(sort).columns {
            [(column, KeyKind::Text)] => format!("{column} AS sort_key"),
            _ => "'' AS sort_key".to_owned(),
        }
    }
}

/// The sort keys of a row.
fn keys(sort: TradeSort, made: DateTime<Utc>, total: Money, text: &str) -> Vec<Key> {
    match sort {
        TradeSort::Newest | TradeSort::Oldest => vec![Key::Time(made)],
        TradeSort::Dearest | TradeSort::Cheapest => {
            vec![Key::Text(total.currency.to_string()), Key::Number(total.amount_minor)]
        }
        _ => vec![Key::Text(text.to_owned())],
    }
}

/// Adds the conditions of the terms, except those of the words. `total` is the column of the amount.
fn apply_terms(sql: Sql, terms: &TradeTerms, total: &str) -> Result<Sql> {
    let sql = sql.days("t.created_at", &terms.days)?;
    Ok(sql.when(terms.amounts, |sql, amounts| {
        let sql = sql.push(" AND t.currency = ").bind::<sql_types::Text, _>(amounts.currency.to_string());
        let bound = |sql: Sql, way: &str, minor: i64| {
            sql.push(&format!(" AND {total} {way} ")).bind::<sql_types::BigInt, _>(minor)
        };
        let sql = sql.when(amounts.min, |sql, min| bound(sql, ">=", min));
        sql.when(amounts.max, |sql, max| bound(sql, "<=", max))
    }))
}

/// Which rows are selected, and at most how many.
#[derive(Clone, Copy)]
pub(super) struct RowSelection {
    /// Whose rows; `None` means everybody's.
    pub(super) tenant: Option<OrgId>,
    /// At most so many.
    pub(super) most: usize,
}

#[derive(QueryableByName)]
struct PurchaseRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: PurchaseId,
    #[diesel(sql_type = sql_types::Text)]
    number: String,
    #[diesel(sql_type = sql_types::Text)]
    buyer_name: String,
    #[diesel(sql_type = sql_types::Text)]
    sort_key: String,
    #[diesel(sql_type = sql_types::Text)]
    status: contracts::states::PurchaseStatus,
    #[diesel(sql_type = sql_types::Text)]
    currency: Currency,
    #[diesel(sql_type = sql_types::BigInt)]
    total_minor: i64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    on_behalf_of: Option<String>,
    #[diesel(sql_type = sql_types::Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::BigInt)]
    sellers: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    units: i64,
}

const PURCHASES: &str = " FROM purchases t LEFT JOIN organisations b ON b.id = t.org_id WHERE ";

/// Adds the conditions of a filter of purchases.
fn filter_purchases(
    sql: Sql,
    tx: &Tx,
    tenant: Option<OrgId>,
    filter: &PurchaseFilter,
    terms: &TradeTerms,
) -> Result<Sql> {
    let sql = match tenant {
        Some(org_id) => sql.push("t.org_id = ").bind::<sql_types::Uuid, _>(org_id),
        None => sql.push("true"),
    };
    let sql = sql
        .when(filter.status, |sql, status| sql.push(" AND t.status = ").bind::<sql_types::Text, _>(status));
    let sql = sql.when(tx.ctx().start_of_period(filter.days), |sql, since| {
        sql.push(" AND coalesce(t.paid_at, t.created_at) > ").bind::<sql_types::Timestamptz, _>(since)
    });
    Ok(apply_terms(sql, terms, "t.total_minor")?.when(terms.words.as_deref(), |sql, words| {
        if let Some(start) = start_of_number(words) {
            // the bounds are for the index, whatever order the database sorts texts in
            return sql
                .push(" AND t.number >= ")
                .bind::<sql_types::Text, _>(start.clone())
                .push(" AND t.number <= ")
                .bind::<sql_types::Text, _>(format!("{start}zzzzzzzzz"))
                .push(" AND starts_with(t.number, ")
                .bind::<sql_types::Text, _>(start)
                .push(")");
        }
        words.split_whitespace().fold(sql, |sql, word| {
            sql.push(" AND (")
                .containing(&["t.number", "b.name", "t.on_behalf_of"], word)
                .push(" OR EXISTS (SELECT FROM transactions s JOIN organisations v ON v.id = s.seller_org_id WHERE s.purchase_id = t.id AND ")
                .containing(&["v.name"], word)
                .push("))")
        })
    }))
}

/// A page of purchases.
pub(super) async fn purchase_list(
    tx: &mut Tx,
    tenant: Option<OrgId>,
    filter: &PurchaseFilter,
) -> Result<Page<PurchaseSummary>> {
    let terms = filter.terms().map_err(Error::invalid)?;
    let edge =
        Edge::read(PURCHASE_KEYS.keyset(filter.sort), filter.after.as_deref(), filter.before.as_deref())?;
    let counted = filter_purchases(Sql::new(COUNT).push(PURCHASES), tx, tenant, filter, &terms)?;
    let total = counted.count(tx.conn()?).await?;
    let wanted = RowSelection { tenant, most: usize::from(filter.size.rows()) + 1 };
    let place = edge.place();
    let rows = load_purchases(tx, wanted, filter, &terms, edge).await?;
    let sort = filter.sort;
    let cursor = |row: &PurchaseRow| {
        let total = Money::new(row.total_minor, row.currency);
        write_cursor(&keys(sort, row.created_at, total, &row.sort_key), row.id.0)
    };
    let page = Page::from_rows(rows, filter.size, total, place, cursor);
    let Page { items, next, previous, total } = page;
    let items = items.into_iter().map(purchase_summary).collect::<Result<_>>()?;
    Ok(Page { items, next, previous, total })
}

/// The first purchases under a filter, without cursors.
pub(super) async fn purchases(
    tx: &mut Tx,
    wanted: RowSelection,
    filter: &PurchaseFilter,
) -> Result<Vec<PurchaseSummary>> {
    let terms = filter.terms().map_err(Error::invalid)?;
    let rows = load_purchases(tx, wanted, filter, &terms, Edge::FIRST).await?;
    rows.into_iter().map(purchase_summary).collect()
}

async fn load_purchases(
    tx: &mut Tx,
    RowSelection { tenant, most }: RowSelection,
    filter: &PurchaseFilter,
    terms: &TradeTerms,
    edge: Edge,
) -> Result<Vec<PurchaseRow>> {
    let sql = Sql::new(format!(
        "SELECT t.id, t.number, t.status, t.currency, t.total_minor, t.on_behalf_of, t.created_at,
           coalesce(b.name, '') AS buyer_name, {},
           (SELECT count(*) FROM transactions s WHERE s.purchase_id = t.id) AS sellers,
           (SELECT coalesce(sum(l.quantity), 0)::bigint FROM transactions s JOIN transaction_lines l ON l.transaction_id = s.id
            WHERE s.purchase_id = t.id) AS units",
        PURCHASE_KEYS.text_key(filter.sort)
    ))
    .push(PURCHASES);
    filter_purchases(sql, tx, tenant, filter, terms)?
        .page(PURCHASE_KEYS.keyset(filter.sort), edge, "t.id", most)?
        .load(tx.conn()?)
        .await
}

fn purchase_summary(row: PurchaseRow) -> Result<PurchaseSummary> {
    Ok(PurchaseSummary {
        id: row.id,
        number: row.number,
        buyer_name: row.buyer_name,
        status: row.status,
        total: Money::new(row.total_minor, row.currency),
        on_behalf_of: row.on_behalf_of,
        created_at: row.created_at,
        sellers: u32::try_from(row.sellers).map_err(Error::internal)?,
        units: u64::try_from(row.units).map_err(Error::internal)?,
    })
}

#[derive(QueryableByName)]
struct TransactionRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: TransactionId,
    #[diesel(sql_type = sql_types::Text)]
    buyer_name: String,
    #[diesel(sql_type = sql_types::Text)]
    seller_name: String,
    #[diesel(sql_type = sql_types::Text)]
    sort_key: String,
    #[diesel(sql_type = sql_types::Text)]
    status: contracts::states::TransactionStatus,
    #[diesel(sql_type = sql_types::Text)]
    currency: Currency,
    #[diesel(sql_type = sql_types::BigInt)]
    gross_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    seller_net_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    units: i64,
    #[diesel(sql_type = sql_types::Timestamptz)]
    created_at: DateTime<Utc>,
}

const TRANSACTIONS: &str = " FROM transactions t LEFT JOIN organisations b ON b.id = t.org_id LEFT JOIN organisations v ON v.id = t.seller_org_id WHERE ";

/// Adds the conditions of a filter of transactions.
fn filter_transactions(
    sql: Sql,
    tx: &Tx,
    tenant: Option<OrgId>,
    filter: &TransactionFilter,
    terms: &TradeTerms,
) -> Result<Sql> {
    let sql = match tenant {
        Some(org_id) => sql
            .push("(t.seller_org_id = ")
            .bind::<sql_types::Uuid, _>(org_id)
            .push(" OR t.org_id = ")
            .bind::<sql_types::Uuid, _>(org_id)
            .push(")"),
        None => sql.push("true"),
    };
    let sql = sql
        .when(filter.status, |sql, status| sql.push(" AND t.status = ").bind::<sql_types::Text, _>(status));
    let sql = sql.when(tx.ctx().start_of_period(filter.days), |sql, since| {
        sql.push(" AND t.created_at > ").bind::<sql_types::Timestamptz, _>(since)
    });
    Ok(apply_terms(sql, terms, "t.gross_minor")?.when(terms.words.as_deref(), |sql, words| {
        match start_of_reference(words) {
            Some(start) => sql
                .push(" AND t.reference >= ")
                .bind::<sql_types::Text, _>(start.clone())
                .push(" AND t.reference <= ")
                .bind::<sql_types::Text, _>(format!("{start}g")),
            None => sql.containing_each(Some(words), &["b.name", "v.name"]),
        }
    }))
}

/// A page of transactions.
pub(super) async fn transaction_list(
    tx: &mut Tx,
    tenant: Option<OrgId>,
    filter: &TransactionFilter,
) -> Result<Page<TransactionSummary>> {
    let terms = filter.terms().map_err(Error::invalid)?;
    let edge =
        Edge::read(TRANSACTION_KEYS.keyset(filter.sort), filter.after.as_deref(), filter.before.as_deref())?;
    let counted = filter_transactions(Sql::new(COUNT).push(TRANSACTIONS), tx, tenant, filter, &terms)?;
    let total = counted.count(tx.conn()?).await?;
    let wanted = RowSelection { tenant, most: usize::from(filter.size.rows()) + 1 };
    let place = edge.place();
    let rows = load_transactions(tx, wanted, filter, &terms, edge).await?;
    let sort = filter.sort;
    let cursor = |row: &TransactionRow| {
        let total = Money::new(row.gross_minor, row.currency);
        write_cursor(&keys(sort, row.created_at, total, &row.sort_key), row.id.0)
    };
    let page = Page::from_rows(rows, filter.size, total, place, cursor);
    let Page { items, next, previous, total } = page;
    let items = items.into_iter().map(transaction_summary).collect::<Result<_>>()?;
    Ok(Page { items, next, previous, total })
}

/// The first transactions under a filter, without cursors.
pub(super) async fn transactions(
    tx: &mut Tx,
    wanted: RowSelection,
    filter: &TransactionFilter,
) -> Result<Vec<TransactionSummary>> {
    let terms = filter.terms().map_err(Error::invalid)?;
    let rows = load_transactions(tx, wanted, filter, &terms, Edge::FIRST).await?;
    rows.into_iter().map(transaction_summary).collect()
}

async fn load_transactions(
    tx: &mut Tx,
    RowSelection { tenant, most }: RowSelection,
    filter: &TransactionFilter,
    terms: &TradeTerms,
    edge: Edge,
) -> Result<Vec<TransactionRow>> {
    let sql = Sql::new(format!(
        "SELECT t.id, t.status, t.currency, t.gross_minor, t.created_at,
           coalesce(b.name, '') AS buyer_name, coalesce(v.name, '') AS seller_name, {},
           (SELECT coalesce(sum(l.quantity), 0)::bigint FROM transaction_lines l WHERE l.transaction_id = t.id) AS units,
           (SELECT coalesce(sum(l.seller_net_minor), 0)::bigint FROM transaction_lines l WHERE l.transaction_id = t.id) AS seller_net_minor",
        TRANSACTION_KEYS.text_key(filter.sort)
    ))
    .push(TRANSACTIONS);
    filter_transactions(sql, tx, tenant, filter, terms)?
        .page(TRANSACTION_KEYS.keyset(filter.sort), edge, "t.id", most)?
        .load(tx.conn()?)
        .await
}

fn transaction_summary(row: TransactionRow) -> Result<TransactionSummary> {
    Ok(TransactionSummary {
        id: row.id,
        buyer_name: row.buyer_name,
        seller_name: row.seller_name,
        status: row.status,
        gross: Money::new(row.gross_minor, row.currency),
        seller_net: Money::new(row.seller_net_minor, row.currency),
        units: u64::try_from(row.units).map_err(Error::internal)?,
        created_at: row.created_at,
    })
}

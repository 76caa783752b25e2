//! Placing an order: the cart, as it was confirmed, becomes purchases with frozen lines, all in one transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contracts::{
    error::ErrorCode,
    identity::OrganisationKind,
    ids::{LineId, OrgId, PurchaseId, ServiceId, TransactionId, UserId},
    money::{Currency, Money},
    orders::{CommissionKind, PurchaseInitiate},
    states::{PurchaseStatus, TransactionStatus},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{commission_lines, purchases, transaction_lines, transactions};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::number::purchase_number;
use crate::{
    cart::{self, PricedCartLine},
    payments::{self, Opening, ledger},
    platform::{Error, Prepare, Remembered, Result, Settings, Tx, new_id},
};

const OPERATION: &str = "purchase_initiate";

/// The stored answer; laws I8 and I12 read it.
#[derive(Serialize, Deserialize)]
struct Placed {
    purchases: Vec<PurchaseId>,
}

/// Everything about the buyer that the rows repeat.
struct Buyer {
    org_id: OrgId,
    user_id: UserId,
    platform_org: OrgId,
    on_behalf_of: Option<String>,
    intermediary: bool,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// The purchases of this key; freshly placed ones with what opens their payment page.
pub(super) async fn place(
    tx: &mut Tx,
    command: &PurchaseInitiate,
) -> Result<Vec<(PurchaseId, Option<Opening>)>> {
    let org_id = tx.ctx().org_id()?;
    let key = &command.idempotency_key;
    if let Remembered::Answer(Placed { purchases }) =
        tx.recall(org_id, key, OPERATION, &command.confirmed_totals).await?
    {
        return Ok(purchases.into_iter().map(|id| (id, None)).collect());
    }
    lock_cart(tx, org_id).await?;
    let cart = cart::priced(tx).await?;
    if cart.lines.is_empty() {
        return Err(Error::new(ErrorCode::CartEmpty));
    }
    let buyer = buyer(tx, cart.on_behalf_of).await?;
    let mut placed = Vec::new();
    for confirmed in &command.confirmed_totals {
        let lines: Vec<&PricedCartLine> =
            cart.lines.iter().filter(|line| line.currency() == confirmed.currency).collect();
        check_confirmed(*confirmed, &lines)?;
        let opening = place_one(tx, &buyer, *confirmed, &lines).await?;
        placed.push((opening.purchase_id, Some(opening)));
    }
    let answer = Placed { purchases: placed.iter().map(|(id, _)| *id).collect() };
    tx.remember(org_id, key, OPERATION, &command.confirmed_totals, &answer).await?;
    Ok(placed)
}

/// Members of one organisation check out one after the other: the second finds what the first left.
async fn lock_cart(tx: &mut Tx, org_id: OrgId) -> Result<()> {
    diesel::sql_query("SELECT 1 FROM carts WHERE org_id = $1 FOR UPDATE")
        .bind::<sql_types::Uuid, _>(org_id)
        .prepared()
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

async fn buyer(tx: &mut Tx, on_behalf_of: Option<String>) -> Result<Buyer> {
    let intermediary = tx.ctx().organisation()?.kind == OrganisationKind::Intermediary;
    if intermediary && on_behalf_of.is_none() {
        return Err(Error::new(ErrorCode::ClientMissing));
    }
    let platform_org = ledger::platform_org(tx).await?;
    let ctx = tx.ctx();
    let now = ctx.now();
    Ok(Buyer {
        org_id: ctx.org_id()?,
        user_id: ctx.user_id()?,
        platform_org,
        on_behalf_of: on_behalf_of.filter(|_| intermediary),
        intermediary,
        now,
        expires_at: now + ctx.platform().settings.purchase_holds_for,
    })
}

/// What is bought must be what the buyer saw: the same services at the same prices, all of them still on sale.
fn check_confirmed(confirmed: Money, lines: &[&PricedCartLine]) -> Result<()> {
    if lines.is_empty() {
        return Err(Error::new(ErrorCode::CartEmpty));
    }
    let short = |line: &&PricedCartLine| line.notices.contains(&contracts::cart::CartNotice::NotEnoughLeft);
    if lines.iter().any(short) {
        return Err(Error::new(ErrorCode::SoldOut));
    }
    let gross = lines.iter().filter_map(|line| line.price.as_ref()).map(|price| price.gross);
    let total = Money::sum(gross, confirmed.currency)?;
    if total != confirmed || lines.iter().any(|line| line.is_changed() || line.is_blocked()) {
        return Err(Error::new(ErrorCode::CartChanged));
    }
    Ok(())
}

/// One currency: takes the units, writes the rows, empties the cart of them.
async fn place_one(tx: &mut Tx, buyer: &Buyer, total: Money, lines: &[&PricedCartLine]) -> Result<Opening> {
    commit_capacity(tx, lines).await?;
    let purchase_id: PurchaseId = new_id(buyer.now);
    let number = purchase_number(buyer.now)?;
    diesel::insert_into(purchases::table)
        .values((
            purchases::id.eq(purchase_id),
            purchases::org_id.eq(buyer.org_id),
            purchases::number.eq(&number),
            purchases::status.eq(PurchaseStatus::Open),
            purchases::currency.eq(total.currency),
            purchases::total_minor.eq(total.amount_minor),
            purchases::on_behalf_of.eq(&buyer.on_behalf_of),
            purchases::created_by.eq(buyer.user_id),
            purchases::created_at.eq(buyer.now),
            purchases::expires_at.eq(buyer.expires_at),
        ))
        .execute(tx.conn()?)
        .await?;
    insert_orders(tx, buyer, purchase_id, total.currency, lines).await?;
    let opening =
        payments::payment_create(tx, buyer.org_id, (purchase_id, &number), total, buyer.expires_at).await?;
    let bought: Vec<_> = lines.iter().map(|line| line.id).collect();
    cart::lines_delete(tx, &bought).await?;
    let details = json!({ "total": total, "lines": lines.len(), "payment": opening.payment_id });
    tx.audit("orders.purchase_placed", "purchase", purchase_id, details).await?;
    Ok(opening)
}

#[derive(QueryableByName)]
struct Short {
    #[diesel(sql_type = sql_types::Uuid)]
    id: ServiceId,
}

/// Takes the units of every line, in the order of the services' ids so that two checkouts never wait for each other in a ring.
async fn commit_capacity(tx: &mut Tx, lines: &[&PricedCartLine]) -> Result<()> {
    let mut wanted = lines
        .iter()
        .map(|line| Ok((line.service_id, i32::try_from(line.quantity).map_err(Error::internal)?)))
        .collect::<Result<Vec<_>>>()?;
    wanted.sort_unstable();
    let (ids, units): (Vec<ServiceId>, Vec<i32>) = wanted.into_iter().unzip();
    let short: Vec<Short> = diesel::sql_query(
        "SELECT w.id FROM unnest($1::uuid[], $2::integer[]) WITH ORDINALITY AS w (id, units, place) WHERE NOT capacity_commit(w.id, w.units)",
    )
    .bind::<sql_types::Array<sql_types::Uuid>, _>(ids)
    .bind::<sql_types::Array<sql_types::Integer>, _>(units)
    .prepared()
    .load(tx.conn()?)
    .await?;
    match short.into_iter().next() {
        None => Ok(()),
        Some(short) => Err(Error::new(ErrorCode::SoldOut).with_fact("service_id", short.id.to_string())),
    }
}

#[derive(Insertable)]
#[diesel(table_name = transactions)]
struct TransactionRow {
    id: TransactionId,
    org_id: OrgId,
    purchase_id: PurchaseId,
    seller_org_id: OrgId,
    status: TransactionStatus,
    currency: Currency,
    gross_minor: i64,
}

#[derive(Insertable)]
#[diesel(table_name = transaction_lines)]
struct OrderLineRow {
    id: LineId,
    org_id: OrgId,
    seller_org_id: OrgId,
    transaction_id: TransactionId,
    position: i32,
    service_id: ServiceId,
    version_id: contracts::ids::ServiceVersionId,
    title: String,
    quantity: i32,
    unit_price_minor: i64,
    gross_minor: i64,
    seller_net_minor: i64,
    price_trace: serde_json::Value,
}

#[derive(Insertable)]
#[diesel(table_name = commission_lines)]
struct CommissionRow {
    id: uuid::Uuid,
    org_id: OrgId,
    line_id: LineId,
    kind: CommissionKind,
    beneficiary_org_id: OrgId,
    basis_points: i32,
    amount_minor: i64,
}

/// One transaction per seller, with frozen lines and their split.
async fn insert_orders(
    tx: &mut Tx,
    buyer: &Buyer,
    purchase_id: PurchaseId,
    currency: Currency,
    lines: &[&PricedCartLine],
) -> Result<()> {
    let settings = tx.ctx().platform().settings.clone();
    let mut orders: BTreeMap<OrgId, TransactionRow> = BTreeMap::new();
    let (mut order_lines, mut commissions) = (Vec::new(), Vec::new());
    for line in lines {
        let offer = line.offer.as_ref().ok_or_else(|| Error::new(ErrorCode::CartChanged))?;
        let order = orders.entry(offer.seller_org_id).or_insert_with(|| TransactionRow {
            id: new_id(buyer.now),
            org_id: buyer.org_id,
            purchase_id,
            seller_org_id: offer.seller_org_id,
            status: TransactionStatus::Placed,
            currency,
            gross_minor: 0,
        });
        let (row, shares) = freeze(&settings, buyer, order, line, order_lines.len())?;
        order.gross_minor =
            order.gross_minor.checked_add(row.gross_minor).ok_or(contracts::money::MoneyError::Overflow)?;
        order_lines.push(row);
        commissions.extend(shares);
    }
    let orders: Vec<TransactionRow> = orders.into_values().collect();
    diesel::insert_into(transactions::table).values(orders).execute(tx.conn()?).await?;
    diesel::insert_into(transaction_lines::table).values(order_lines).execute(tx.conn()?).await?;
    diesel::insert_into(commission_lines::table).values(commissions).execute(tx.conn()?).await?;
    Ok(())
}

fn freeze(
    settings: &Settings,
    buyer: &Buyer,
    order: &TransactionRow,
    line: &PricedCartLine,
    position: usize,
) -> Result<(OrderLineRow, Vec<CommissionRow>)> {
    let changed = || Error::new(ErrorCode::CartChanged);
    let (offer, price) = (line.offer.as_ref().ok_or_else(changed)?, line.price.as_ref().ok_or_else(changed)?);
    let shares = cart::shares(settings, price.gross, buyer.intermediary)?;
    let line_id: LineId = new_id(buyer.now);
    let commission = |kind, beneficiary_org_id, basis_points: u32, amount: Money| {
        Ok::<_, Error>(CommissionRow {
            id: new_id(buyer.now),
            org_id: buyer.org_id,
            line_id,
            kind,
            beneficiary_org_id,
            basis_points: i32::try_from(basis_points).map_err(Error::internal)?,
            amount_minor: amount.amount_minor,
        })
    };
    let platform_rate = settings.platform_commission_basis_points;
    let mut commissions =
        vec![commission(CommissionKind::Platform, buyer.platform_org, platform_rate, shares.platform)?];
    if let Some(amount) = shares.intermediary {
        let rate = settings.intermediary_commission_basis_points;
        commissions.push(commission(CommissionKind::Intermediary, buyer.org_id, rate, amount)?);
    }
    let row = OrderLineRow {
        id: line_id,
        org_id: buyer.org_id,
        seller_org_id: offer.seller_org_id,
        transaction_id: order.id,
        position: i32::try_from(position).map_err(Error::internal)?,
        service_id: line.service_id,
        version_id: offer.version_id,
        title: offer.title.clone(),
        quantity: i32::try_from(line.quantity).map_err(Error::internal)?,
        unit_price_minor: price.unit.amount_minor,
        gross_minor: price.gross.amount_minor,
        seller_net_minor: shares.seller_net.amount_minor,
        price_trace: serde_json::to_value(&price.trace)?,
    };
    Ok((row, commissions))
}

//! Placing an order: the cart, as it was confirmed, becomes purchases with frozen lines, all in one transaction.

use chrono::{DateTime, Utc};
use contracts::{
    cart::MAX_UNITS,
    error::ErrorCode,
    identity::OrganisationKind,
    ids::{OrgId, PurchaseId, ServiceId, UserId},
    money::Money,
    orders::{MAX_TOTAL_MINOR, PurchaseInitiate},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};

use super::{draft::OrderDraft, number::purchase_number, unpaid::check_unpaid};
use crate::{
    cart::{self, PricedCartLine},
    payments::{self, CheckoutSessionParams, ledger},
    platform::{Error, Prepare, Result, StoredAnswer, Tx, events::OrdersEvent, new_id},
};

const OPERATION: &str = "purchase_initiate";

/// The stored answer; laws I8 and I12 read it.
#[derive(Serialize, Deserialize)]
struct Placed {
    purchases: Vec<PurchaseId>,
}

/// The facts about the buyer that the rows repeat.
pub(super) struct Buyer {
    pub(super) org_id: OrgId,
    pub(super) user_id: UserId,
    pub(super) platform_org: OrgId,
    pub(super) on_behalf_of: Option<String>,
    pub(super) intermediary: bool,
    pub(super) now: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

/// Places the purchases of a checkout. Returns their ids; those placed now with the parameters of their payment session, those of a repeated
/// key without.
pub(super) async fn place(
    tx: &mut Tx,
    command: &PurchaseInitiate,
) -> Result<Vec<(PurchaseId, Option<CheckoutSessionParams>)>> {
    let org_id = tx.ctx().org_id()?;
    let key = &command.idempotency_key;
    if let StoredAnswer::Found(Placed { purchases }) =
        tx.idempotency_begin(org_id, key, OPERATION, command).await?
    {
        return Ok(purchases.into_iter().map(|id| (id, None)).collect());
    }
    tx.require_all_records().await?;
    let cart = cart::lock_and_price_cart(tx).await?;
    if cart.lines.is_empty() {
        return Err(Error::new(ErrorCode::CartEmpty));
    }
    let buyer = buyer(tx, cart.on_behalf_of.clone()).await?;
    let mut placed = Vec::new();
    for confirmed in &command.confirmed_totals {
        let lines: Vec<&PricedCartLine> =
            cart.lines.iter().filter(|line| line.currency() == confirmed.currency).collect();
        let digests = &command.confirmed_digests;
        let is_digest_confirmed = digests.is_empty() || digests.contains(&cart.digest(confirmed.currency)?);
        check_confirmed(*confirmed, &lines, is_digest_confirmed)?;
        check_unpaid(tx, &lines).await?;
        let params = place_one(tx, &buyer, *confirmed, &lines).await?;
        placed.push((params.purchase_id, Some(params)));
    }
    cart::client_clear_if_empty(tx).await?;
    let answer = Placed { purchases: placed.iter().map(|(id, _)| *id).collect() };
    tx.idempotency_store(org_id, key, OPERATION, command, &answer).await?;
    Ok(placed)
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

/// Refuses what is too much for one purchase.
fn check_size(total: Money, lines: &[&PricedCartLine]) -> Result<()> {
    let units: u64 = lines.iter().map(|line| u64::from(line.quantity)).sum();
    let reason = if units > u64::from(MAX_UNITS) {
        "The confirmed total covers more than 10,000 units, the maximum for one purchase. Remove some units from the cart.".to_owned()
    } else if total.amount_minor > MAX_TOTAL_MINOR {
        let most = Money::new(MAX_TOTAL_MINOR, total.currency).to_english();
        format!(
            "The confirmed total is above {most}, the maximum for one purchase. Remove some units from the cart."
        )
    } else {
        return Ok(());
    };
    Err(Error::invalid_field("confirmed_totals", reason))
}

/// What is bought must be what the buyer saw: the same services at the same prices, all of them still on sale.
fn check_confirmed(confirmed: Money, lines: &[&PricedCartLine], is_digest_confirmed: bool) -> Result<()> {
    if lines.is_empty() {
        return Err(Error::new(ErrorCode::CartEmpty));
    }
    let short = |line: &&PricedCartLine| line.notices.contains(&contracts::cart::CartNotice::NotEnoughLeft);
    if lines.iter().any(short) {
        return Err(Error::new(ErrorCode::SoldOut));
    }
    let gross = lines.iter().filter_map(|line| line.price.as_ref()).map(|price| price.gross);
    let total = Money::sum(gross, confirmed.currency)?;
    check_size(total, lines)?;
    if !is_digest_confirmed
        || total != confirmed
        || lines.iter().any(|line| line.is_changed() || line.is_blocked())
    {
        return Err(Error::new(ErrorCode::CartChanged));
    }
    Ok(())
}

/// One currency: takes the units, writes the rows, empties the cart of them.
async fn place_one(
    tx: &mut Tx,
    buyer: &Buyer,
    total: Money,
    lines: &[&PricedCartLine],
) -> Result<CheckoutSessionParams> {
    commit_capacity(tx, lines).await?;
    let purchase_id: PurchaseId = new_id(buyer.now);
    let number = purchase_number(buyer.now)?;
    let draft = OrderDraft::of(&tx.ctx().platform().settings, buyer, lines)?;
    draft.insert(tx, buyer, (purchase_id, &number), total).await?;
    let params =
        payments::payment_create(tx, buyer.org_id, (purchase_id, &number), total, buyer.expires_at).await?;
    let bought: Vec<_> = lines.iter().map(|line| line.id).collect();
    cart::lines_delete(tx, &bought).await?;
    let (lines, payment) = (lines.len(), params.payment_id);
    tx.emit(OrdersEvent::PurchasePlaced { purchase_id, total, lines, payment }).await?;
    Ok(params)
}

/// A service of which fewer units are left than the cart holds.
#[derive(QueryableByName)]
struct InsufficientCapacity {
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
    let short: Vec<InsufficientCapacity> = diesel::sql_query(
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

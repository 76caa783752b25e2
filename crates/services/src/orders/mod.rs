//! Checkout, purchases and the transactions in them.

mod close;
mod draft;
mod export;
mod lists;
mod number;
mod place;
mod queries;
mod unpaid;
mod views;

use contracts::{
    ids::{PaymentId, PurchaseId, TransactionId},
    orders::{
        PurchaseFilter, PurchaseInitiate, PurchaseInitiated, PurchaseStarted, PurchaseSummary, PurchaseView,
        TransactionFilter, TransactionSummary, TransactionView,
    },
    page::Page,
    payments::PaymentView,
    permission::Permission,
};

use futures::future::try_join_all;

pub(crate) use close::purchase_end;
pub use close::{purchase_cancel, purchases_expire_due};
pub use export::{purchases_export, transactions_export};
pub use queries::mark_purchase_paid;

use lists::RowSelection;

use crate::{
    payments::{self, CheckoutSessionParams},
    platform::{Error, OpCtx, Result},
};

/// Turns the cart into purchases, one per confirmed currency, and opens a payment page for each. The same key answers the
/// same purchases, whatever happened in between (law I8).
///
/// # Errors
/// `cart_changed` when today's cart is not what was confirmed, `sold_out`, `client_missing`, `cart_empty`, `records_incomplete`.
pub async fn purchase_initiate(ctx: &OpCtx, command: PurchaseInitiate) -> Result<PurchaseInitiated> {
    ctx.require(Permission::MarketplaceBuy)?;
    let command = command.validate().map_err(Error::invalid)?;
    ctx.require_verified()?;
    let placed = ctx
        .tx("orders.purchase_initiate", Permission::MarketplaceBuy, async move |tx| {
            place::place(tx, &command).await
        })
        .await?;
    // side by side: a slow payment provider is waited for once
    let started = placed.into_iter().map(|(id, params)| ensure_session(ctx, id, params));
    Ok(PurchaseInitiated { purchases: try_join_all(started).await? })
}

/// Makes sure that a purchase has a payment session: opens that of a new purchase (`params`), or that of one whose first request was cut off.
async fn ensure_session(
    ctx: &OpCtx,
    id: PurchaseId,
    params: Option<CheckoutSessionParams>,
) -> Result<PurchaseStarted> {
    if let Some(params) = params {
        let (number, total) = (params.number.clone(), params.amount);
        let payment = payments::session_open(ctx, params).await?;
        return Ok(PurchaseStarted { id, number, status: payment.purchase_status, total, payment });
    }
    let (number, state) = ctx
        .read(Permission::MarketplaceBuy, async move |tx| {
            Ok((queries::number_of(tx, id).await?, payments::payment_of_purchase(tx, id).await?))
        })
        .await?;
    let lost = state.is_open() && state.gateway_payment_id.is_none() && ctx.now() < state.expires_at;
    let payment = if lost { payments::session_retry(ctx, state.id).await? } else { state.view(ctx.now()) };
    Ok(PurchaseStarted { id, number, status: payment.purchase_status, total: payment.amount, payment })
}

/// Leads the buyer to the payment page: the open one, or a new one after a failed attempt.
///
/// # Errors
/// `wrong_state` for a paid, expired or cancelled purchase; `payment_unknown` while the last attempt's outcome is open;
/// `records_incomplete` while the database may lack what was signed.
pub async fn purchase_pay(ctx: &OpCtx, purchase_id: PurchaseId) -> Result<PaymentView> {
    ctx.require_verified()?;
    let payment_id: PaymentId = ctx
        .read(Permission::MarketplaceBuy, async move |tx| {
            tx.require_all_records().await?;
            Ok(payments::payment_of_purchase(tx, purchase_id).await?.id)
        })
        .await?;
    payments::session_retry(ctx, payment_id).await
}

/// The organisation's purchases under a filter, in its order; everybody's for the people of the platform.
///
/// # Errors
/// `invalid_input` with the filters that cannot be read.
pub async fn purchase_list(ctx: &OpCtx, filter: PurchaseFilter) -> Result<Page<PurchaseSummary>> {
    let tenant = ctx.tenant()?;
    ctx.read(Permission::TransactionsRead, async move |tx| lists::purchase_list(tx, tenant, &filter).await)
        .await
}

/// The newest purchases whose number begins with these words, or whose buyer, client or sellers have them in their names; at most `most`.
pub async fn purchases_find(ctx: &OpCtx, words: &str, most: usize) -> Result<Vec<PurchaseSummary>> {
    let filter = PurchaseFilter { q: words.to_owned(), ..PurchaseFilter::default() };
    let wanted = RowSelection { tenant: ctx.tenant()?, most };
    ctx.read(Permission::TransactionsRead, async move |tx| lists::purchases(tx, wanted, &filter).await).await
}

/// The newest transactions whose reference begins with these words, or whose buyer or seller has them in its name; at most `most`.
pub async fn transactions_find(ctx: &OpCtx, words: &str, most: usize) -> Result<Vec<TransactionSummary>> {
    let filter = TransactionFilter { q: words.to_owned(), ..TransactionFilter::default() };
    let wanted = RowSelection { tenant: ctx.tenant()?, most };
    ctx.read(Permission::TransactionsRead, async move |tx| lists::transactions(tx, wanted, &filter).await)
        .await
}

/// A purchase of the organisation.
pub async fn purchase_get(ctx: &OpCtx, purchase_id: PurchaseId) -> Result<PurchaseView> {
    ctx.read(Permission::TransactionsRead, async move |tx| views::purchase(tx, purchase_id).await).await
}

/// Transactions the organisation sells in or, for a buyer, buys in, and all of them for the people of the platform, under a filter, in
/// its order.
///
/// # Errors
/// `invalid_input` with the filters that cannot be read.
pub async fn transaction_list(ctx: &OpCtx, filter: TransactionFilter) -> Result<Page<TransactionSummary>> {
    let tenant = ctx.tenant()?;
    ctx.read(Permission::TransactionsRead, async move |tx| lists::transaction_list(tx, tenant, &filter).await)
        .await
}

/// A transaction, for its seller and its buyer.
pub async fn transaction_get(ctx: &OpCtx, transaction_id: TransactionId) -> Result<TransactionView> {
    ctx.read(Permission::TransactionsRead, async move |tx| views::transaction(tx, transaction_id).await).await
}

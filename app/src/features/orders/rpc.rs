//! Server functions of checkout, purchases and orders.

use contracts::{
    ids::{PurchaseId, TransactionId},
    money::Currency,
    orders::{
        PurchaseFilter, PurchaseSummary, PurchaseView, TransactionFilter, TransactionSummary, TransactionView,
    },
    page::Page,
    settlement::UndoneSaleView,
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::ssr::{ctx, leave_for, redirect_to};
use crate::{error::UiError, rpc::Rpc};

/// Buys the cart's lines in one currency and redirects to the payment page.
#[server(prefix = "/rpc", endpoint = "purchase_initiate", protocol = Rpc)]
pub async fn purchase_initiate(
    idempotency_key: String,
    amount_minor: i64,
    currency: Currency,
    #[server(default)] digest: String,
) -> Result<(), UiError> {
    let total = contracts::money::Money::new(amount_minor, currency);
    let command = contracts::orders::PurchaseInitiate::of(idempotency_key, total, digest);
    for purchase in services::orders::purchase_initiate(&ctx()?, command).await?.purchases {
        leave_for(purchase.payment.hosted_url.as_deref(), &format!("/purchases/{}/result", purchase.id));
    }
    Ok(())
}

/// Redirects to the payment page of an unpaid purchase.
#[server(prefix = "/rpc", endpoint = "purchase_pay", protocol = Rpc)]
pub async fn purchase_pay(purchase_id: PurchaseId) -> Result<(), UiError> {
    let payment = services::orders::purchase_pay(&ctx()?, purchase_id).await?;
    leave_for(payment.hosted_url.as_deref(), &format!("/purchases/{purchase_id}/result"));
    Ok(())
}

/// Cancels an unpaid purchase.
#[server(prefix = "/rpc", endpoint = "purchase_cancel", protocol = Rpc)]
pub async fn purchase_cancel(purchase_id: PurchaseId) -> Result<(), UiError> {
    services::orders::purchase_cancel(&ctx()?, purchase_id).await?;
    redirect_to(&format!("/purchases/{purchase_id}"));
    Ok(())
}

/// Decides on a purchase whose price was partly refunded; for administrators.
#[server(prefix = "/rpc", endpoint = "purchase_refund_decide", protocol = Rpc)]
pub async fn purchase_refund_decide(
    purchase_id: PurchaseId,
    act: contracts::orders::RefundAction,
    reason: String,
) -> Result<(), UiError> {
    let command = contracts::orders::RefundDecision { purchase_id, act, reason };
    services::settlement::purchase_refund_decide(&ctx()?, command).await?;
    redirect_to(&format!("/purchases/{purchase_id}"));
    Ok(())
}

/// Returns the sale of a purchase if it was undone after units had been redeemed; for administrators.
#[server(prefix = "/rpc", endpoint = "undone_sale_get", protocol = Rpc)]
pub async fn undone_sale_get(purchase_id: PurchaseId) -> Result<Option<UndoneSaleView>, UiError> {
    Ok(services::settlement::undone_sale_get(&ctx()?, purchase_id).await?)
}

/// Marks a sale that was undone after redemption as settled; for administrators.
#[server(prefix = "/rpc", endpoint = "undone_sale_settle", protocol = Rpc)]
pub async fn undone_sale_settle(purchase_id: PurchaseId, reason: String) -> Result<(), UiError> {
    let command = contracts::settlement::UndoneSaleSettle { purchase_id, reason };
    services::settlement::undone_sale_settle(&ctx()?, command).await?;
    redirect_to(&format!("/purchases/{purchase_id}"));
    Ok(())
}

/// Queries the payment provider for the outcome and returns the purchase.
#[server(prefix = "/rpc", endpoint = "purchase_complete", protocol = Rpc)]
pub async fn purchase_complete(purchase_id: PurchaseId) -> Result<PurchaseView, UiError> {
    let command = contracts::orders::PurchaseComplete { purchase_id };
    Ok(services::settlement::purchase_complete(&ctx()?, command).await?)
}

#[server(prefix = "/rpc", endpoint = "purchase_list", protocol = Rpc)]
pub async fn purchase_list(
    #[server(default)] filter: PurchaseFilter,
) -> Result<Page<PurchaseSummary>, UiError> {
    Ok(services::orders::purchase_list(&ctx()?, filter).await?)
}

#[server(prefix = "/rpc", endpoint = "purchase_get", protocol = Rpc)]
pub async fn purchase_get(purchase_id: PurchaseId) -> Result<PurchaseView, UiError> {
    Ok(services::orders::purchase_get(&ctx()?, purchase_id).await?)
}

#[server(prefix = "/rpc", endpoint = "transaction_list", protocol = Rpc)]
pub async fn transaction_list(
    #[server(default)] filter: TransactionFilter,
) -> Result<Page<TransactionSummary>, UiError> {
    Ok(services::orders::transaction_list(&ctx()?, filter).await?)
}

#[server(prefix = "/rpc", endpoint = "transaction_get", protocol = Rpc)]
pub async fn transaction_get(transaction_id: TransactionId) -> Result<TransactionView, UiError> {
    Ok(services::orders::transaction_get(&ctx()?, transaction_id).await?)
}

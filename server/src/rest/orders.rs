//! Checkout over REST.

use contracts::{
    orders::{
        PurchaseComplete, PurchaseFilter, PurchaseInitiate, PurchaseInitiated, PurchaseView, RefundDecision,
        TransactionFilter,
    },
    page::ExportChoice,
    settlement::{UndoneSaleSettle, UndoneSaleView},
};
use services::{orders, settlement};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Problem,
    answer::Answer,
    download::Download,
    extract::{Body, Export},
};
use crate::web::{AppState, Ctx};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(purchase_initiate))
        .routes(routes!(purchase_complete))
        .routes(routes!(purchase_refund_decide))
        .routes(routes!(undone_sale_settle))
        .routes(routes!(purchases_export))
        .routes(routes!(transactions_export))
}

/// Check out the cart
///
/// Creates one purchase per confirmed currency, with one transaction per seller: all of them or none. Repeating a request with the
/// same idempotency key returns the same purchases. Send the payer to each `payment.hosted_url`.
#[utoipa::path(post, path = "/api/purchase/initiate", tag = "purchases", operation_id = "purchase_initiate", request_body = PurchaseInitiate,
    responses((status = 200, body = PurchaseInitiated, description = "The purchases, each with its payment page")), security(("session" = [])))]
async fn purchase_initiate(
    Ctx(ctx): Ctx,
    Body(command): Body<PurchaseInitiate>,
) -> Result<Answer<PurchaseInitiated>, Problem> {
    Ok(Answer(orders::purchase_initiate(&ctx, command).await?))
}

/// Refresh the payment status of a purchase
///
/// Asks the payment provider for the outcome. The payer's return to the site does not prove payment.
#[utoipa::path(post, path = "/api/purchase/complete", tag = "purchases", operation_id = "purchase_complete", request_body = PurchaseComplete,
    responses((status = 200, body = PurchaseView, description = "The current purchase")), security(("session" = [])))]
async fn purchase_complete(
    Ctx(ctx): Ctx,
    Body(command): Body<PurchaseComplete>,
) -> Result<Answer<PurchaseView>, Problem> {
    Ok(Answer(settlement::purchase_complete(&ctx, command).await?))
}

/// Decide on a partly refunded purchase
///
/// Administrators only. The certificates are on hold until the decision: `keep` makes them valid again; `undo` revokes the unredeemed
/// ones, and the platform owes the buyer the rest of the price.
#[utoipa::path(post, path = "/api/purchase/refund-decision", tag = "purchases", operation_id = "purchase_refund_decide", request_body = RefundDecision,
    responses((status = 200, body = PurchaseView, description = "The current purchase")), security(("session" = [])))]
async fn purchase_refund_decide(
    Ctx(ctx): Ctx,
    Body(command): Body<RefundDecision>,
) -> Result<Answer<PurchaseView>, Problem> {
    Ok(Answer(settlement::purchase_refund_decide(&ctx, command).await?))
}

/// Settle a sale that was undone after redemption
///
/// Administrators only. Units that were redeemed before the whole price went back are earned: people agree on who bears their price,
/// and record it here. The sale then leaves the console's list.
#[utoipa::path(post, path = "/api/purchase/undone-sale-settlement", tag = "purchases", operation_id = "undone_sale_settle", request_body = UndoneSaleSettle,
    responses((status = 200, body = UndoneSaleView, description = "The settled sale")), security(("session" = [])))]
async fn undone_sale_settle(
    Ctx(ctx): Ctx,
    Body(command): Body<UndoneSaleSettle>,
) -> Result<Answer<UndoneSaleView>, Problem> {
    Ok(Answer(settlement::undone_sale_settle(&ctx, command).await?))
}

/// The organisation's purchases as a CSV or Excel file
///
/// Matching purchases in the requested sort order, at most 10,000 rows. `after` and `size` are ignored. Every export is logged.
#[utoipa::path(get, path = "/api/purchases/export", tag = "purchases", operation_id = "purchases_export", params(PurchaseFilter, ExportChoice),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    ))), security(("session" = [])))]
async fn purchases_export(
    Ctx(ctx): Ctx,
    Export { filter, format }: Export<PurchaseFilter>,
) -> Result<Download, Problem> {
    Ok(Download(orders::purchases_export(&ctx, filter, format).await?))
}

/// The organisation's orders as a CSV or Excel file
///
/// Matching orders that the organisation has sold or bought, in the requested sort order, at most 10,000 rows. `after` and `size` are ignored. Every export is logged.
#[utoipa::path(get, path = "/api/orders/export", tag = "purchases", operation_id = "transactions_export", params(TransactionFilter, ExportChoice),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    ))), security(("session" = [])))]
async fn transactions_export(
    Ctx(ctx): Ctx,
    Export { filter, format }: Export<TransactionFilter>,
) -> Result<Download, Problem> {
    Ok(Download(orders::transactions_export(&ctx, filter, format).await?))
}

//! Checkout over REST.

use axum::Json;
use contracts::orders::{PurchaseComplete, PurchaseInitiate, PurchaseInitiated, PurchaseView};
use services::{orders, settlement};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Problem, extract::Body, problem::ProblemBody};
use crate::web::{AppState, Ctx};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(purchase_initiate)).routes(routes!(purchase_complete))
}

/// Turn the cart into purchases
///
/// One purchase per confirmed currency, one transaction per seller, all or nothing. The same idempotency key answers the same
/// purchases. Send the payer to each `payment.hosted_url`.
#[utoipa::path(post, path = "/api/purchase/initiate", tag = "purchases", operation_id = "purchase_initiate", request_body = PurchaseInitiate,
    responses((status = 200, body = PurchaseInitiated), (status = "default", body = ProblemBody)))]
async fn purchase_initiate(
    Ctx(ctx): Ctx,
    Body(command): Body<PurchaseInitiate>,
) -> Result<Json<PurchaseInitiated>, Problem> {
    Ok(Json(orders::purchase_initiate(&ctx, command).await?))
}

/// Ask what became of a purchase's payment
///
/// The payment provider is asked; nothing the payer's browser says is believed.
#[utoipa::path(post, path = "/api/purchase/complete", tag = "purchases", operation_id = "purchase_complete", request_body = PurchaseComplete,
    responses((status = 200, body = PurchaseView), (status = "default", body = ProblemBody)))]
async fn purchase_complete(
    Ctx(ctx): Ctx,
    Body(command): Body<PurchaseComplete>,
) -> Result<Json<PurchaseView>, Problem> {
    Ok(Json(settlement::purchase_complete(&ctx, command).await?))
}

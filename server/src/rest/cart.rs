//! The organisation's cart over REST.

use contracts::cart::{CartAdd, CartView};
use services::cart as service;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Problem, answer::Answer, extract::Body};
use crate::web::{AppState, Ctx};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(cart_get)).routes(routes!(cart_add))
}

/// The organisation's cart
///
/// `totals` holds the amounts and digests that `POST /api/purchase/initiate` asks to be confirmed.
#[utoipa::path(get, path = "/api/cart", tag = "purchases", operation_id = "cart_get",
    responses((status = 200, body = CartView, description = "The cart; an empty one has no lines")), security(("session" = [])))]
async fn cart_get(Ctx(ctx): Ctx) -> Result<Answer<CartView>, Problem> {
    Ok(Answer(service::cart_get(&ctx).await?))
}

/// Add a service to the cart
///
/// If the service is already in the cart, its quantity is raised.
#[utoipa::path(post, path = "/api/cart/lines", tag = "purchases", operation_id = "cart_add", request_body = CartAdd,
    responses((status = 200, body = CartView, description = "The cart afterwards")), security(("session" = [])))]
async fn cart_add(Ctx(ctx): Ctx, Body(command): Body<CartAdd>) -> Result<Answer<CartView>, Problem> {
    Ok(Answer(service::cart_add(&ctx, command).await?))
}

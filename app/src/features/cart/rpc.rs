//! Server functions of the cart. Forms send numbers as text, so that an invalid one is refused with its reason.

use contracts::{
    cart::{CartForm, CartView, RemovedLine},
    ids::{CartLineId, ServiceId},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::ssr::{ctx, redirect_if, redirect_to};
use crate::{error::UiError, rpc::Rpc};

#[server(prefix = "/rpc", endpoint = "cart_get", protocol = Rpc)]
pub async fn cart_get() -> Result<CartView, UiError> {
    Ok(services::cart::cart_get(&ctx()?).await?)
}

/// Adds a service to the cart and redirects to the cart.
#[server(prefix = "/rpc", endpoint = "cart_add", protocol = Rpc)]
pub async fn cart_add(
    service_id: ServiceId,
    quantity: String,
    #[server(default)] idempotency_key: Option<String>,
) -> Result<(), UiError> {
    let quantity = contracts::cart::read_quantity(&quantity).map_err(services::Error::invalid)?;
    let command = contracts::cart::CartAdd { service_id, quantity, idempotency_key };
    services::cart::cart_add(&ctx()?, command).await?;
    redirect_to("/cart");
    Ok(())
}

/// Saves what was changed in the cart's form, and leads on to checkout if that button was pressed. Returns whether there is something to
/// say: not if the person only went to checkout.
#[server(prefix = "/rpc", endpoint = "cart_save", protocol = Rpc)]
pub async fn cart_save(#[server(flatten)] form: CartForm) -> Result<bool, UiError> {
    let is_for_checkout = form.is_for_checkout();
    let command = form.read().map_err(services::Error::invalid)?;
    let has_news = !is_for_checkout || !command.is_empty();
    services::cart::cart_save(&ctx()?, command).await?;
    redirect_if(is_for_checkout, "/checkout");
    Ok(has_news)
}

#[server(prefix = "/rpc", endpoint = "cart_line_remove", protocol = Rpc)]
pub async fn cart_line_remove(line_id: CartLineId) -> Result<RemovedLine, UiError> {
    Ok(services::cart::cart_line_remove(&ctx()?, line_id).await?)
}

/// Puts a removed line back; without redirect, because the person is in the cart.
#[server(prefix = "/rpc", endpoint = "cart_line_restore", protocol = Rpc)]
pub async fn cart_line_restore(
    service_id: ServiceId,
    quantity: u32,
    idempotency_key: String,
) -> Result<(), UiError> {
    let idempotency_key = Some(idempotency_key);
    let command = contracts::cart::CartAdd { service_id, quantity, idempotency_key };
    services::cart::cart_add(&ctx()?, command).await?;
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "cart_clear", protocol = Rpc)]
pub async fn cart_clear() -> Result<(), UiError> {
    services::cart::cart_clear(&ctx()?).await?;
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "cart_confirm_changes", protocol = Rpc)]
pub async fn cart_confirm_changes() -> Result<(), UiError> {
    services::cart::cart_confirm_changes(&ctx()?).await?;
    Ok(())
}

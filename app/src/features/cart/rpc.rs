//! Server functions of the cart. Forms send numbers as text, so that an invalid one is refused with its reason.

use contracts::{
    cart::{CartView, RemovedLine},
    ids::{CartLineId, ServiceId},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::ssr::{ctx, redirect_to};
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

#[server(prefix = "/rpc", endpoint = "cart_line_set", protocol = Rpc)]
pub async fn cart_line_set(line_id: CartLineId, quantity: String) -> Result<(), UiError> {
    let quantity = contracts::cart::read_quantity(&quantity).map_err(services::Error::invalid)?;
    let command = contracts::cart::CartLineSet { line_id, quantity };
    services::cart::cart_line_set(&ctx()?, command).await?;
    Ok(())
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

#[server(prefix = "/rpc", endpoint = "cart_client_set", protocol = Rpc)]
pub async fn cart_client_set(on_behalf_of: String) -> Result<(), UiError> {
    let command = contracts::cart::CartClientSet { on_behalf_of };
    services::cart::cart_client_set(&ctx()?, command).await?;
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "cart_confirm_changes", protocol = Rpc)]
pub async fn cart_confirm_changes() -> Result<(), UiError> {
    services::cart::cart_confirm_changes(&ctx()?).await?;
    Ok(())
}

//! The open selection of a buyer organisation, shared by its members and priced whenever it is read.

mod pricing;
mod queries;
mod shares;

use contracts::{
    cart::{
        CartAdd, CartLineSet, CartSave, CartView, MAX_LINES, MAX_QUANTITY, MAX_UNITS, RemovedLine, TypedUnits,
    },
    catalog::Offer,
    error::ErrorCode,
    identity::OrganisationKind,
    ids::{CartLineId, ServiceId},
    permission::Permission,
    states::ServiceStatus,
};

pub use pricing::{PricedCart, PricedCartLine, lock_and_price_cart, price_cart};
pub use queries::{client_clear_if_empty, lines_delete};
pub use shares::{Shares, shares};

use crate::{
    catalog,
    platform::{Error, OpCtx, Result, StoredAnswer, Tx, events::CartEvent},
};

/// The cart at today's prices.
pub async fn cart_get(ctx: &OpCtx) -> Result<CartView> {
    ctx.read(Permission::MarketplaceBuy, async |tx| pricing::view(tx).await).await
}

/// What an idempotency key of an addition stands for.
const ADD: &str = "cart.add";

/// Puts a service in, or raises its quantity; the price shown now is agreed to. A repeated request adds nothing.
pub async fn cart_add(ctx: &OpCtx, command: CartAdd) -> Result<CartView> {
    let CartAdd { service_id, quantity, idempotency_key } = command.validate().map_err(Error::invalid)?;
    ctx.tx(ADD, Permission::MarketplaceBuy, async move |tx| {
        if let Some(key) = &idempotency_key {
            let org_id = tx.ctx().org_id()?;
            let asked = (service_id, quantity);
            if let StoredAnswer::Found(()) = tx.idempotency_begin(org_id, key, ADD, &asked).await? {
                return pricing::view(tx).await;
            }
            tx.idempotency_store(org_id, key, ADD, &asked, &()).await?;
        }
        let cart = queries::cart_lock(tx).await?;
        let present = queries::count_contents(tx, cart.id, service_id).await?;
        let wanted = quantity + present.of_service.map_or(0, i32::unsigned_abs);
        if wanted > MAX_QUANTITY {
            return Err(Error::invalid_field(
                "quantity",
                "You can have at most 10,000 units of a service in the cart.",
            ));
        }
        let is_full = usize::try_from(present.lines).is_ok_and(|lines| lines >= MAX_LINES);
        if present.of_service.is_none() && is_full {
            return Err(Error::invalid_field(
                "quantity",
                "The cart can hold units of at most 200 services. Check out or remove a service first.",
            ));
        }
        check_units(present.units + i64::from(quantity), "quantity")?;
        let offer = require_offer(tx, service_id).await?;
        let unit = offer.pricing.price(wanted)?.unit.amount_minor;
        queries::line_put(tx, cart.id, service_id, offer.version_id, unit, wanted).await?;
        tx.emit(CartEvent::LineAdded { service_id, quantity: wanted }).await?;
        pricing::view_of(tx, cart, vec![offer]).await
    })
    .await
}

/// Refuses a cart of so many units; the reason stands under `field`.
fn check_units(units: i64, field: &str) -> Result<()> {
    if units <= i64::from(MAX_UNITS) {
        return Ok(());
    }
    Err(Error::invalid_field(
        field,
        "The cart holds at most 10,000 units in total. Check out first, or enter fewer units.",
    ))
}

/// Returns today's offer of a service.
///
/// # Errors
/// `not_found`; `own_service` for one of the caller's own; `wrong_state` when it is not on sale.
async fn require_offer(tx: &mut Tx, service_id: ServiceId) -> Result<Offer> {
    let offers = catalog::offers(tx, &[service_id]).await?;
    let offer = offers.into_iter().next().ok_or_else(Error::not_found)?;
    if offer.seller_org_id == tx.ctx().org_id()? {
        return Err(Error::new(ErrorCode::OwnService));
    }
    if offer.status != ServiceStatus::Published {
        return Err(Error::new(ErrorCode::WrongState));
    }
    Ok(offer)
}

/// Sets the units of lines and names the client an intermediary buys for: all of it, or nothing when a part is refused.
pub async fn cart_save(ctx: &OpCtx, command: CartSave) -> Result<CartView> {
    let CartSave { lines, on_behalf_of } = command.validate().map_err(Error::invalid)?;
    if on_behalf_of.is_some() {
        ctx.require(Permission::MarketplaceAssemble)?;
        if ctx.organisation()?.kind != OrganisationKind::Intermediary {
            return Err(Error::new(ErrorCode::NotAllowed));
        }
    }
    ctx.tx("cart.save", Permission::MarketplaceBuy, async move |tx| {
        let cart_id = queries::cart_lock(tx).await?.id;
        lines_set(tx, &lines).await?;
        if let Some(client) = &on_behalf_of {
            queries::client_set(tx, cart_id, client).await?;
            tx.emit(CartEvent::ClientSet { cart_id }).await?;
        }
        pricing::view(tx).await
    })
    .await
}

/// Sets the units of lines of the locked cart. A change of price that nobody has agreed to yet stays to be agreed to.
async fn lines_set(tx: &mut Tx, lines: &[CartLineSet]) -> Result<()> {
    let Some(first) = lines.first() else { return Ok(()) };
    let cart = price_cart(tx).await?;
    let mut units = cart.units();
    let mut changes = Vec::with_capacity(lines.len());
    for CartLineSet { line_id, quantity } in lines.iter().copied() {
        let line = cart.lines.iter().find(|line| line.id == line_id).ok_or_else(Error::not_found)?;
        units += i64::from(quantity) - i64::from(line.quantity);
        let agreed = if line.is_changed() { None } else { line.unit_at(quantity)? };
        changes.push((line_id, quantity, agreed));
    }
    check_units(units, &TypedUnits::field(first.line_id))?;
    for (line_id, quantity, agreed) in changes {
        queries::line_set_quantity(tx, line_id, quantity, agreed).await?;
        tx.emit(CartEvent::LineSet { line_id, quantity }).await?;
    }
    Ok(())
}

/// Takes a line out; answers what it was.
pub async fn cart_line_remove(ctx: &OpCtx, line_id: CartLineId) -> Result<RemovedLine> {
    ctx.tx("cart.line_remove", Permission::MarketplaceBuy, async move |tx| {
        let removed = queries::line_remove(tx, line_id).await?.ok_or_else(Error::not_found)?;
        tx.emit(CartEvent::LineRemoved { line_id }).await?;
        Ok(removed)
    })
    .await
}

/// Takes everything out.
pub async fn cart_clear(ctx: &OpCtx) -> Result<CartView> {
    ctx.tx("cart.clear", Permission::MarketplaceBuy, async |tx| {
        let cart = queries::cart_lock(tx).await?;
        let removed = queries::lines_clear(tx, cart.id).await?;
        tx.emit(CartEvent::Cleared { cart_id: cart.id, lines: removed }).await?;
        pricing::view(tx).await
    })
    .await
}

/// Agrees to today's prices and versions of everything that can be bought.
pub async fn cart_confirm_changes(ctx: &OpCtx) -> Result<CartView> {
    ctx.tx("cart.confirm_changes", Permission::MarketplaceBuy, async |tx| {
        let cart_id = queries::cart_lock(tx).await?.id;
        let cart = price_cart(tx).await?;
        for line in cart.lines.iter().filter(|line| line.is_changed()) {
            if let (Some(offer), Some(price)) = (&line.offer, &line.price) {
                queries::line_confirm(tx, line.id, offer.version_id, price.unit.amount_minor).await?;
            }
        }
        tx.emit(CartEvent::ChangesConfirmed { cart_id }).await?;
        pricing::view(tx).await
    })
    .await
}

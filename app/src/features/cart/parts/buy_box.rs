//! The box on a service's page that shows the price of a quantity and adds it to the cart.

use contracts::{
    cart::read_quantity,
    catalog::Pricing,
    identity::{OrganisationKind, Viewer},
    ids::ServiceId,
    permission::Permission,
    query_text::push_pair,
};
use leptos::prelude::*;

use super::UnitsInput;
use crate::{
    features::{cart::rpc::CartAdd, catalog::parts::PriceRules},
    form_action::{CommandForm, FormAction, new_key},
    frame::paths,
    ui::{
        Button, ButtonLook, Card, Disclosure, ErrorSummary, FormScope, Icon, KeyedRow, LinkButton, MoneyText,
        keyed_rows, use_hydrated,
    },
    viewer::use_viewer,
};

/// Quantity, current total and "Add to cart". Explains to people who cannot buy what they can do instead. On a narrow screen it is a bar
/// at the bottom that also shows the price per unit.
#[component]
pub fn BuyBox(
    /// The service.
    service_id: ServiceId,
    /// Its prices.
    pricing: Pricing,
    /// Initial quantity.
    quantity: u32,
    /// Idempotency key: a repeated click adds the units once.
    key: RwSignal<String>,
) -> impl IntoView {
    let viewer = use_viewer();
    let sign_in = StoredValue::new(sign_in_for(service_id, quantity));
    let (base, pricing) = (pricing.base, StoredValue::new(pricing));
    let price = move || view! { <p class="buy-bar-price"><MoneyText money=base/>" "<span class="muted small">"per unit"</span></p> };
    view! {
        {move || match viewer.get() {
            Some(viewer) if viewer.may(Permission::MarketplaceBuy) => view! {
                <div class="buy-bar"><Card title="Buy"><AddForm service_id pricing=pricing.get_value() quantity key>{price()}</AddForm></Card></div>
            }
            .into_any(),
            Some(viewer) => view! { <Card title="Buy"><p class="muted">{why_not(&viewer)}</p></Card> }
            .into_any(),
            None => view! {
                <div class="buy-bar"><Card title="Buy">
                    <div class="buy-bar-row">
                        {price()}
                        <LinkButton href=sign_in.get_value() look=ButtonLook::Primary icon=Icon::LogIn>"Sign in to buy"</LinkButton>
                    </div>
                </Card></div>
            }
            .into_any(),
        }}
    }
}

/// Returns the reason why a signed-in person cannot buy, and what would help.
fn why_not(viewer: &Viewer) -> &'static str {
    match viewer.kind() {
        Some(OrganisationKind::Insurer | OrganisationKind::Intermediary) => {
            "Your role does not include buying. An owner of your organisation can change it under Organisation."
        }
        Some(OrganisationKind::Provider | OrganisationKind::Platform) | None => {
            "Only insurers and intermediaries buy services on HCTS. You are not acting for one."
        }
    }
}

/// Returns the address of the sign-in page that leads back to this service and quantity.
fn sign_in_for(service_id: ServiceId, quantity: u32) -> String {
    let mut href = format!("{}?", paths::SIGN_IN);
    push_pair(&mut href, "next", &format!("/market/{service_id}?quantity={quantity}"));
    href
}

#[component]
fn AddForm(
    service_id: ServiceId,
    pricing: Pricing,
    quantity: u32,
    key: RwSignal<String>,
    /// Price per unit.
    children: Children,
) -> impl IntoView {
    let add = FormAction::of::<CartAdd>();
    let first = quantity;
    let quantity = RwSignal::new(quantity.to_string());
    let priced = Memo::new(move |_| pricing.price(read_quantity(&quantity.read()).ok()?).ok());
    // an answered request is complete, so the next click gets a new key; a request whose outcome is unknown keeps its key
    let renew = move || match add.outcome() {
        None => {}
        Some(Err(error)) if error.leaves_it_open() => {}
        Some(_) => key.set(new_key()),
    };
    Effect::watch(move || add.version().get(), move |_, _, _| renew(), false);
    let hydrated = use_hydrated();
    view! {
        <FormScope errors=add.errors()>
            <CommandForm action=add>
                <div class="buy-bar-row">
                    <ErrorSummary/>
                    {children()}
                    <input type="hidden" name="service_id" value=service_id.to_string()/>
                    <input type="hidden" name="idempotency_key" value=move || key.get()/>
                    <UnitsInput name="quantity" label="Units" value=first typed=quantity/>
                    // without scripts the total cannot follow the field, so it is hidden; the cart shows it
                    <div class="buy-bar-total" hidden=move || !hydrated.get()>
                        <p class="spread" role="status">
                            {move || priced.get().map(|price| view! {
                                <span class="muted">"Total"</span>
                                <span class="buy-bar-amount"><MoneyText money=price.gross/></span>
                            })}
                        </p>
                        // keyed by quantity: text that a browser's translator has replaced would otherwise stay
                        <Disclosure summary="Why this price">
                            {keyed_rows(move || priced.get().map(|line| KeyedRow::new(quantity.get_untracked(), move || view! { <PriceRules line/> })).into_iter().collect())}
                        </Disclosure>
                    </div>
                    <Button look=ButtonLook::Primary icon=Icon::Cart pending=add.pending() pending_text="Adding…">"Add to cart"</Button>
                </div>
            </CommandForm>
        </FormScope>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_back_to_the_units_of_this_service() {
        let id = ServiceId(uuid::Uuid::nil());
        assert_eq!(sign_in_for(id, 12), format!("/sign-in?next=%2Fmarket%2F{id}%3Fquantity%3D12"));
    }
}

//! The box on a service's page that says what so many units cost and puts them into the cart.

use contracts::{catalog::Pricing, ids::ServiceId, permission::Permission};
use leptos::{form::ActionForm, prelude::*};

use crate::{
    error::errors_of,
    features::{cart::rpc::CartAdd, payments::Amount},
    ui::{
        Button, ButtonLook, ColumnHeader, Disclosure, ErrorSummary, FormScope, Icon, LinkButton, NumberInput,
        Table, TableDensity,
    },
    viewer::use_viewer,
};

/// Quantity, volume prices, the live total, "Add to cart". Who may not buy is told what to do instead.
#[component]
pub fn BuyBox(
    /// What is bought.
    service_id: ServiceId,
    /// What it costs.
    pricing: Pricing,
    /// Units left; none means without limit.
    #[prop(optional_no_strip)]
    available: Option<i32>,
) -> impl IntoView {
    let viewer = use_viewer();
    let signed_in = move || viewer.with(Option::is_some);
    let may_buy = move || {
        viewer.with(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.may(Permission::MarketplaceBuy)))
    };
    let sold_out = available.is_some_and(|left| left <= 0);
    let prices = pricing.clone();
    view! {
        <section class="card buy-box" aria-labelledby="buy-box-title">
            <div class="card-body stack">
                <h2 id="buy-box-title" class="text-16">"Buy"</h2>
                <Tiers pricing=prices/>
                {available.filter(|left| *left > 0).map(|left| view! { <p class="muted small">{left.to_string()}" units left"</p> })}
                {move || match (may_buy(), sold_out) {
                    (_, true) => view! { <p>"All units are sold. The provider may add more."</p> }.into_any(),
                    (true, false) => view! { <AddForm service_id pricing=pricing.clone()/> }.into_any(),
                    (false, false) if signed_in() => {
                        view! { <p class="muted">"Insurers and intermediaries buy here. Your organisation sells or runs the market."</p> }.into_any()
                    }
                    (false, false) => view! { <LinkButton href="/sign-in" look=ButtonLook::Primary icon=Icon::LogIn>"Sign in to buy"</LinkButton> }.into_any(),
                }}
            </div>
        </section>
    }
}

#[component]
fn Tiers(pricing: Pricing) -> impl IntoView {
    if pricing.steps.is_empty() {
        return view! { <p><span class="text-22"><Amount money=pricing.base/></span>" per unit"</p> }
            .into_any();
    }
    let mut rows = vec![(1, pricing.base)];
    rows.extend(pricing.steps.iter().map(|step| (step.min_quantity, step.unit_price)));
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(from, unit)| view! { <tr><th scope="row">"From "{from.to_string()}</th><td class="num"><Amount money=unit/></td></tr> })
        .collect();
    view! {
        <Table caption="Price per unit by quantity" density=TableDensity::Dense>
            <thead><tr><ColumnHeader label="Units"/><ColumnHeader label="Price per unit" numeric=true/></tr></thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

#[component]
fn AddForm(service_id: ServiceId, pricing: Pricing) -> impl IntoView {
    let add = ServerAction::<CartAdd>::new();
    let quantity = RwSignal::new("1".to_owned());
    let priced = Memo::new(move |_| {
        let units: u32 = quantity
            .read()
            .trim()
            .parse()
            .ok()
            .filter(|units| (1..=contracts::cart::MAX_QUANTITY).contains(units))?;
        pricing.price(units).ok()
    });
    let read = move |event| quantity.set(event_target_value(&event));
    view! {
        <FormScope errors=errors_of(add)>
            <ActionForm action=add>
                <div class="stack">
                    <ErrorSummary/>
                    <input type="hidden" name="service_id" value=service_id.to_string()/>
                    <NumberInput name="quantity" label="Units" value="1" min=1 max=10_000 on:input=read/>
                    <p class="spread" role="status">
                        <span class="muted">"Total"</span>
                        <span class="text-22">{move || priced.get().map(|price| view! { <Amount money=price.gross/> })}</span>
                    </p>
                    <Disclosure summary="Why this price">
                        <ol class="stack-sm small">
                            {move || priced.get().map(|price| price.trace.into_iter().map(|step| view! { <li>{step.reason}</li> }).collect_view())}
                        </ol>
                    </Disclosure>
                    <Button look=ButtonLook::Primary icon=Icon::Cart pending=add.pending() pending_text="Adding…">"Add to cart"</Button>
                </div>
            </ActionForm>
        </FormScope>
    }
}

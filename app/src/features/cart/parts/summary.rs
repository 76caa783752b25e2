//! The summary of the cart: one purchase per currency.

use contracts::cart::{CartForm, CartTotal, CartView};
use leptos::prelude::*;

use super::super::pages::{CartActions, SAVE_FORM};
use crate::ui::{Banner, Button, ButtonLook, Card, Description, DescriptionList, MoneyText, Tone};

/// Totals, obstacles to checkout, and the way to checkout.
#[component]
pub fn Summary(
    /// The cart.
    cart: CartView,
    /// Form actions of the cart page.
    actions: CartActions,
) -> impl IntoView {
    let blocked = cart.totals.iter().any(|total| total.blocked);
    let hurdle = if let Some(hurdle) = cart.hurdle {
        Some(hurdle.message())
    } else if cart.client_required {
        Some("Enter the name of the client you are buying for.")
    } else if blocked {
        Some("Some items in your cart are unavailable. Update or remove them to continue.")
    } else if cart.is_changed() {
        Some("Accept the current prices to continue.")
    } else {
        None
    };
    let several = cart.totals.len() > 1;
    let totals: Vec<_> = cart.totals.into_iter().map(|total| view! { <TotalCard total/> }).collect();
    view! {
        <aside class="stack sticky-side" aria-label="Totals">
            {totals}
            {several.then(|| view! { <Banner tone=Tone::Info title="One purchase per currency">"You pay for each currency separately."</Banner> })}
            {match hurdle {
                Some(text) => view! { <Banner tone=Tone::Warn title="You can't check out yet">{text}</Banner> }.into_any(),
                None => view! { <CheckoutButton actions/> }.into_any(),
            }}
        </aside>
    }
}

/// The way to checkout. It is a button of the cart's form, so that units or a client that were typed and not saved go along.
#[component]
fn CheckoutButton(actions: CartActions) -> impl IntoView {
    let pending = actions.save.pending_with("intent", CartForm::CHECKOUT);
    view! {
        <div class="stack">
            <Button look=ButtonLook::Primary pending pending_text="Saving…" attr:form=SAVE_FORM attr:name="intent" attr:value=CartForm::CHECKOUT>
                "Go to checkout"
            </Button>
        </div>
    }
}

#[component]
fn TotalCard(total: CartTotal) -> impl IntoView {
    let title = format!("Purchase in {}", total.total.currency);
    let earns = total.intermediary_share.amount_minor > 0;
    view! {
        <Card title>
            <DescriptionList>
                <Description term="Sellers">{total.sellers.to_string()}</Description>
                <Description term="Total"><strong><MoneyText money=total.total/></strong></Description>
                <Description term="Tax">"No tax is added."</Description>
                <Description term="Includes platform fee"><MoneyText money=total.platform_share/></Description>
                {earns.then(|| view! { <Description term="Includes your commission"><MoneyText money=total.intermediary_share/></Description> })}
            </DescriptionList>
        </Card>
    }
}

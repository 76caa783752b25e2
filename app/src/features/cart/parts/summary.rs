//! The summary of the cart: one purchase per currency.

use contracts::cart::{CartTotal, CartView};
use leptos::{prelude::*, web_sys::MouseEvent};

use crate::{
    frame::has_unsaved_input,
    ui::{Banner, ButtonLook, Card, Description, DescriptionList, LinkButton, MoneyText, Tone},
};

/// Totals, obstacles to checkout, and the link to checkout.
#[component]
pub fn Summary(
    /// The cart.
    cart: CartView,
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
                None => view! { <CheckoutLink/> }.into_any(),
            }}
        </aside>
    }
}

/// The link to checkout. Units or a client that were typed and not saved would be lost on the way: then it stays and says so.
#[component]
fn CheckoutLink() -> impl IntoView {
    let unsaved = RwSignal::new(false);
    let check = move |event: MouseEvent| {
        unsaved.set(has_unsaved_input());
        if unsaved.get_untracked() {
            event.prevent_default();
        }
    };
    view! {
        <div role="status">
            {move || unsaved.get().then(|| view! {
                <Banner tone=Tone::Warn title="You have unsaved changes">"Update the units or save the client's name before you go to checkout."</Banner>
            })}
        </div>
        // around the link: a listener that is handed to a component outlives the page's signals when the cart is drawn anew
        <div class="stack" on:click=check><LinkButton href="/checkout" look=ButtonLook::Primary>"Go to checkout"</LinkButton></div>
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

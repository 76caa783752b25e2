//! The cart's page.

use contracts::cart::CartView;
use leptos::{form::ActionForm, prelude::*};

use super::{
    parts::{SellerGroup, Summary},
    rpc::{CartClear, CartClientSet, CartConfirmChanges, CartLineRemove, CartLineSet, cart_get},
};
use crate::{
    error::{UiError, errors_of},
    loaded::Loaded,
    ui::{
        Banner, Button, ButtonLook, Card, EmptyState, FormScope, Icon, LinkButton, PageHeader, Skeleton,
        SkeletonShape, TextInput, Tone, toast_when_done,
    },
};

/// What can be done in the cart.
#[derive(Clone, Copy)]
pub struct CartActions {
    pub(super) set: ServerAction<CartLineSet>,
    pub(super) remove: ServerAction<CartLineRemove>,
    clear: ServerAction<CartClear>,
    client: ServerAction<CartClientSet>,
    confirm: ServerAction<CartConfirmChanges>,
}

impl CartActions {
    fn new() -> Self {
        Self {
            set: ServerAction::new(),
            remove: ServerAction::new(),
            clear: ServerAction::new(),
            client: ServerAction::new(),
            confirm: ServerAction::new(),
        }
    }

    /// Changes whenever one of them has finished.
    fn version(self) -> [usize; 5] {
        [
            self.set.version().get(),
            self.remove.version().get(),
            self.clear.version().get(),
            self.client.version().get(),
            self.confirm.version().get(),
        ]
    }

    /// Why the last change was refused; the client's form says so itself.
    fn refusal(self) -> Option<String> {
        let failed = [
            self.set.value().get(),
            self.remove.value().get(),
            self.clear.value().get(),
            self.confirm.value().get(),
        ];
        let error: UiError = failed.into_iter().flatten().find_map(Result::err)?;
        Some(error.fields.get("quantity").map_or_else(|| error.to_string(), str::to_owned))
    }
}

#[component]
pub fn CartPage() -> impl IntoView {
    let actions = CartActions::new();
    toast_when_done(actions.remove, "Removed from the cart.");
    toast_when_done(actions.clear, "The cart is empty now.");
    let cart = Resource::new_blocking(move || actions.version(), |_| cart_get());
    view! {
        <Loaded
            data=cart
            fallback=|| view! { <Skeleton shape=SkeletonShape::Rows/> }
            show=move |cart: CartView| if cart.is_empty() {
                view! { <Empty/> }.into_any()
            } else {
                view! { <Contents cart actions/> }.into_any()
            }
        />
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <PageHeader title="Cart"/>
        <EmptyState icon=Icon::Cart title="Your cart is empty" text="Services you add on the market wait here until your organisation buys them.">
            <LinkButton href="/market" look=ButtonLook::Primary>"Browse the market"</LinkButton>
        </EmptyState>
    }
}

#[component]
fn Contents(cart: CartView, actions: CartActions) -> impl IntoView {
    let client = cart.client_required || cart.on_behalf_of.is_some();
    let changed = cart.changed();
    let on_behalf_of = cart.on_behalf_of.clone().unwrap_or_default();
    let groups: Vec<_> =
        cart.groups.clone().into_iter().map(|group| view! { <SellerGroup group actions/> }).collect();
    view! {
        <PageHeader title="Cart" lead="Shared by your organisation. Prices are today's; nothing is reserved before you pay."/>
        <div class="with-side">
            <div class="stack-lg">
                {move || actions.refusal().map(|text| view! { <Banner tone=Tone::Bad title="Not changed">{text}</Banner> })}
                {changed.then(|| view! { <Changes actions/> })}
                {client.then(|| view! { <Client on_behalf_of actions/> })}
                {groups}
                <ActionForm action=actions.clear>
                    <Button look=ButtonLook::Quiet icon=Icon::Trash>"Empty the cart"</Button>
                </ActionForm>
            </div>
            <Summary cart/>
        </div>
    }
}

#[component]
fn Changes(actions: CartActions) -> impl IntoView {
    view! {
        <Banner tone=Tone::Warn title="Something changed since you added it">
            <div class="stack-sm">
                <p>"The lines below say what. Nothing has been charged."</p>
                <ActionForm action=actions.confirm>
                    <Button look=ButtonLook::Primary pending=actions.confirm.pending() pending_text="Accepting…">"Accept today's prices"</Button>
                </ActionForm>
            </div>
        </Banner>
    }
}

#[component]
fn Client(on_behalf_of: String, actions: CartActions) -> impl IntoView {
    view! {
        <Card title="Client">
            <FormScope errors=errors_of(actions.client)>
                <ActionForm action=actions.client>
                    <div class="stack">
                        <TextInput name="on_behalf_of" label="You buy for" hint="The client's name as it should stand on the purchase." value=on_behalf_of max_length=120/>
                        <div><Button pending=actions.client.pending() pending_text="Saving…">"Save client"</Button></div>
                    </div>
                </ActionForm>
            </FormScope>
        </Card>
    }
}

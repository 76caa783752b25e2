//! The cart's page.

use contracts::{
    cart::{CartView, RemovedLine},
    ids::CartLineId,
    query_text::push_pair,
};
use leptos::prelude::*;

use super::{
    parts::{SellerGroup, Summary},
    rpc::{
        CartClear, CartClientSet, CartConfirmChanges, CartLineRemove, CartLineRestore, CartLineSet, cart_get,
    },
};
use crate::{
    answers::{LatestError, refetch_after},
    error::UiError,
    form_action::{CommandForm, FormAction, new_key},
    form_restore::restored_or,
    loaded::Loaded,
    ui::{
        Banner, Button, ButtonLook, Card, Confirm, EmptyState, ErrorSummary, FormErrors, FormScope, Icon,
        LinkButton, PageHeader, Skeleton, SkeletonShape, TextInput, Toast, Tone, toast_when_done,
        use_toaster,
    },
};

/// Form actions of the cart page.
#[derive(Clone, Copy)]
pub struct CartActions {
    pub(super) set: FormAction,
    pub(super) remove: FormAction,
    restore: FormAction,
    clear: FormAction,
    client: FormAction,
    confirm: FormAction,
    refused: LatestError,
    /// Line whose units were changed last.
    pub(super) line: RwSignal<Option<CartLineId>>,
}

impl CartActions {
    fn new() -> Self {
        let set = FormAction::of::<CartLineSet>();
        let (remove, restore) = (FormAction::of::<CartLineRemove>(), FormAction::of::<CartLineRestore>());
        let clear = FormAction::of::<CartClear>();
        let (client, confirm) = (FormAction::of::<CartClientSet>(), FormAction::of::<CartConfirmChanges>());
        // without JavaScript the refused form names its line
        let line: Option<CartLineId> =
            SharedValue::new(|| restored_or("line_id", "").parse().ok()).into_inner();
        let line = RwSignal::new(line);
        Effect::new(move |_| {
            let sent = set.sent_in("line_id").and_then(|id| id.parse().ok());
            if sent.is_some() {
                line.set(sent);
            }
        });
        let refused = LatestError::new()
            .following(set)
            .following(remove)
            .following(restore)
            .following(clear)
            .following(confirm);
        Self { set, remove, restore, clear, client, confirm, refused, line }
    }

    /// Returns a value that changes whenever the cart may have changed.
    fn version(self) -> impl Fn() -> [usize; 6] {
        let actions =
            [self.set, self.remove, self.restore, self.clear, self.client, self.confirm].map(refetch_after);
        move || actions.map(|action| action.get())
    }

    /// Shows a toast after a line was removed, with an action that puts it back.
    fn offer_undo(self) {
        let Some(toaster) = use_toaster() else { return };
        let put_back = move |line: RemovedLine| {
            let mut fields = String::new();
            push_pair(&mut fields, "service_id", &line.service_id.to_string());
            push_pair(&mut fields, "quantity", &line.quantity.to_string());
            push_pair(&mut fields, "idempotency_key", &new_key());
            self.restore.send(fields);
        };
        let offer = move || {
            if let Some(line) = self.remove.answer_of::<CartLineRemove>() {
                let removed = Toast::new(Tone::Ok, "Removed from cart.");
                toaster.push(removed.action("Undo", move || put_back(line)));
            }
        };
        Effect::watch(move || self.remove.version().get(), move |_, _, _| offer(), false);
    }

    /// Returns the latest refusal with the title of its line; the client's form shows its own.
    fn refusal(self, cart: &CartView) -> Option<String> {
        let error: UiError = self.refused.get()?;
        let Some(reason) = error.fields.get("quantity") else { return Some(error.to_string()) };
        let mut lines = cart.groups.iter().flat_map(|group| &group.lines);
        let line = lines.find(|line| Some(line.id) == self.line.get());
        Some(line.map_or_else(|| reason.to_owned(), |line| format!("{}: {reason}", line.title)))
    }

    /// Returns the errors of a line's units, if its form was the last to be answered.
    pub(super) fn refusal_of(self, line: CartLineId) -> FormErrors {
        if self.line.get() == Some(line) { self.refused.of(self.set) } else { FormErrors::default() }
    }
}

#[component]
pub fn CartPage() -> impl IntoView {
    let actions = CartActions::new();
    toast_when_done(actions.set, "Units updated.");
    actions.offer_undo();
    toast_when_done(actions.restore, "Returned to cart.");
    toast_when_done(actions.clear, "Cart cleared.");
    toast_when_done(actions.client, "Client saved.");
    toast_when_done(actions.confirm, "Current prices accepted.");
    let cart = Resource::new_blocking(actions.version(), |_| cart_get());
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
        <EmptyState icon=Icon::Cart title="Your cart is empty" text="Services you add from the market appear here until your organisation buys them.">
            <LinkButton href="/market" look=ButtonLook::Primary>"Browse the market"</LinkButton>
        </EmptyState>
    }
}

#[component]
fn Contents(cart: CartView, actions: CartActions) -> impl IntoView {
    let client = cart.client_required || cart.on_behalf_of.is_some();
    let changed = cart.is_changed();
    let on_behalf_of = cart.on_behalf_of.clone().unwrap_or_default();
    let groups: Vec<_> =
        cart.groups.clone().into_iter().map(|group| view! { <SellerGroup group actions/> }).collect();
    let named = cart.clone();
    view! {
        <PageHeader title="Cart" lead="Shared with your organisation. Prices may change, and units aren't reserved until checkout."/>
        <div class="with-side">
            <div class="stack-lg">
                {move || actions.refusal(&named).map(|text| view! { <Banner tone=Tone::Bad title="Cart not updated">{text}</Banner> })}
                {changed.then(|| view! { <Changes actions/> })}
                {client.then(|| view! { <Client on_behalf_of actions/> })}
                {groups}
                <div>
                    <Confirm id="empty-cart" title="Clear cart?" opener="Clear cart" look=ButtonLook::Quiet>
                        <p>"All services will be removed from the cart, for everyone in your organisation."</p>
                        <CommandForm action=actions.clear>
                            <Button look=ButtonLook::Danger icon=Icon::Trash pending=actions.clear.pending() pending_text="Clearing…">"Clear cart"</Button>
                        </CommandForm>
                    </Confirm>
                </div>
            </div>
            <Summary cart/>
        </div>
    }
}

#[component]
fn Changes(actions: CartActions) -> impl IntoView {
    view! {
        <Banner tone=Tone::Warn title="Prices or services have changed">
            <div class="stack-sm">
                <p>"The changes are shown below. Nothing has been charged."</p>
                <CommandForm action=actions.confirm>
                    <Button look=ButtonLook::Primary pending=actions.confirm.pending() pending_text="Accepting…">"Accept current prices"</Button>
                </CommandForm>
            </div>
        </Banner>
    }
}

#[component]
fn Client(on_behalf_of: String, actions: CartActions) -> impl IntoView {
    view! {
        <Card title="Client">
            <FormScope errors=actions.client.errors()>
                <CommandForm action=actions.client>
                    <div class="stack">
                        <ErrorSummary/>
                        <TextInput name="on_behalf_of" label="Client name" hint="As it should appear on the purchase." value=on_behalf_of max_length=120/>
                        <div><Button pending=actions.client.pending() pending_text="Saving…">"Save client"</Button></div>
                    </div>
                </CommandForm>
            </FormScope>
        </Card>
    }
}

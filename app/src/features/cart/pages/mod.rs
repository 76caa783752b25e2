//! The cart's page.

use std::collections::BTreeMap;

use contracts::{
    cart::{CartForm, CartView, RemovedLine, TypedUnits},
    query_text::push_pair,
};
use leptos::prelude::*;

use super::{
    parts::{SellerGroup, Summary},
    rpc::{CartClear, CartConfirmChanges, CartLineRemove, CartLineRestore, CartSave, cart_get},
};
use crate::{
    answers::{LatestError, refetch_after},
    form_action::{CommandForm, FormAction, new_key},
    loaded::Loaded,
    ui::{
        Banner, Button, ButtonLook, Card, Confirm, EmptyState, ErrorSummary, FormErrors, FormScope, Icon,
        LinkButton, PageHeader, Skeleton, SkeletonShape, TextInput, Toast, Tone, toast_when_done,
        use_toaster,
    },
};

/// ID of the form that saves everything that is typed in the cart; its fields and buttons stand in the cards of the page.
pub const SAVE_FORM: &str = "cart-form";

/// Form actions of the cart page.
#[derive(Clone, Copy)]
pub struct CartActions {
    pub(super) save: FormAction,
    pub(super) remove: FormAction,
    restore: FormAction,
    clear: FormAction,
    confirm: FormAction,
    refused: LatestError,
}

impl CartActions {
    fn new() -> Self {
        let save = FormAction::of::<CartSave>();
        let (remove, restore) = (FormAction::of::<CartLineRemove>(), FormAction::of::<CartLineRestore>());
        let (clear, confirm) = (FormAction::of::<CartClear>(), FormAction::of::<CartConfirmChanges>());
        let refused = LatestError::new()
            .following(save)
            .following(remove)
            .following(restore)
            .following(clear)
            .following(confirm);
        Self { save, remove, restore, clear, confirm, refused }
    }

    /// Returns a value that changes whenever the cart may have changed.
    fn version(self) -> impl Fn() -> [usize; 5] {
        let actions = [self.save, self.remove, self.restore, self.clear, self.confirm].map(refetch_after);
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

    /// Shows a toast after something was saved.
    fn confirm_save(self) {
        let Some(toaster) = use_toaster() else { return };
        let confirm = move || {
            if self.save.answer_of::<CartSave>() == Some(true) {
                toaster.push(Toast::new(Tone::Ok, "Cart updated."));
            }
        };
        Effect::watch(move || self.save.version().get(), move |_, _, _| confirm(), false);
    }

    /// Returns the errors of the cart's form; each reason names its service, because many lines have a field for units.
    fn errors(self, cart: &CartView) -> Signal<FormErrors> {
        let titles: BTreeMap<String, String> =
            cart.lines().map(|line| (TypedUnits::field(line.id), line.title.clone())).collect();
        Signal::derive(move || {
            let Some(mut error) = self.refused.error_of(self.save) else { return FormErrors::default() };
            for (field, reason) in &mut error.fields.0 {
                if let Some(title) = titles.get(field) {
                    *reason = format!("{title}: {reason}");
                }
            }
            error.into()
        })
    }

    /// Returns the reason why another act than saving was refused.
    fn refusal(self) -> Option<String> {
        let error = self.refused.get().filter(|_| self.refused.error_of(self.save).is_none())?;
        Some(error.to_string())
    }
}

#[component]
pub fn CartPage() -> impl IntoView {
    let actions = CartActions::new();
    actions.confirm_save();
    actions.offer_undo();
    toast_when_done(actions.restore, "Returned to cart.");
    toast_when_done(actions.clear, "Cart cleared.");
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
    view! {
        <PageHeader title="Cart" lead="Shared with your organisation. Prices may change, and units aren't reserved until checkout."/>
        <FormScope errors=actions.errors(&cart)>
            <div class="with-side">
                <div class="stack-lg">
                    <CommandForm action=actions.save id=SAVE_FORM class="cart-form">
                        // what Enter in a field presses: all is saved, and no button stands for more
                        <button class="visually-hidden" tabindex="-1" aria-hidden="true">"Save"</button>
                        <ErrorSummary/>
                    </CommandForm>
                    {move || actions.refusal().map(|text| view! { <Banner tone=Tone::Bad title="Cart not updated">{text}</Banner> })}
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
                <Summary cart actions/>
            </div>
        </FormScope>
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
    let pending = actions.save.pending_with("intent", CartForm::CLIENT);
    view! {
        <Card title="Client">
            <div class="stack">
                <input type="hidden" form=SAVE_FORM name="on_behalf_of_shown" value=on_behalf_of.clone()/>
                <TextInput name="on_behalf_of" form=SAVE_FORM label="Client name" hint="As it should appear on the purchase." value=on_behalf_of max_length=120/>
                <div>
                    <Button pending pending_text="Saving…" attr:form=SAVE_FORM attr:name="intent" attr:value=CartForm::CLIENT>"Save client"</Button>
                </div>
            </div>
        </Card>
    }
}

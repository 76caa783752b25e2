//! The page of a purchase with its orders, its payment and the link to its certificates.

use contracts::{
    ids::PurchaseId, orders::PurchaseView, permission::Permission, settlement::UndoneSaleView,
    states::PurchaseStatus,
};
use leptos::prelude::*;

use super::{
    super::{
        parts::{PayForm, PaymentFacts, PurchaseBadge, TransactionCard, UndoneSaleCard},
        rpc::{PurchaseCancel, PurchaseRefundDecide, UndoneSaleSettle, purchase_get, undone_sale_get},
    },
    id_of,
};
use crate::{
    answers::refetch_after,
    error::UiError,
    form_action::{CommandForm, FormAction},
    loaded::Loaded,
    ui::{
        Breadcrumbs, Button, ButtonLook, Card, Confirm, Crumb, DateTimeText, Description, DescriptionList,
        ErrorSummary, FormScope, Icon, LinkButton, MoneyText, PageHeader, Skeleton, SkeletonShape, TextArea,
        toast_when_done,
    },
    viewer::{is_console, use_viewer},
};

#[component]
pub fn PurchasePage() -> impl IntoView {
    let id = id_of::<PurchaseId>();
    let cancel = FormAction::of::<PurchaseCancel>();
    toast_when_done(cancel, "Purchase cancelled.");
    let cancelled = refetch_after(cancel);
    let decide = FormAction::of::<PurchaseRefundDecide>();
    let decided = refetch_after(decide);
    let settle = FormAction::of::<UndoneSaleSettle>();
    toast_when_done(settle, "Sale marked as settled.");
    let settled = refetch_after(settle);
    let console = is_console(use_viewer());
    let actions = PurchaseActions { cancel, decide, settle };
    let purchase = Resource::new_blocking(
        move || (id(), cancelled.get(), decided.get(), settled.get()),
        move |(id, ..)| async move { load(id?, console).await },
    );
    view! {
        <Loaded
            data=purchase
            fallback=|| view! { <Skeleton shape=SkeletonShape::Lines count=8/> }
            show=move |(purchase, undone): (PurchaseView, Option<UndoneSaleView>)| view! { <Details purchase undone actions/> }
        />
    }
}

/// Loads the purchase and, for the console, whether its sale was undone after units had been redeemed.
async fn load(id: PurchaseId, console: bool) -> Result<(PurchaseView, Option<UndoneSaleView>), UiError> {
    let purchase = purchase_get(id).await?;
    let undone = if console { undone_sale_get(id).await? } else { None };
    Ok((purchase, undone))
}

/// Form actions of the page; after each, the page reads the purchase again.
#[derive(Clone, Copy)]
struct PurchaseActions {
    cancel: FormAction,
    decide: FormAction,
    settle: FormAction,
}

#[component]
fn Details(
    purchase: PurchaseView,
    undone: Option<UndoneSaleView>,
    actions: PurchaseActions,
) -> impl IntoView {
    let PurchaseActions { cancel, decide, settle } = actions;
    let PurchaseView { id, status, payment, .. } = purchase.clone();
    let unpaid = matches!(status, PurchaseStatus::Open | PurchaseStatus::AwaitingPayment);
    let viewer = use_viewer();
    let buys = viewer.with_untracked(|viewer| {
        viewer.as_ref().is_some_and(|viewer| viewer.may(Permission::MarketplaceBuy))
    });
    let cancels = viewer.with_untracked(|viewer| {
        viewer.as_ref().is_some_and(|viewer| {
            let role = viewer.active.as_ref().map(|active| active.kind.role());
            role.is_some_and(|role| viewer.may(role.cancel_permission()))
        })
    });
    let holds = viewer.with_untracked(|viewer| {
        viewer.as_ref().is_some_and(|viewer| viewer.may(Permission::CertificatesRead))
    });
    // certificates of a sale that was taken back are shown, too: they say why they are revoked
    let paid = purchase.paid_at.is_some();
    let to_pay = payment.clone();
    let undecided = (payment.refund_undecided && is_console(viewer) && cancels)
        .then(|| view! { <RefundForm id decide/> });
    let cards: Vec<_> = purchase
        .transactions
        .clone()
        .into_iter()
        .map(|transaction| {
            let title = transaction.seller_name.clone();
            view! { <TransactionCard transaction title/> }
        })
        .collect();
    view! {
        <PageHeader
            title=format!("Purchase {}", purchase.number)
            above=|| view! { <Breadcrumbs crumbs=vec![Crumb::new("Purchases", "/purchases")]/> }
            badges=move || view! { <PurchaseBadge status/> }
            actions=move || (paid && holds).then(|| view! {
                <LinkButton href=format!("/certificates?purchase={id}") look=ButtonLook::Primary icon=Icon::Certificate>"Certificates"</LinkButton>
            })
        />
        <div class="with-side">
            <div class="stack-lg">
                {undone.map(|sale| view! { <UndoneSaleCard sale settle may_settle=cancels/> })}
                {cards}
            </div>
            <aside class="stack" aria-label="Purchase and payment">
                <FormScope errors=cancel.errors()><ErrorSummary/></FormScope>
                <Facts purchase/>
                <PaymentFacts payment/>
                {undecided}
                {(unpaid && buys).then(|| view! {
                    <PayForm purchase_id=id payment=to_pay/>
                    <LinkButton href=format!("/purchases/{id}/result") icon=Icon::Refresh>"Refresh payment status"</LinkButton>
                })}
                {(unpaid && cancels).then(|| view! { <CancelForm id cancel/> })}
            </aside>
        </div>
    }
}

#[component]
fn Facts(purchase: PurchaseView) -> impl IntoView {
    let unpaid = matches!(purchase.status, PurchaseStatus::Open | PurchaseStatus::AwaitingPayment);
    let buyer = is_console(use_viewer())
        .then(|| purchase.transactions.first().map(|transaction| transaction.buyer_name.clone()))
        .flatten();
    view! {
        <Card title="Purchase">
            <DescriptionList>
                <Description term="Total"><strong><MoneyText money=purchase.total/></strong></Description>
                {buyer.map(|buyer| view! { <Description term="Buyer">{buyer}</Description> })}
                {purchase.on_behalf_of.map(|client| view! { <Description term="Client">{client}</Description> })}
                <Description term="Purchased by">{purchase.created_by}</Description>
                <Description term="Created"><DateTimeText instant=purchase.created_at/></Description>
                {purchase.paid_at.map(|instant| view! { <Description term="Paid"><DateTimeText instant/></Description> })}
                {unpaid.then(|| view! { <Description term="Reserved until"><DateTimeText instant=purchase.expires_at/></Description> })}
            </DescriptionList>
        </Card>
    }
}

/// Form that cancels the purchase; an error is shown beside it, with the current purchase.
#[component]
fn CancelForm(id: PurchaseId, cancel: FormAction) -> impl IntoView {
    view! {
        <div>
            <Confirm id="cancel-purchase" title="Cancel this purchase?" opener="Cancel purchase" keep="Keep purchase">
                <p>"The reserved units go back on sale. You won't be charged."</p>
                <CommandForm action=cancel>
                    <input type="hidden" name="purchase_id" value=id.to_string()/>
                    <Button look=ButtonLook::Danger icon=Icon::X pending=cancel.pending() pending_text="Cancelling…">"Cancel purchase"</Button>
                </CommandForm>
            </Confirm>
        </div>
    }
}

/// Form that decides on a sale whose price was partly refunded.
#[component]
fn RefundForm(id: PurchaseId, decide: FormAction) -> impl IntoView {
    view! {
        <Card title="Part of the price was refunded">
            <FormScope errors=decide.errors()>
                <CommandForm action=decide class="stack">
                    <ErrorSummary/>
                    <p>"The certificates are on hold. If you keep the sale, they become valid again. If you undo it, the unredeemed certificates are revoked and the rest of the price must be refunded."</p>
                    <input type="hidden" name="purchase_id" value=id.to_string()/>
                    <TextArea name="reason" label="Reason" hint="Shown to the buyer and the provider. Don't enter personal names." rows=2 max_length=500/>
                    <div class="cluster">
                        <Button look=ButtonLook::Primary attr:name="act" attr:value="keep">"Keep the sale"</Button>
                        <Button look=ButtonLook::Danger attr:name="act" attr:value="undo">"Undo the sale"</Button>
                    </div>
                </CommandForm>
            </FormScope>
        </Card>
    }
}

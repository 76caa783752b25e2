//! Back from the payment page: what became of the payment. The address proves nothing, so the provider is asked each time
//! the page is opened.

use contracts::{
    ids::PurchaseId,
    orders::PurchaseView,
    permission::Permission,
    states::{PaymentStatus, PurchaseStatus},
};
use leptos::prelude::*;

use super::{
    super::{
        parts::{PayForm, PaymentFacts},
        rpc::purchase_complete,
    },
    id_of,
};
use crate::{
    loaded::Loaded,
    ui::{
        Banner, Breadcrumbs, ButtonLook, Crumb, Icon, LinkButton, PageHeader, Skeleton, SkeletonShape, Tone,
    },
    viewer::use_viewer,
};

#[component]
pub fn ResultPage() -> impl IntoView {
    let id = id_of::<PurchaseId>();
    let purchase = Resource::new_blocking(id, |id| async move { purchase_complete(id?).await });
    view! {
        <Loaded
            data=purchase
            fallback=|| view! { <Skeleton shape=SkeletonShape::Lines count=6/> }
            show=move |purchase| view! { <Outcome purchase/> }
        />
    }
}

/// What there is to say, by state.
enum Answer {
    Paid,
    Declined,
    Waiting,
    Unknown,
    Over,
}

impl Answer {
    fn of(purchase: &PurchaseView) -> Self {
        match (purchase.status, purchase.payment.status) {
            (PurchaseStatus::Paid | PurchaseStatus::Fulfilled, _) => Self::Paid,
            (PurchaseStatus::Cancelled | PurchaseStatus::Expired, _) => Self::Over,
            (_, PaymentStatus::Failed) => Self::Declined,
            (_, PaymentStatus::Unknown | PaymentStatus::Authorised) => Self::Unknown,
            _ => Self::Waiting,
        }
    }

    const fn words(&self) -> (Tone, &'static str, &'static str) {
        match self {
            Self::Paid => (Tone::Ok, "Paid", "The money is in and the certificates are issued."),
            Self::Declined => (
                Tone::Bad,
                "Payment not made",
                "Nothing was charged. Your units are still held; try again or use another card.",
            ),
            Self::Waiting => (
                Tone::Info,
                "Waiting for the payment",
                "The payment provider has not reported a payment yet. Pay on its page, then come back here.",
            ),
            Self::Unknown => (
                Tone::Warn,
                "Outcome not known yet",
                "The payment provider has not told us the outcome. We keep asking; you need not pay again.",
            ),
            Self::Over => (
                Tone::Neutral,
                "This purchase is closed",
                "It was not paid in time or was cancelled. Nothing was charged.",
            ),
        }
    }
}

#[component]
fn Outcome(purchase: PurchaseView) -> impl IntoView {
    let answer = Answer::of(&purchase);
    let (tone, title, text) = answer.words();
    let failure = purchase.payment.failure_text();
    let (id, payment) = (purchase.id, purchase.payment.clone());
    let viewer = use_viewer();
    let may = move |permission| {
        viewer.with_untracked(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.may(permission)))
    };
    let again = format!("/purchases/{id}/result");
    let detail = format!("/purchases/{id}");
    let next = match answer {
        Answer::Paid if may(Permission::CertificatesRead) => view! {
            <LinkButton href=format!("/certificates?purchase={id}") look=ButtonLook::Primary icon=Icon::Certificate>"See the certificates"</LinkButton>
        }
        .into_any(),
        Answer::Declined if may(Permission::MarketplaceBuy) => view! { <PayForm purchase_id=id payment=payment.clone()/> }.into_any(),
        Answer::Waiting if may(Permission::MarketplaceBuy) => view! {
            <PayForm purchase_id=id payment=payment.clone()/>
            <LinkButton href=again icon=Icon::Refresh external=true>"Ask again"</LinkButton>
        }
        .into_any(),
        Answer::Waiting | Answer::Unknown => view! { <LinkButton href=again look=ButtonLook::Primary icon=Icon::Refresh external=true>"Ask again"</LinkButton> }.into_any(),
        _ => ().into_any(),
    };
    view! {
        <PageHeader title lead=format!("Purchase {}", purchase.number) above=|| view! { <Breadcrumbs crumbs=vec![Crumb::new("Purchases", "/purchases")]/> }/>
        <div class="reading stack-lg">
            <Banner tone title=failure.unwrap_or(title)>{text}</Banner>
            <div class="cluster">{next}<LinkButton href=detail>"See the purchase"</LinkButton></div>
            <PaymentFacts payment/>
        </div>
    }
}

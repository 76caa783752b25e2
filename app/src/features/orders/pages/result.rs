//! Back from the payment page: what became of the payment. The address proves nothing, so the provider is asked: by the page as
//! soon as it can, by a button without JavaScript. Opening the page alone changes nothing.

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
        rpc::{PurchaseComplete, purchase_get},
    },
    id_of,
};
use crate::{
    act::{Act, ActForm},
    loaded::Loaded,
    ui::{
        Banner, Breadcrumbs, Button, ButtonLook, Crumb, ErrorSummary, FormScope, Icon, LinkButton,
        PageHeader, Skeleton, SkeletonShape, Tone,
    },
    viewer::use_viewer,
};

#[component]
pub fn ResultPage() -> impl IntoView {
    let id = id_of::<PurchaseId>();
    let question = Question { ask: Act::of::<PurchaseComplete>(), asked: StoredValue::new(None) };
    let purchase = Resource::new_blocking(
        move || (id(), question.ask.version().get()),
        |(id, _)| async move { purchase_get(id?).await },
    );
    view! {
        <Loaded
            data=purchase
            fallback=|| view! { <Skeleton shape=SkeletonShape::Lines count=6/> }
            show=move |purchase| view! { <Outcome purchase question/> }
        />
    }
}

/// The question to the provider, and the purchase it was put for by itself.
#[derive(Clone, Copy)]
struct Question {
    ask: Act,
    asked: StoredValue<Option<PurchaseId>>,
}

impl Question {
    /// Asks on arrival, once; effects run in the browser alone.
    fn put(self, purchase_id: PurchaseId) {
        Effect::new(move |_| {
            if self.asked.get_value() != Some(purchase_id) {
                self.asked.set_value(Some(purchase_id));
                self.ask.send(["purchase_id=", &purchase_id.to_string()].concat());
            }
        });
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
            Self::Paid => (Tone::Ok, "Paid", "Payment received. Your certificates are ready."),
            Self::Declined => (
                Tone::Bad,
                "Payment failed",
                "You were not charged. Your units are still reserved. Try again or use another card.",
            ),
            Self::Waiting => (
                Tone::Info,
                "Awaiting payment",
                "We have not received a payment yet. Pay on the payment page, then return here.",
            ),
            Self::Unknown => (
                Tone::Warn,
                "Payment not confirmed yet",
                "The payment provider has not confirmed the outcome yet. We keep checking; you don't need to pay again.",
            ),
            Self::Over => (
                Tone::Neutral,
                "This purchase is closed",
                "It was cancelled or not paid in time. You were not charged.",
            ),
        }
    }
}

#[component]
fn Ask(purchase_id: PurchaseId, question: Question, look: ButtonLook) -> impl IntoView {
    let ask = question.ask;
    view! {
        <FormScope errors=ask.errors()>
            <ActForm act=ask>
                <ErrorSummary/>
                <input type="hidden" name="purchase_id" value=purchase_id.to_string()/>
                <Button look icon=Icon::Refresh pending=ask.pending() pending_text="Refreshing…">"Refresh payment status"</Button>
            </ActForm>
        </FormScope>
    }
}

#[component]
fn Outcome(purchase: PurchaseView, question: Question) -> impl IntoView {
    let answer = Answer::of(&purchase);
    let (tone, title, text) = answer.words();
    let failure = purchase.payment.failure_text();
    let (id, payment) = (purchase.id, purchase.payment.clone());
    let viewer = use_viewer();
    let may = move |permission| {
        viewer.with_untracked(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.may(permission)))
    };
    if matches!(answer, Answer::Waiting | Answer::Unknown) {
        question.put(id);
    }
    let detail = format!("/purchases/{id}");
    let next = match answer {
        Answer::Paid if may(Permission::CertificatesRead) => view! {
            <LinkButton href=format!("/certificates?purchase={id}") look=ButtonLook::Primary icon=Icon::Certificate>"View certificates"</LinkButton>
        }
        .into_any(),
        Answer::Declined if may(Permission::MarketplaceBuy) => view! { <PayForm purchase_id=id payment=payment.clone()/> }.into_any(),
        Answer::Waiting if may(Permission::MarketplaceBuy) => view! {
            <PayForm purchase_id=id payment=payment.clone()/>
            <Ask purchase_id=id question look=ButtonLook::Secondary/>
        }
        .into_any(),
        Answer::Waiting | Answer::Unknown => view! { <Ask purchase_id=id question look=ButtonLook::Primary/> }.into_any(),
        _ => ().into_any(),
    };
    view! {
        <PageHeader title lead=format!("Purchase {}", purchase.number) above=|| view! { <Breadcrumbs crumbs=vec![Crumb::new("Purchases", "/purchases")]/> }/>
        <div class="reading stack-lg">
            <Banner tone title=failure.unwrap_or(title)>{text}</Banner>
            <div class="cluster">{next}<LinkButton href=detail>"View purchase"</LinkButton></div>
            <PaymentFacts payment/>
        </div>
    }
}

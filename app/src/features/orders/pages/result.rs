//! The page after the payment page: the outcome of the payment. The address proves nothing, so the provider is queried: by a script on
//! arrival, or by a button without JavaScript. Opening the page alone changes nothing.

use contracts::{
    ids::PurchaseId,
    money::Money,
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
    form_action::{CommandForm, FormAction},
    loaded::Loaded,
    ui::{
        Banner, Breadcrumbs, Button, ButtonLook, Crumb, ErrorSummary, FormScope, Icon, LinkButton,
        PageHeader, Skeleton, SkeletonShape, Tone, money_text,
    },
    viewer::use_viewer,
};

#[component]
pub fn ResultPage() -> impl IntoView {
    let id = id_of::<PurchaseId>();
    let question = Question { ask: FormAction::of::<PurchaseComplete>(), asked: StoredValue::new(None) };
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

/// The query to the provider, and the purchase it was made for automatically.
#[derive(Clone, Copy)]
struct Question {
    ask: FormAction,
    asked: StoredValue<Option<PurchaseId>>,
}

impl Question {
    /// Queries the provider once on arrival; effects run in the browser only.
    fn put(self, purchase_id: PurchaseId) {
        Effect::new(move |_| {
            if self.asked.get_value() != Some(purchase_id) {
                self.asked.set_value(Some(purchase_id));
                self.ask.send(["purchase_id=", &purchase_id.to_string()].concat());
            }
        });
    }
}

/// Messages of the page.
#[derive(Clone, Copy)]
enum Answer {
    Paid,
    OnHold,
    Declined,
    Waiting,
    NoPage,
    Unknown,
    Owed(Money),
    Returned,
    Disputed,
    Lost,
    WrittenOff,
    Over,
}

impl Answer {
    fn of(purchase: &PurchaseView) -> Self {
        let payment = &purchase.payment;
        match (purchase.status, payment.status) {
            (PurchaseStatus::Paid | PurchaseStatus::Fulfilled, _) if payment.refund_undecided => Self::OnHold,
            (_, PaymentStatus::Refunded) => Self::Returned,
            (_, PaymentStatus::Lost) => Self::Lost,
            (PurchaseStatus::Paid | PurchaseStatus::Fulfilled, PaymentStatus::Disputed) => Self::Disputed,
            (PurchaseStatus::Paid | PurchaseStatus::Fulfilled, _) => Self::Paid,
            (PurchaseStatus::Cancelled | PurchaseStatus::Expired, _) => match payment.refund_due() {
                Some(money) => Self::Owed(money),
                None if payment.is_outcome_known() => Self::Over,
                None => Self::WrittenOff,
            },
            (_, PaymentStatus::Failed) => Self::Declined,
            (_, PaymentStatus::Unknown | PaymentStatus::Created) if !payment.had_page => Self::NoPage,
            (_, PaymentStatus::Unknown | PaymentStatus::Authorised) => Self::Unknown,
            _ => Self::Waiting,
        }
    }

    const fn title(&self) -> (Tone, &'static str) {
        match self {
            Self::Paid => (Tone::Ok, "Paid"),
            Self::OnHold => (Tone::Warn, "Part of the payment was refunded"),
            Self::Declined => (Tone::Bad, "Payment failed"),
            Self::Waiting => (Tone::Info, "Awaiting payment"),
            Self::NoPage => (Tone::Warn, "The payment page is not open yet"),
            Self::Unknown => (Tone::Warn, "Payment not confirmed yet"),
            Self::Owed(_) => (Tone::Warn, "Your payment arrived after this purchase was closed"),
            Self::Returned => (Tone::Neutral, "Payment refunded"),
            Self::Disputed => (Tone::Warn, "Payment disputed"),
            Self::Lost => (Tone::Neutral, "Payment returned to the payer"),
            Self::WrittenOff | Self::Over => (Tone::Neutral, "This purchase is closed"),
        }
    }

    fn text(&self) -> String {
        let text = match self {
            Self::Paid => "Payment received. Your certificates are ready.",
            Self::OnHold => {
                "Your certificates are on hold until an administrator decides whether the purchase stands."
            }
            Self::Declined => {
                "You were not charged. Your units are still reserved. Try again or use another card."
            }
            Self::Waiting => "We have not received a payment yet. Pay on the payment page, then return here.",
            Self::NoPage => {
                "The payment provider is slow to respond. We keep trying to open its page. Nothing has been paid; your units are reserved."
            }
            Self::Unknown => {
                "The payment provider has not confirmed the outcome yet. We keep checking. If you have paid, don't pay again."
            }
            Self::Owed(money) => {
                return format!("{} will be refunded. You don't need to do anything.", money_text(*money));
            }
            Self::Returned => "The full amount has been refunded. You owe nothing.",
            Self::Disputed => {
                "The payer disputes this payment at their bank. Your certificates are on hold until the bank has decided."
            }
            Self::Lost => {
                "The payer's bank returned the payment. Certificates that were not redeemed are revoked."
            }
            Self::WrittenOff => "If a payment arrives after all, it will be refunded.",
            Self::Over => "It was cancelled or not paid in time. You were not charged.",
        };
        text.to_owned()
    }
}

#[component]
fn Ask(purchase_id: PurchaseId, question: Question, look: ButtonLook) -> impl IntoView {
    let ask = question.ask;
    view! {
        <FormScope errors=ask.errors()>
            <CommandForm action=ask>
                <ErrorSummary/>
                <input type="hidden" name="purchase_id" value=purchase_id.to_string()/>
                <Button look icon=Icon::Refresh pending=ask.pending() pending_text="Refreshing…">"Refresh payment status"</Button>
            </CommandForm>
        </FormScope>
    }
}

#[component]
fn Outcome(purchase: PurchaseView, question: Question) -> impl IntoView {
    let answer = Answer::of(&purchase);
    let ((tone, title), text) = (answer.title(), answer.text());
    let failure = purchase.payment.failure_text();
    let (id, payment) = (purchase.id, purchase.payment.clone());
    let viewer = use_viewer();
    let may = move |permission| {
        viewer.with_untracked(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.may(permission)))
    };
    if matches!(answer, Answer::Waiting | Answer::NoPage | Answer::Unknown) {
        question.put(id);
    }
    let detail = format!("/purchases/{id}");
    let next = match answer {
        Answer::Paid | Answer::OnHold if may(Permission::CertificatesRead) => view! {
            <LinkButton href=format!("/certificates?purchase={id}") look=ButtonLook::Primary icon=Icon::Certificate>"View certificates"</LinkButton>
        }
        .into_any(),
        Answer::Declined if may(Permission::MarketplaceBuy) => view! { <PayForm purchase_id=id payment=payment.clone()/> }.into_any(),
        Answer::Waiting | Answer::NoPage if may(Permission::MarketplaceBuy) => view! {
            <PayForm purchase_id=id payment=payment.clone()/>
            <Ask purchase_id=id question look=ButtonLook::Secondary/>
        }
        .into_any(),
        Answer::Waiting | Answer::NoPage | Answer::Unknown => view! { <Ask purchase_id=id question look=ButtonLook::Primary/> }.into_any(),
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

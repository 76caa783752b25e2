//! Components about the payment of a purchase.

use contracts::{ids::PurchaseId, payments::PaymentView, states::PaymentStatus};
use leptos::prelude::*;

use super::super::rpc::PurchasePay;
use crate::{
    features::payments::PaymentBadge,
    form_action::{CommandForm, FormAction},
    ui::{
        Button, ButtonLook, Card, DateTimeText, Description, DescriptionList, ErrorSummary, FormScope, Icon,
        LinkButton, MoneyText, money_text,
    },
};

/// Card with the known facts of a payment.
#[component]
pub fn PaymentFacts(
    /// The payment.
    payment: PaymentView,
) -> impl IntoView {
    let failure = payment.failure_text();
    let charged = if payment.is_outcome_known() { " You were not charged." } else { "" };
    let way = (payment.refunded.amount_minor > 0).then_some((payment.captured, payment.refunded));
    let due = payment.refund_due();
    view! {
        <Card title="Payment">
            <DescriptionList>
                <Description term="Status"><PaymentBadge status=payment.status/></Description>
                <Description term="Amount"><MoneyText money=payment.amount/></Description>
                {failure.map(|text| view! { <Description term="Last attempt">{text}{charged}</Description> })}
                {way.map(|(collected, returned)| view! {
                    <Description term="Collected"><MoneyText money=collected/></Description>
                    <Description term="Refunded"><MoneyText money=returned/></Description>
                })}
                {due.map(|money| view! { <Description term="To be refunded"><MoneyText money/></Description> })}
                {payment.captured_at.map(|instant| view! { <Description term="Paid"><DateTimeText instant/></Description> })}
                <Description term="Attempts">{payment.attempts.to_string()}</Description>
            </DescriptionList>
        </Card>
    }
}

/// Link to the open payment page, or a button that opens one.
#[component]
pub fn PayForm(
    /// The purchase.
    purchase_id: PurchaseId,
    /// Payment of the purchase.
    payment: PaymentView,
) -> impl IntoView {
    let pay = FormAction::of::<PurchasePay>();
    let label = if payment.status == PaymentStatus::Failed {
        format!("Pay {} again", money_text(payment.amount))
    } else {
        format!("Pay {}", money_text(payment.amount))
    };
    match payment.hosted_url {
        Some(href) => view! {
            <LinkButton href look=ButtonLook::Primary icon=Icon::CreditCard external=true>"Continue to the payment page"</LinkButton>
        }
        .into_any(),
        None => view! {
            <FormScope errors=pay.errors()>
                <CommandForm action=pay>
                    <div class="stack-sm">
                        <ErrorSummary/>
                        <input type="hidden" name="purchase_id" value=purchase_id.to_string()/>
                        <Button look=ButtonLook::Primary icon=Icon::CreditCard pending=pay.pending() pending_text="Opening the payment page…">{label}</Button>
                    </div>
                </CommandForm>
            </FormScope>
        }
        .into_any(),
    }
}

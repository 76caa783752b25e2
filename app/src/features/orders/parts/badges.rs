//! States as badges.

use contracts::states::{PurchaseStatus, TransactionStatus};
use leptos::prelude::*;

use crate::ui::{StatusBadge, Tone};

/// Where a purchase stands.
#[component]
pub fn PurchaseBadge(
    /// Its state.
    status: PurchaseStatus,
) -> impl IntoView {
    let (tone, label) = match status {
        PurchaseStatus::Open => (Tone::Neutral, "Not paid yet"),
        PurchaseStatus::AwaitingPayment => (Tone::Info, "Waiting for payment"),
        PurchaseStatus::Paid => (Tone::Ok, "Paid"),
        PurchaseStatus::Fulfilled => (Tone::Ok, "Paid, certificates issued"),
        PurchaseStatus::Cancelled => (Tone::Neutral, "Cancelled"),
        PurchaseStatus::Expired => (Tone::Neutral, "Expired unpaid"),
    };
    view! { <StatusBadge tone label/> }
}

/// Where a seller's order stands.
#[component]
pub fn TransactionBadge(
    /// Its state.
    status: TransactionStatus,
) -> impl IntoView {
    let (tone, label) = match status {
        TransactionStatus::Placed => (Tone::Info, "Placed, not paid yet"),
        TransactionStatus::Paid => (Tone::Ok, "Paid"),
        TransactionStatus::Fulfilled => (Tone::Ok, "Paid, certificates issued"),
        TransactionStatus::Cancelled => (Tone::Neutral, "Cancelled"),
        TransactionStatus::Expired => (Tone::Neutral, "Expired unpaid"),
    };
    view! { <StatusBadge tone label/> }
}

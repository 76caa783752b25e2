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
    let tone = match status {
        PurchaseStatus::AwaitingPayment => Tone::Info,
        PurchaseStatus::Paid | PurchaseStatus::Fulfilled => Tone::Ok,
        PurchaseStatus::Open | PurchaseStatus::Cancelled | PurchaseStatus::Expired => Tone::Neutral,
    };
    view! { <StatusBadge tone label=status.label()/> }
}

/// Where a seller's order stands.
#[component]
pub fn TransactionBadge(
    /// Its state.
    status: TransactionStatus,
) -> impl IntoView {
    let tone = match status {
        TransactionStatus::Placed => Tone::Info,
        TransactionStatus::Paid | TransactionStatus::Fulfilled => Tone::Ok,
        TransactionStatus::Cancelled | TransactionStatus::Expired => Tone::Neutral,
    };
    view! { <StatusBadge tone label=status.label()/> }
}

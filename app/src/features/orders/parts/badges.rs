//! Statuses as badges.

use contracts::states::{PurchaseStatus, TransactionStatus};
use leptos::prelude::*;

use crate::ui::{StatusBadge, Tone};

/// Badge of a purchase's status.
#[component]
pub fn PurchaseBadge(
    /// The status.
    status: PurchaseStatus,
) -> impl IntoView {
    let tone = match status {
        PurchaseStatus::AwaitingPayment => Tone::Info,
        PurchaseStatus::Paid | PurchaseStatus::Fulfilled => Tone::Ok,
        PurchaseStatus::Open | PurchaseStatus::Cancelled | PurchaseStatus::Expired => Tone::Neutral,
    };
    view! { <StatusBadge tone label=status.label()/> }
}

/// Badge of a transaction's status.
#[component]
pub fn TransactionBadge(
    /// The status.
    status: TransactionStatus,
) -> impl IntoView {
    let tone = match status {
        TransactionStatus::Placed => Tone::Info,
        TransactionStatus::Paid | TransactionStatus::Fulfilled => Tone::Ok,
        TransactionStatus::Cancelled | TransactionStatus::Expired => Tone::Neutral,
    };
    view! { <StatusBadge tone label=status.label()/> }
}

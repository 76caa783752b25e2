//! Payments, as pages and the API see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{PaymentId, PurchaseId},
    money::Money,
    states::{PaymentStatus, PurchaseStatus},
    text_enum::text_enum,
};

/// The collection of a purchase's total.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentView {
    /// The payment.
    pub id: PaymentId,
    /// What it pays for.
    pub purchase_id: PurchaseId,
    /// Where the purchase stands.
    pub purchase_status: PurchaseStatus,
    /// Where the payment stands.
    pub status: PaymentStatus,
    /// What is to be collected.
    pub amount: Money,
    /// What has been collected.
    pub captured: Money,
    /// Why the last attempt failed, in the payment provider's code.
    pub failure_code: Option<String>,
    /// How many times it was tried.
    pub attempts: u32,
    /// Where the payer goes to pay, while that is possible.
    pub hosted_url: Option<String>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When the money was collected.
    pub captured_at: Option<DateTime<Utc>>,
}

impl PaymentView {
    /// Whether the money has been collected.
    pub const fn is_captured(&self) -> bool {
        matches!(
            self.status,
            PaymentStatus::Captured | PaymentStatus::PartiallyRefunded | PaymentStatus::Refunded
        )
    }

    /// Whether the outcome may still come by itself.
    pub const fn is_open(&self) -> bool {
        matches!(
            self.status,
            PaymentStatus::Created
                | PaymentStatus::Pending
                | PaymentStatus::Authorised
                | PaymentStatus::Unknown
        )
    }

    /// Why the last attempt failed, for people.
    pub fn failure_text(&self) -> Option<&'static str> {
        self.failure_code.as_deref().map(|code| match code {
            "card_declined" => "The bank declined the card.",
            "insufficient_funds" => "The account does not cover the amount.",
            "expired_card" => "The card has expired.",
            "authentication_failed" => "The bank's check was not passed.",
            "cancelled" => "The payment page was left before paying.",
            "refunded" => "The payment was taken and sent back.",
            "expired" => "The payment page closed before anything was paid.",
            _ => "The payment provider could not take the payment.",
        })
    }
}

text_enum! {
    /// What the ledger keeps accounts of.
    LedgerAccountKind {
        Buyer = "buyer", SellerPayable = "seller_payable", IntermediaryPayable = "intermediary_payable",
        PlatformRevenue = "platform_revenue", GatewayClearing = "gateway_clearing", ProcessingFees = "processing_fees",
    }
}

text_enum! {
    /// The two sides of an entry.
    LedgerSide { Debit = "debit", Credit = "credit" }
}

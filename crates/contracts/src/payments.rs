//! Payments and ledger accounts, as pages and the API see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{PaymentId, PurchaseId},
    money::Money,
    states::{PaymentStatus, PurchaseStatus},
    text_enum::text_enum,
};

text_enum! {
    /// How one attempt to collect a payment stands.
    AttemptOutcome {
        Started = "started", Redirected = "redirected", Captured = "captured", Failed = "failed",
        Unknown = "unknown", Expired = "expired",
    }
}
text_enum! {
    /// How a payer's objection at their bank stands, in the order in which it goes on.
    DisputeStatus { Open = "open", Won = "won", Lost = "lost" }
}

/// The payment of a purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentView {
    /// The payment.
    pub id: PaymentId,
    /// Purchase the payment belongs to.
    pub purchase_id: PurchaseId,
    /// Status of the purchase.
    pub purchase_status: PurchaseStatus,
    /// Status of the payment.
    pub status: PaymentStatus,
    /// Amount to collect.
    pub amount: Money,
    /// Amount collected so far.
    pub captured: Money,
    /// Amount refunded so far.
    pub refunded: Money,
    /// `true` if part of the price was refunded and an administrator has not decided about the sale yet. Its
    /// certificates are on hold until then.
    pub refund_undecided: bool,
    /// `true` if a payment page has been opened; without one, nothing can have been paid.
    pub had_page: bool,
    /// Failure code of the last attempt, as the payment provider gives it.
    pub failure_code: Option<String>,
    /// Number of payment attempts.
    pub attempts: u32,
    /// Address of the payment page, while the payment is open.
    pub hosted_url: Option<String>,
    /// Time the payment was created.
    pub created_at: DateTime<Utc>,
    /// Time the amount was collected.
    pub captured_at: Option<DateTime<Utc>>,
}

impl PaymentView {
    /// True when the amount has been collected.
    pub const fn is_captured(&self) -> bool {
        self.status.is_captured()
    }

    /// True when the payment provider may still report an outcome.
    pub const fn is_open(&self) -> bool {
        self.status.is_open()
    }

    /// True when the outcome of the last attempt is known. A payment given up without an answer of the provider may still be captured.
    pub fn is_outcome_known(&self) -> bool {
        !matches!(self.failure_code.as_deref(), Some("written_off" | "forgotten"))
    }

    /// Returns the amount that the platform has to refund: what is left of the payment of a cancelled or expired purchase. `None` when
    /// nothing is left.
    pub fn refund_due(&self) -> Option<Money> {
        let is_closed = matches!(self.purchase_status, PurchaseStatus::Cancelled | PurchaseStatus::Expired);
        let left = self.captured.checked_sub(self.refunded).ok()?;
        (is_closed && left.amount_minor > 0).then_some(left)
    }

    /// Returns the reason of the last failure in words.
    pub fn failure_text(&self) -> Option<&'static str> {
        self.failure_code.as_deref().map(|code| match code {
            "card_declined" => "The bank declined the card.",
            "insufficient_funds" => "There is not enough money in the account.",
            "expired_card" => "The card has expired.",
            "authentication_failed" => "The bank's security check failed.",
            "cancelled" => "The payment page was closed before you paid.",
            "refunded" => "The payment was received and refunded.",
            "expired" => "The payment page expired before you paid.",
            "forgotten" => "The payment provider no longer has a record of this payment.",
            "written_off" => "The payment provider has not confirmed whether anything was paid.",
            _ => "The payment provider could not process the payment.",
        })
    }
}

text_enum! {
    /// Kinds of ledger accounts.
    LedgerAccountKind {
        Buyer = "buyer", SellerPayable = "seller_payable", IntermediaryPayable = "intermediary_payable",
        PlatformRevenue = "platform_revenue", GatewayClearing = "gateway_clearing", ProcessingFees = "processing_fees",
    }
}

text_enum! {
    /// The two sides of a ledger entry.
    LedgerSide { Debit = "debit", Credit = "credit" }
}

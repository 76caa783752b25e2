//! The provider's things: sessions, payments, refunds, events, and the states a payment may pass through.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cards::FailureCode;
use crate::config::Delivery;
use crate::error::ApiError;

/// State of a checkout session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// The payer may still act, or the bank has not answered.
    Open,
    /// The payment has an outcome.
    Complete,
    /// Too late, or closed by the merchant.
    Expired,
    /// The payer turned back.
    Cancelled,
}

/// State of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Nobody has paid yet.
    RequiresPayment,
    /// The bank was asked.
    Processing,
    /// The bank has set the money aside.
    Authorised,
    /// The money was taken.
    Captured,
    /// A part went back.
    PartiallyRefunded,
    /// All of it went back.
    Refunded,
    /// The bank said no.
    Failed,
    /// The payer turned back.
    Cancelled,
    /// Nobody paid in time.
    Expired,
}

impl PaymentStatus {
    /// The transition table.
    pub fn can_transition_to(self, next: Self) -> bool {
        use PaymentStatus::{
            Authorised, Cancelled, Captured, Expired, Failed, PartiallyRefunded, Processing, Refunded,
            RequiresPayment,
        };
        matches!(
            (self, next),
            (RequiresPayment, Processing | Failed | Cancelled | Expired)
                | (Processing, Authorised | Failed | Expired)
                | (Authorised, Captured | Failed)
                | (Captured | PartiallyRefunded, PartiallyRefunded | Refunded)
        )
    }
}

/// What is kept of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardSummary {
    /// Network.
    pub brand: String,
    /// Last four digits.
    pub last4: String,
}

/// Money sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// `re_…`
    pub id: String,
    /// Minor units.
    pub amount: i64,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// One attempt to collect an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// `pay_…`
    pub id: String,
    /// `cs_…`
    pub session_id: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// The merchant's own id.
    pub reference: String,
    /// State.
    pub status: PaymentStatus,
    /// Only when failed.
    pub failure_code: Option<FailureCode>,
    /// Minor units taken.
    pub captured_amount: i64,
    /// Minor units sent back.
    pub refunded_amount: i64,
    /// Minor units the provider keeps of what was taken.
    pub fee_amount: i64,
    /// The card used.
    pub card: Option<CardSummary>,
    /// Oldest first.
    pub refunds: Vec<Refund>,
    /// The merchant's notes.
    pub metadata: BTreeMap<String, String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Last change of state.
    pub updated_at: DateTime<Utc>,
    /// Always false.
    pub livemode: bool,
    /// How its events travel; chosen on the hosted page. Not part of the API's answer.
    #[serde(default)]
    pub(crate) delivery: Option<Delivery>,
}

impl Payment {
    /// Moves to `next`, or 409.
    pub(crate) fn advance(&mut self, next: PaymentStatus, now: DateTime<Utc>) -> Result<(), ApiError> {
        if !self.status.can_transition_to(next) {
            let message = format!("A payment with status {:?} cannot change to {next:?}.", self.status);
            return Err(ApiError::conflict("wrong_state", message));
        }
        self.status = next;
        self.updated_at = now;
        Ok(())
    }

    /// As the API shows it.
    pub(crate) fn view(&self) -> Value {
        let mut view = serde_json::to_value(self).unwrap_or_default();
        if let Value::Object(map) = &mut view {
            map.remove("delivery");
            map.insert("object".into(), "payment".into());
        }
        view
    }
}

/// A merchant's wish to be paid, with the page where it happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// `cs_…`; unguessable, for whoever knows it may pay.
    pub id: String,
    /// `pay_…`
    pub payment_id: String,
    /// State.
    pub status: SessionStatus,
    /// What is paid for, in the merchant's words.
    pub description: String,
    /// Where the browser goes afterwards.
    pub success_url: String,
    /// Where the browser goes when it did not work.
    pub cancel_url: String,
    /// When it closes by itself.
    pub expires_at: DateTime<Utc>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Last change of state.
    pub updated_at: DateTime<Utc>,
    /// The bank has asked the payer to confirm.
    pub(crate) challenge: bool,
}

impl Session {
    /// As the API shows it, with what the payment adds.
    pub(crate) fn view(&self, payment: &Payment, base_url: &str) -> Value {
        json!({
            "object": "checkout_session", "id": self.id, "url": format!("{base_url}/pay/{}", self.id),
            "status": self.status, "payment_id": self.payment_id, "payment_status": payment.status,
            "amount": payment.amount, "currency": payment.currency, "reference": payment.reference,
            "description": self.description, "success_url": self.success_url, "cancel_url": self.cancel_url,
            "metadata": payment.metadata, "expires_at": self.expires_at, "created_at": self.created_at,
            "updated_at": self.updated_at, "livemode": false,
        })
    }
}

/// One attempt to bring an event to the merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it ended.
    pub at: DateTime<Utc>,
    /// The receiver's HTTP status, if it answered.
    pub status: Option<u16>,
}

impl Attempt {
    /// Returns whether the receiver accepted the delivery.
    pub fn is_delivered(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// Something that happened, as told to the merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// `evt_…`, the `webhook-id`.
    pub id: String,
    /// `payment.captured` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// Whose.
    pub payment_id: String,
    /// Snapshot taken when it happened.
    pub data: Value,
    /// Attempts so far.
    pub attempts: Vec<Attempt>,
}

impl Event {
    /// The body that is signed and sent; the same bytes each time.
    pub(crate) fn body(&self) -> String {
        json!({"type": self.kind, "timestamp": self.timestamp, "data": self.data}).to_string()
    }
}

/// A delivery that waits for its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Queued {
    pub(crate) event_id: String,
    pub(crate) due: DateTime<Utc>,
    pub(crate) attempt: u32,
}

#[cfg(test)]
mod tests {
    use super::PaymentStatus as S;

    #[test]
    fn ends_are_ends_and_money_is_never_uncaptured() {
        const ALL: [S; 9] = [
            S::RequiresPayment,
            S::Processing,
            S::Authorised,
            S::Captured,
            S::PartiallyRefunded,
            S::Refunded,
            S::Failed,
            S::Cancelled,
            S::Expired,
        ];
        for next in ALL {
            for end in [S::Refunded, S::Failed, S::Cancelled, S::Expired] {
                assert!(!end.can_transition_to(next), "{end:?} -> {next:?}");
            }
            let back = matches!(next, S::PartiallyRefunded | S::Refunded);
            assert_eq!(S::Captured.can_transition_to(next), back, "{next:?}");
        }
        assert!(!S::RequiresPayment.can_transition_to(S::Captured));
    }
}

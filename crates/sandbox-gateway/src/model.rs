//! Objects of the provider: sessions, payments, refunds and events, and the transitions of a payment.

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
    /// The payer can still act, or the bank has not answered.
    Open,
    /// The payment has an outcome.
    Complete,
    /// The time is over, or the merchant has closed it.
    Expired,
    /// The payer has cancelled.
    Cancelled,
}

/// State of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Waiting for the payer.
    RequiresPayment,
    /// Sent to the bank.
    Processing,
    /// The bank has reserved the amount.
    Authorised,
    /// The amount was collected.
    Captured,
    /// A part was refunded.
    PartiallyRefunded,
    /// The whole amount was refunded.
    Refunded,
    /// The bank declined.
    Failed,
    /// The payer cancelled.
    Cancelled,
    /// The payer did not pay in time.
    Expired,
}

impl PaymentStatus {
    /// True when a payment may change from this status to `next`.
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

/// The stored part of a card's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardSummary {
    /// Card network.
    pub brand: String,
    /// Last four digits.
    pub last4: String,
}

/// A refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// ID, `re_…`.
    pub id: String,
    /// Amount in minor units.
    pub amount: i64,
    /// Time of the refund.
    pub created_at: DateTime<Utc>,
}

/// A payment: the collection of one amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// ID, `pay_…`.
    pub id: String,
    /// ID of the session, `cs_…`.
    pub session_id: String,
    /// Amount in minor units.
    pub amount: i64,
    /// Currency (ISO 4217).
    pub currency: String,
    /// The merchant's own reference.
    pub reference: String,
    /// Status.
    pub status: PaymentStatus,
    /// Reason of the failure; set for a failed payment only.
    pub failure_code: Option<FailureCode>,
    /// Captured amount in minor units.
    pub captured_amount: i64,
    /// Refunded amount in minor units.
    pub refunded_amount: i64,
    /// The provider's fee in minor units, kept from the captured amount.
    pub fee_amount: i64,
    /// Card used; `None` before payment.
    pub card: Option<CardSummary>,
    /// Refunds, oldest first.
    pub refunds: Vec<Refund>,
    /// Texts of the merchant by name.
    pub metadata: BTreeMap<String, String>,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time of the last change of status.
    pub updated_at: DateTime<Utc>,
    /// Always false: no real money moves.
    pub livemode: bool,
    /// Mode of delivery of its events, chosen on the hosted page. Not part of the API's answer.
    #[serde(default)]
    pub(crate) delivery: Option<Delivery>,
}

impl Payment {
    /// Changes the status to `next`; error 409 if the transition is not allowed.
    pub(crate) fn advance(&mut self, next: PaymentStatus, now: DateTime<Utc>) -> Result<(), ApiError> {
        if !self.status.can_transition_to(next) {
            let message = format!("A payment with status {:?} cannot change to {next:?}.", self.status);
            return Err(ApiError::conflict("wrong_state", message));
        }
        self.status = next;
        self.updated_at = now;
        Ok(())
    }

    /// Returns the JSON of the API.
    pub(crate) fn view(&self) -> Value {
        let mut view = serde_json::to_value(self).unwrap_or_default();
        if let Value::Object(map) = &mut view {
            map.remove("delivery");
            map.insert("object".into(), "payment".into());
        }
        view
    }
}

/// A checkout session: a request for payment with its hosted page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// ID, `cs_…`; unguessable, because everyone who knows it may pay.
    pub id: String,
    /// ID of the payment, `pay_…`.
    pub payment_id: String,
    /// Status.
    pub status: SessionStatus,
    /// Description of the purchase by the merchant.
    pub description: String,
    /// Address that the browser returns to after payment.
    pub success_url: String,
    /// Address that the browser returns to without payment.
    pub cancel_url: String,
    /// Time of expiry.
    pub expires_at: DateTime<Utc>,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time of the last change of status.
    pub updated_at: DateTime<Utc>,
    /// True while the bank waits for the payer's confirmation.
    pub(crate) challenge: bool,
}

impl Session {
    /// Returns the JSON of the API, fields of the payment included.
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

/// An attempt to deliver an event to the merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Time the attempt ended.
    pub at: DateTime<Utc>,
    /// HTTP status of the receiver; `None` without an answer.
    pub status: Option<u16>,
}

impl Attempt {
    /// True when the receiver accepted the delivery.
    pub fn is_delivered(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// An event as reported to the merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// ID, `evt_…`; sent as `webhook-id`.
    pub id: String,
    /// Type, such as `payment.captured`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Time of the event.
    pub timestamp: DateTime<Utc>,
    /// The payment.
    pub payment_id: String,
    /// Snapshot of the payment or session at the time of the event.
    pub data: Value,
    /// Attempts of delivery so far.
    pub attempts: Vec<Attempt>,
}

impl Event {
    /// Returns the body that is signed and sent; the bytes are equal for each attempt.
    pub(crate) fn body(&self) -> String {
        json!({"type": self.kind, "timestamp": self.timestamp, "data": self.data}).to_string()
    }
}

/// A delivery in the queue.
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

//! Ports to outside systems: the trait of payment providers and the types that cross it. Any provider fits that can host a payment page,
//! sign its events and answer for the status of a payment. Adapters are in `payments::gateways`.

use chrono::TimeDelta;
use contracts::money::Money;
use futures::future::BoxFuture;

/// A provider that collects money.
pub trait PaymentGateway: Send + Sync {
    /// Its name, as stored with attempts and events.
    fn name(&self) -> &'static str;

    /// Opens a hosted payment page. Safe to repeat with the same `idempotency_key`.
    fn open_session<'a>(
        &'a self,
        request: &'a SessionRequest,
    ) -> BoxFuture<'a, Result<GatewaySession, GatewayError>>;

    /// Asks what became of a payment.
    fn payment<'a>(
        &'a self,
        gateway_payment_id: &'a str,
    ) -> BoxFuture<'a, Result<GatewayPayment, GatewayError>>;

    /// Closes a payment page: from then on nobody can pay there. A page that is closed already is no error.
    fn close_session<'a>(&'a self, gateway_session_id: &'a str) -> BoxFuture<'a, Result<(), GatewayError>>;

    /// Reads an event after its signature verified (Standard Webhooks: HMAC-SHA-256 over id, time and body, five minutes' tolerance).
    fn verify_event(&self, headers: &WebhookHeaders, body: &[u8]) -> Result<WebhookEvent, GatewayError>;
}

/// What a hosted payment page needs to know. No personal data leaves the house with it.
#[derive(Clone, Debug)]
pub struct SessionRequest {
    /// Same key, same session.
    pub idempotency_key: String,
    /// How much.
    pub amount: Money,
    /// Our payment's id; comes back with every event.
    pub reference: String,
    /// What the payer reads.
    pub description: String,
    /// Where the browser goes afterwards.
    pub success_url: String,
    /// Where it goes when the payer gives up.
    pub cancel_url: String,
    /// How long the page stays open, counted from its opening. A length, not a moment: a repeated request must be the
    /// same to the byte.
    pub open_for: TimeDelta,
}

/// An open payment page.
#[derive(Clone, Debug)]
pub struct GatewaySession {
    /// The provider's id of the page.
    pub session_id: String,
    /// The provider's id of the payment.
    pub payment_id: String,
    /// Where the payer goes.
    pub url: String,
}

/// A payment, as the provider sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayPayment {
    /// The provider's id.
    pub payment_id: String,
    /// Our payment's id, as we gave it.
    pub reference: String,
    /// Its state.
    pub status: GatewayPaymentStatus,
    /// What was asked for.
    pub amount: Money,
    /// What was collected, in minor units, whatever became of it.
    pub captured_minor: i64,
    /// What was sent back of it, in minor units.
    pub refunded_minor: i64,
    /// What the provider keeps for it, in minor units.
    pub fee_minor: i64,
    /// Why it failed, in the provider's code.
    pub failure_code: Option<String>,
}

impl GatewayPayment {
    /// Whether all that was collected was sent back.
    pub const fn is_returned(&self) -> bool {
        self.refunded_minor > 0 && self.refunded_minor >= self.captured_minor
    }
}

/// States every provider has, whatever it calls them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayPaymentStatus {
    /// The payer has not finished.
    Open,
    /// The provider itself does not know yet.
    Processing,
    /// The bank agreed; not collected yet.
    Authorised,
    /// Collected; some or all of it may have been sent back since.
    Captured,
    /// Refused, expired or abandoned.
    Failed,
}

/// The three headers of Standard Webhooks.
#[derive(Clone, Debug, Default)]
pub struct WebhookHeaders {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`, seconds since 1970.
    pub timestamp: String,
    /// `webhook-signature`.
    pub signature: String,
}

/// An event whose signature verified.
#[derive(Clone, Debug)]
pub struct WebhookEvent {
    /// Unique at the provider; seen twice, it is the same event.
    pub event_id: String,
    /// `payment.captured` and so on.
    pub kind: String,
    /// The payment it is about, if it is about one.
    pub payment: Option<GatewayPayment>,
    /// The body, to keep.
    pub payload: serde_json::Value,
}

/// Why the provider was no help.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// No connection, a time-out or a 5xx: the outcome is unknown.
    #[error("the payment provider does not answer")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It answered that it knows no such page or payment.
    #[error("the payment provider does not know it")]
    NotFound,
    /// It answered and refused.
    #[error("the payment provider refused: {0}")]
    Refused(String),
    /// It answered something we do not understand.
    #[error("the payment provider's answer cannot be read: {0}")]
    Unreadable(String),
    /// The signature of an event is missing, wrong or too old.
    #[error("the event is not signed by the payment provider")]
    BadSignature,
    /// The event is genuine, and its time is so many seconds behind ours (negative: ahead), more than is tolerated.
    #[error("the event was signed {0} seconds ago according to our clock")]
    ClockSkew(i64),
}

/// A house without a payment provider: everything works but paying.
pub struct NoGateway;

impl PaymentGateway for NoGateway {
    fn name(&self) -> &'static str {
        "none"
    }

    fn open_session<'a>(
        &'a self,
        _: &'a SessionRequest,
    ) -> BoxFuture<'a, Result<GatewaySession, GatewayError>> {
        Box::pin(async { Err(GatewayError::Refused("no payment provider is configured".to_owned())) })
    }

    fn payment<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<GatewayPayment, GatewayError>> {
        Box::pin(async { Err(GatewayError::Refused("no payment provider is configured".to_owned())) })
    }

    fn close_session<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), GatewayError>> {
        Box::pin(async { Err(GatewayError::Refused("no payment provider is configured".to_owned())) })
    }

    fn verify_event(&self, _: &WebhookHeaders, _: &[u8]) -> Result<WebhookEvent, GatewayError> {
        Err(GatewayError::BadSignature)
    }
}

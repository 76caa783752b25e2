//! Payment providers: the trait of their adapters, the types that cross it, and the registry of those that are configured. Any provider fits
//! that can host a payment page, sign its events and answer for the status of a payment. Adapters are in `payments::gateways`.

use std::sync::Arc;

use chrono::TimeDelta;
use contracts::{
    money::{Currency, Money},
    payments::DisputeStatus,
};
use futures::future::BoxFuture;
use reqwest::header::HeaderMap;

/// A provider that collects money.
pub trait Gateway: Send + Sync {
    /// Its name, as stored with attempts and events and as it stands in the address of its webhook.
    fn name(&self) -> &'static str;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Opens a hosted payment page. Safe to repeat with the same `idempotency_key`.
    fn create_session<'a>(
        &'a self,
        request: &'a SessionRequest,
    ) -> BoxFuture<'a, Result<GatewaySession, GatewayError>>;

    /// Asks what became of a payment.
    fn status<'a>(
        &'a self,
        gateway_payment_id: &'a str,
    ) -> BoxFuture<'a, Result<GatewayPayment, GatewayError>>;

    /// Closes a payment page: from then on nobody can pay there. A page that is closed already is no error.
    fn close<'a>(&'a self, gateway_session_id: &'a str) -> BoxFuture<'a, Result<(), GatewayError>>;

    /// Reads an event after its signature verified; the headers are those of the request that brought it.
    fn parse_webhook(&self, headers: &HeaderMap, body: &[u8]) -> Result<WebhookEvent, GatewayError>;
}

/// What a provider can do, as far as providers differ.
#[derive(Clone, Copy, Debug)]
pub struct Capabilities {
    /// The currencies it collects.
    pub currencies: &'static [Currency],
    /// Minimum time a page is opened for.
    pub min_open_for: TimeDelta,
}

/// The configured payment providers. A new attempt begins at the first that collects its currency and stays there to its end.
#[derive(Clone, Default)]
pub struct Gateways(Vec<Arc<dyn Gateway>>);

impl Gateways {
    /// Registers adapters, the preferred one first. Of two with one name the first is used.
    pub fn new(adapters: impl IntoIterator<Item = Arc<dyn Gateway>>) -> Self {
        Self(adapters.into_iter().collect())
    }

    /// Returns the provider that a new attempt begins at; one that refuses everything when nobody collects the currency.
    pub fn choose(&self, currency: Currency) -> &dyn Gateway {
        let collects = |adapter: &&Arc<dyn Gateway>| adapter.capabilities().currencies.contains(&currency);
        self.0.iter().find(collects).map_or(&StandIn::Nobody, AsRef::as_ref)
    }

    /// Returns the provider of this name; `None` when it is not configured.
    pub fn find(&self, name: &str) -> Option<&dyn Gateway> {
        self.0.iter().map(AsRef::as_ref).find(|adapter| adapter.name() == name)
    }

    /// Returns the provider that an attempt began at. One that is not configured any more answers nothing useful: its pages may be open and
    /// paid, so the outcome is unknown.
    pub fn of_attempt(&self, name: &str) -> &dyn Gateway {
        let is_nobodys = name == StandIn::Nobody.name();
        self.find(name).unwrap_or(if is_nobodys { &StandIn::Nobody } else { &StandIn::Missing })
    }
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
    /// The payer's objection at their bank; `None`: there was none.
    pub dispute: Option<DisputeStatus>,
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

/// An event whose signature verified.
#[derive(Clone, Debug)]
pub struct WebhookEvent {
    /// Unique at the provider; seen twice, it is the same event.
    pub event_id: String,
    /// `payment.captured` and so on.
    pub kind: String,
    /// The payment it is about, if it is about one.
    pub payment: Option<GatewayPayment>,
    /// The body as JSON, to look things up in.
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

/// Stands where no adapter does.
enum StandIn {
    /// Takes the attempts in a currency that nobody collects: it refuses to open a page.
    Nobody,
    /// Takes the place of a provider that is not configured any more: nothing useful is known.
    Missing,
}

impl StandIn {
    fn error(&self) -> GatewayError {
        match self {
            Self::Nobody => GatewayError::Refused("nobody collects this currency".to_owned()),
            Self::Missing => GatewayError::Unreadable("the provider is not configured".to_owned()),
        }
    }
}

impl Gateway for StandIn {
    fn name(&self) -> &'static str {
        match self {
            Self::Nobody => "none",
            Self::Missing => "missing",
        }
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { currencies: &[], min_open_for: TimeDelta::zero() }
    }

    fn create_session<'a>(
        &'a self,
        _: &'a SessionRequest,
    ) -> BoxFuture<'a, Result<GatewaySession, GatewayError>> {
        Box::pin(async { Err(self.error()) })
    }

    fn status<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<GatewayPayment, GatewayError>> {
        Box::pin(async { Err(self.error()) })
    }

    fn close<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), GatewayError>> {
        Box::pin(async { Err(self.error()) })
    }

    fn parse_webhook(&self, _: &HeaderMap, _: &[u8]) -> Result<WebhookEvent, GatewayError> {
        Err(GatewayError::BadSignature)
    }
}

//! What every adapter of a payment provider must do, whatever the provider: one suite, run against each adapter with the provider's own test
//! means behind it.

use std::sync::Arc;

use chrono::TimeDelta;
use contracts::money::{Currency, Money};
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderValue};
use services::platform::{
    Gateway, GatewayError, GatewayPayment, GatewayPaymentStatus, GatewaySession, SessionRequest,
};

/// An event as the provider delivered it.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Headers of the request.
    pub headers: HeaderMap,
    /// Body of the request, byte for byte.
    pub body: Vec<u8>,
}

/// The provider's side: its payers, its events and its breakdowns, by whatever means it offers to those who test.
pub trait GatewayBench: Send + Sync {
    /// The adapter under test.
    fn adapter(&self) -> Arc<dyn Gateway>;

    /// Pays on the hosted page; the money is collected.
    fn pay<'a>(&'a self, session: &'a GatewaySession) -> BoxFuture<'a, ()>;

    /// Pays on the hosted page with a card that is refused, and gives up.
    fn fail<'a>(&'a self, session: &'a GatewaySession) -> BoxFuture<'a, ()>;

    /// Returns the events about all payments so far, oldest first, each as it was delivered; a second call delivers them again.
    fn deliver(&self) -> BoxFuture<'_, Vec<Delivery>>;

    /// Returns an event of this body, genuinely signed `seconds` ago.
    fn sign(&self, seconds: i64, body: &[u8]) -> Delivery;

    /// Makes the provider's API break down, or work again.
    fn break_down(&self, is_down: bool) -> BoxFuture<'_, ()>;
}

/// Runs the whole suite.
///
/// # Panics
/// When the adapter breaks a rule; the message names it.
pub async fn assert_gateway_conforms(bench: &dyn GatewayBench) {
    opens_one_page_per_key(bench).await;
    reports_what_was_paid(bench).await;
    reports_what_was_refused(bench).await;
    closes_a_page_for_good(bench).await;
    tells_unknown_from_unreachable(bench).await;
    reads_genuine_events_only(bench).await;
}

fn request(adapter: &dyn Gateway, key: &str) -> SessionRequest {
    let capabilities = adapter.capabilities();
    let currency: Currency = *capabilities.currencies.first().expect("it collects a currency");
    SessionRequest {
        idempotency_key: key.to_owned(),
        amount: Money::new(2_500, currency),
        reference: format!("reference-of-{key}"),
        description: "A conformance run".to_owned(),
        success_url: "https://hcts.example/back".to_owned(),
        cancel_url: "https://hcts.example/back".to_owned(),
        open_for: capabilities.min_open_for.max(TimeDelta::minutes(30)),
    }
}

async fn open(adapter: &dyn Gateway, key: &str) -> GatewaySession {
    adapter.create_session(&request(adapter, key)).await.expect("a page opens")
}

async fn status(adapter: &dyn Gateway, session: &GatewaySession) -> GatewayPayment {
    adapter.status(&session.payment_id).await.expect("a known payment has a status")
}

async fn opens_one_page_per_key(bench: &dyn GatewayBench) {
    let adapter = bench.adapter();
    assert!(!adapter.name().is_empty() && adapter.name().bytes().all(|byte| byte.is_ascii_lowercase()));
    let (first, again) = (open(&*adapter, "key-1").await, open(&*adapter, "key-1").await);
    assert_eq!(
        (&first.session_id, &first.payment_id, &first.url),
        (&again.session_id, &again.payment_id, &again.url)
    );
    let other = open(&*adapter, "key-2").await;
    assert!(other.session_id != first.session_id && other.payment_id != first.payment_id);
    let dearer = SessionRequest {
        amount: Money::new(9_999, request(&*adapter, "x").amount.currency),
        ..request(&*adapter, "key-1")
    };
    let refused = adapter.create_session(&dearer).await.expect_err("a key is not used for another amount");
    assert!(
        matches!(refused, GatewayError::Unreadable(_)),
        "a page may be open under this key, so its outcome is not known: {refused}"
    );
    let payment = status(&*adapter, &first).await;
    assert_eq!(payment.status, GatewayPaymentStatus::Open);
    assert_eq!((payment.payment_id, payment.reference), (first.payment_id, "reference-of-key-1".to_owned()));
    assert_eq!((payment.captured_minor, payment.refunded_minor, payment.fee_minor), (0, 0, 0));
}

async fn reports_what_was_paid(bench: &dyn GatewayBench) {
    let adapter = bench.adapter();
    let session = open(&*adapter, "paid").await;
    bench.pay(&session).await;
    let payment = status(&*adapter, &session).await;
    assert_eq!((payment.status, payment.captured_minor), (GatewayPaymentStatus::Captured, 2_500));
    assert_eq!(payment.amount, request(&*adapter, "paid").amount);
    assert!((0..=2_500).contains(&payment.fee_minor) && payment.failure_code.is_none());
    adapter.close(&session.session_id).await.expect("closing a paid page is no error");
    assert_eq!(status(&*adapter, &session).await, payment, "and changes nothing");
}

async fn reports_what_was_refused(bench: &dyn GatewayBench) {
    let adapter = bench.adapter();
    let session = open(&*adapter, "refused").await;
    bench.fail(&session).await;
    let payment = status(&*adapter, &session).await;
    assert_eq!((payment.status, payment.captured_minor), (GatewayPaymentStatus::Failed, 0));
    assert!(payment.failure_code.is_some_and(|code| !code.is_empty()), "a failure has a code");
}

async fn closes_a_page_for_good(bench: &dyn GatewayBench) {
    let adapter = bench.adapter();
    let session = open(&*adapter, "closed").await;
    adapter.close(&session.session_id).await.expect("it closes");
    adapter.close(&session.session_id).await.expect("and closing it twice is no error");
    assert_eq!(status(&*adapter, &session).await.status, GatewayPaymentStatus::Failed);
}

async fn tells_unknown_from_unreachable(bench: &dyn GatewayBench) {
    let adapter = bench.adapter();
    assert!(matches!(adapter.status("no-such-payment").await, Err(GatewayError::NotFound)));
    assert!(matches!(adapter.close("no-such-page").await, Err(GatewayError::NotFound)));
    bench.break_down(true).await;
    let session = adapter.create_session(&request(&*adapter, "down")).await;
    assert!(matches!(session, Err(GatewayError::Unreachable(_))), "{session:?}");
    assert!(matches!(adapter.status("no-such-payment").await, Err(GatewayError::Unreachable(_))));
    assert!(matches!(adapter.close("no-such-page").await, Err(GatewayError::Unreachable(_))));
    bench.break_down(false).await;
    open(&*adapter, "down").await;
}

async fn reads_genuine_events_only(bench: &dyn GatewayBench) {
    let adapter = bench.adapter();
    let session = open(&*adapter, "told").await;
    bench.pay(&session).await;
    let asked = status(&*adapter, &session).await;
    let deliveries = bench.deliver().await;
    let events: Vec<_> = deliveries
        .iter()
        .map(|told| adapter.parse_webhook(&told.headers, &told.body).expect("a genuine event is read"))
        .collect();
    let told = events.iter().filter_map(|event| event.payment.as_ref());
    assert!(told.into_iter().any(|payment| *payment == asked), "an event says what the status says");
    let again = bench.deliver().await;
    let ids: Vec<_> = events.iter().map(|event| event.event_id.clone()).collect();
    for (told, id) in again.iter().zip(ids) {
        let event = adapter.parse_webhook(&told.headers, &told.body).expect("a repeated event is read");
        assert_eq!(event.event_id, id, "a repeated event has the same id");
    }
    let genuine = deliveries.last().expect("an event");
    refuses_forgeries(&*adapter, genuine);
    let old = bench.sign(3_600, &genuine.body);
    let skewed = adapter.parse_webhook(&old.headers, &old.body);
    assert!(matches!(skewed, Err(GatewayError::ClockSkew(3_600..=3_700))), "{skewed:?}");
    let garbage = bench.sign(0, b"no event");
    let unreadable = adapter.parse_webhook(&garbage.headers, &garbage.body);
    assert!(matches!(unreadable, Err(GatewayError::Unreadable(_))), "{unreadable:?}");
}

/// A byte changed, a header left out, changed, or filled with nonsense.
fn refuses_forgeries(adapter: &dyn Gateway, genuine: &Delivery) {
    let assert_forged = |headers: &HeaderMap, body: &[u8], what: &str| {
        let answer = adapter.parse_webhook(headers, body);
        assert!(matches!(answer, Err(GatewayError::BadSignature)), "{what}: {answer:?}");
    };
    for at in 0..genuine.body.len() {
        let mut body = genuine.body.clone();
        body[at] ^= 1;
        assert_forged(&genuine.headers, &body, "a changed byte");
    }
    assert_forged(&HeaderMap::new(), &genuine.body, "no headers");
    let signed: Vec<_> = genuine
        .headers
        .keys()
        .filter(|name| {
            let mut without = genuine.headers.clone();
            without.remove(*name);
            adapter.parse_webhook(&without, &genuine.body).is_err()
        })
        .collect();
    assert!(!signed.is_empty(), "a header carries the signature");
    for name in signed {
        for nonsense in ["", "x", "-9223372036854775808", "9223372036854775807", "١٢٣٤٥٦٧٨٩"] {
            let mut headers = genuine.headers.clone();
            headers.insert(name, HeaderValue::from_bytes(nonsense.as_bytes()).expect("a header"));
            assert_forged(&headers, &genuine.body, nonsense);
        }
    }
}

//! A payment provider that is slow, does not answer or answers garbage: pages are opened side by side, and buyers and the console are
//! told what is known.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use contracts::{
    identity::OrganisationKind,
    ids::PurchaseId,
    money::Currency,
    states::{PaymentStatus, PurchaseStatus},
};
use futures::{
    FutureExt,
    future::{BoxFuture, ready},
};
use http::HeaderMap;
use services::{
    compliance, orders,
    platform::{
        Capabilities, Gateway, GatewayError, GatewayPayment, GatewaySession, SessionRequest, WebhookEvent,
    },
    settlement,
};
use testkit::{Goods, Member, TestApp};
use tokio::{sync::Barrier, time::timeout};

use crate::{
    payments::{count, deal, finish},
    trade::{add, buy, order_of},
};

const EURO: Currency = Currency::Eur;
/// More than enough for what happens at once; what waits for one another in turn never ends.
const AT_MOST: Duration = Duration::from_mins(1);

/// What a provider does when it is asked to open a page.
#[derive(Clone)]
enum Opening {
    At(Arc<Barrier>),
    Fails,
    Garbage,
    Works,
}

/// A provider that opens pages as it is told, and whose word on a payment cannot be read.
struct Provider {
    opening: Mutex<Opening>,
    opened: AtomicUsize,
}

impl Provider {
    fn new(opening: Opening) -> Arc<Self> {
        Arc::new(Self { opening: Mutex::new(opening), opened: AtomicUsize::new(0) })
    }

    fn open_as(&self, opening: Opening) {
        *self.opening.lock().unwrap() = opening;
    }

    async fn open(&self, key: &str) -> Result<GatewaySession, GatewayError> {
        let opening = self.opening.lock().unwrap().clone();
        match opening {
            // no page is opened before all of them are asked for
            Opening::At(all) => {
                all.wait().await;
            }
            Opening::Fails => return Err(GatewayError::Unreachable("the line is cut".into())),
            Opening::Garbage => return Err(GatewayError::Unreadable("expected value at line 1".into())),
            Opening::Works => {}
        }
        self.opened.fetch_add(1, Ordering::Relaxed);
        let url = format!("http://localhost/pay/{key}");
        Ok(GatewaySession { session_id: key.to_owned(), payment_id: ["payment-", key].concat(), url })
    }
}

impl Gateway for Provider {
    fn name(&self) -> &'static str {
        "provider"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { currencies: Currency::ALL, min_open_for: TimeDelta::zero() }
    }

    fn create_session<'a>(
        &'a self,
        request: &'a SessionRequest,
    ) -> BoxFuture<'a, Result<GatewaySession, GatewayError>> {
        self.open(&request.idempotency_key).boxed()
    }

    fn status<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<GatewayPayment, GatewayError>> {
        ready(Err(GatewayError::Unreadable("expected value at line 1".into()))).boxed()
    }

    fn close<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), GatewayError>> {
        ready(Ok(())).boxed()
    }

    fn parse_webhook(&self, _: &HeaderMap, _: &[u8]) -> Result<WebhookEvent, GatewayError> {
        Err(GatewayError::BadSignature)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn payment_pages_of_one_checkout_in_two_currencies_open_side_by_side() {
    let app = TestApp::with_gateway(Provider::new(Opening::At(Arc::new(Barrier::new(2))))).await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    for currency in [EURO, Currency::Usd] {
        let service = app.service(&clinic, &Goods::at(2_500, currency)).await;
        add(&insurer, service, 1).await;
    }
    let order = order_of(&insurer, "two-currencies").await;
    let opened = timeout(AT_MOST, orders::purchase_initiate(&insurer.ctx, order)).await;
    let purchases = opened.expect("a page waited for another one").unwrap().purchases;
    assert_eq!(purchases.len(), 2);
    assert!(purchases.iter().all(|purchase| purchase.payment.hosted_url.is_some()));
    finish(&app).await;
}

/// The backlog of an outage is gone with the first round after it.
#[tokio::test(flavor = "multi_thread")]
async fn twenty_seven_pages_that_wait_for_a_provider_are_opened_at_once_when_it_is_back() {
    const WAITING: usize = 27;
    let provider = Provider::new(Opening::Fails);
    let app = TestApp::with_gateway(provider.clone()).await;
    let first = deal(&app, Goods::at(2_500, EURO), 1).await;
    for at in 1..WAITING {
        add(&first.insurer, first.service, 1).await;
        buy(&first.insurer, &format!("waiting-{at}")).await;
    }
    for _ in 0..5 {
        app.clock.advance(TimeDelta::minutes(2));
        assert_eq!(settlement::sweep(&app.system()).await.unwrap(), WAITING);
    }
    provider.open_as(Opening::At(Arc::new(Barrier::new(WAITING))));
    // somebody waits for each: however long the outage was, all are asked for again within ten seconds
    app.clock.advance(TimeDelta::seconds(11));
    let system = app.system();
    let asked = timeout(AT_MOST, settlement::sweep(&system)).await.expect("one waited for another");
    assert_eq!(asked.unwrap(), WAITING);
    assert_eq!(provider.opened.load(Ordering::Relaxed), WAITING);
    let open = "SELECT count(*) AS n FROM payments WHERE status = 'pending'";
    assert_eq!(count(&app, open).await, i64::try_from(WAITING).unwrap());
    app.assert_laws().await;
}

async fn result_page(buyer: &Member<'_>, purchase: PurchaseId) -> String {
    buyer.get(&format!("/purchases/{purchase}/result")).await.text()
}

/// "Don't pay again" is advice for who has seen a payment page.
#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_payment_page_is_told_that_nothing_is_paid_and_what_to_expect() {
    for opening in [Opening::Fails, Opening::Garbage] {
        let app = TestApp::with_gateway(Provider::new(opening)).await;
        let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
        assert_eq!(deal.purchase.payment.status, PaymentStatus::Unknown);
        let page = result_page(&deal.insurer, deal.purchase.id).await;
        for expected in [
            "The payment page is not open yet",
            "We keep trying to open its page. Nothing has been paid; your units are reserved.",
        ] {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        for wrong in ["pay again", "payment page, then return", "If you have paid"] {
            assert!(!page.contains(wrong), "{wrong}: {page}");
        }
        finish(&app).await;
    }
}

/// A page was seen and may have been paid, and the provider's word on it cannot be read.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_have_paid_at_a_provider_that_answers_garbage_is_not_sent_to_pay() {
    let app = TestApp::with_gateway(Provider::new(Opening::Works)).await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    let page = result_page(&deal.insurer, deal.purchase.id).await;
    assert!(page.contains("Pay on the payment page") && page.contains("http://localhost/pay/"), "{page}");
    assert_eq!(deal.refresh().await, PaymentStatus::Unknown);
    let page = result_page(&deal.insurer, deal.purchase.id).await;
    assert!(page.contains("has not confirmed the outcome yet"), "{page}");
    assert!(
        page.contains("If you have paid, don&#x27;t pay again") || page.contains("don't pay again"),
        "{page}"
    );
    for wrong in ["Pay on the payment page", "http://localhost/pay/", "Nothing has been paid"] {
        assert!(!page.contains(wrong), "{wrong}: {page}");
    }
    let purchase = deal.purchase().await;
    assert_eq!(purchase.status, PurchaseStatus::AwaitingPayment);
    let raised = "SELECT count(*) AS n FROM security_events WHERE kind = 'payment_unresolved'";
    assert_eq!(count(&app, raised).await, 1, "the console hears of it");
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_counts_three_overdue_payments_and_one_of_unknown_outcome() {
    let app = TestApp::with_gateway(Provider::new(Opening::Works)).await;
    let admin = app.admin().await;
    let first = deal(&app, Goods::at(2_500, EURO), 1).await;
    let buy_another = async |key: &str| {
        add(&first.insurer, first.service, 1).await;
        buy(&first.insurer, key).await.purchases.remove(0)
    };
    for key in ["second-overdue", "third-overdue"] {
        buy_another(key).await;
    }
    let counted = async || compliance::system_status(&admin.ctx).await.unwrap().payments_unknown;
    app.clock.advance(TimeDelta::minutes(34));
    assert_eq!(counted().await, 0, "they have been over for four minutes");
    // no worker runs: their time is over and nobody has asked what became of them
    app.clock.advance(TimeDelta::minutes(2));
    assert_eq!(counted().await, 3);
    let fourth = buy_another("of-unknown-outcome").await;
    assert_eq!(counted().await, 3);
    settlement::payment_refresh(&first.insurer.ctx, fourth.payment.id).await.unwrap();
    assert_eq!(counted().await, 4);
    app.assert_laws().await;
}

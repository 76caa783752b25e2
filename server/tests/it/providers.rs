//! What a payment provider may do that the sandbox does not: lose an answer, keep a page open, send money back, forget.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    error::ErrorCode,
    ids::PurchaseId,
    money::Currency,
    orders::PurchaseComplete,
    payments::DisputeStatus,
    states::{CertificateStatus, PaymentStatus, PurchaseStatus},
};
use futures::future::{BoxFuture, ready};
use http::HeaderMap;
use services::{
    OpCtx, orders,
    platform::{
        Capabilities, Clock, Gateway, GatewayError, GatewayPayment, GatewayPaymentStatus, GatewaySession,
        Keys, ManualClock, Platform, SessionRequest, WebhookEvent,
    },
    settlement, worker,
};
use testkit::{Goods, Member, TestApp};

use crate::payments::{Deal, count, deal, finish};

const EURO: Currency = Currency::Eur;

#[derive(Default)]
struct Book {
    /// Every request for a page, in order.
    asked: Vec<SessionRequest>,
    payments: HashMap<String, GatewayPayment>,
    closed: Vec<String>,
    loses_answers: bool,
    is_forgetful: bool,
}

/// A provider that does as it is told.
#[derive(Default)]
struct Provider(Mutex<Book>);

impl Provider {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap()
    }

    /// What the provider will say of the payment of the page that was opened last.
    fn says(&self, status: GatewayPaymentStatus, refunded_minor: i64) {
        let mut book = self.book();
        let id = payment_id(&book.asked.last().unwrap().idempotency_key);
        let payment = book.payments.get_mut(&id).unwrap();
        payment.status = status;
        if status == GatewayPaymentStatus::Captured {
            (payment.captured_minor, payment.refunded_minor) = (payment.amount.amount_minor, refunded_minor);
        }
    }
}

fn payment_id(key: &str) -> String {
    ["payment-", key].concat()
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
        let mut book = self.book();
        book.asked.push(request.clone());
        let key = &request.idempotency_key;
        book.payments.entry(payment_id(key)).or_insert_with(|| GatewayPayment {
            payment_id: payment_id(key),
            reference: request.reference.clone(),
            status: GatewayPaymentStatus::Open,
            amount: request.amount,
            captured_minor: 0,
            refunded_minor: 0,
            fee_minor: 0,
            dispute: None,
            failure_code: None,
        });
        let answer = if book.loses_answers {
            Err(GatewayError::Unreachable("the line is cut".into()))
        } else {
            let url = format!("http://localhost/pay/{key}");
            Ok(GatewaySession { session_id: key.clone(), payment_id: payment_id(key), url })
        };
        Box::pin(ready(answer))
    }

    fn status<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<GatewayPayment, GatewayError>> {
        let book = self.book();
        let payment = book.payments.get(id).filter(|_| !book.is_forgetful).cloned();
        Box::pin(ready(payment.ok_or(GatewayError::NotFound)))
    }

    fn close<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), GatewayError>> {
        self.book().closed.push(id.to_owned());
        Box::pin(ready(Ok(())))
    }

    fn parse_webhook(&self, _: &HeaderMap, _: &[u8]) -> Result<WebhookEvent, GatewayError> {
        Err(GatewayError::BadSignature)
    }
}

async fn with_provider() -> (TestApp, Arc<Provider>) {
    let provider = Arc::new(Provider::default());
    (TestApp::with_gateway(provider.clone()).await, provider)
}

/// A clock that goes on with each look at it, as a real one does.
struct Ticking {
    from: Arc<ManualClock>,
    looks: AtomicI64,
}

impl Clock for Ticking {
    fn now(&self) -> DateTime<Utc> {
        self.from.now() + TimeDelta::milliseconds(700 * self.looks.fetch_add(1, Ordering::Relaxed))
    }
}

/// The same caller in a house whose clock ticks.
fn ticking(app: &TestApp, member: &Member<'_>) -> OpCtx {
    let ground = &app.platform;
    let platform = Platform {
        db: ground.db.clone(),
        clock: Arc::new(Ticking { from: app.clock.clone(), looks: AtomicI64::new(0) }),
        gateways: ground.gateways.clone(),
        mailer: ground.mailer.clone(),
        keys: Keys::from_seeds([1; 32], [2; 32]).unwrap(),
        settings: ground.settings.clone(),
    };
    OpCtx::new(Arc::new(platform), member.ctx.caller().clone())
}

async fn cancel(member: &Member<'_>, purchase_id: PurchaseId) -> Result<PurchaseStatus, ErrorCode> {
    let done = orders::purchase_cancel(&member.ctx, purchase_id).await;
    done.map(|purchase| purchase.status).map_err(|error| error.code)
}

async fn alarms(app: &TestApp, kind: &str) -> i64 {
    count(app, &format!("SELECT count(*) AS n FROM security_events WHERE kind = '{kind}'")).await
}

fn status(deal: &Deal<'_>, payment: PaymentStatus) -> (PurchaseStatus, PaymentStatus, PurchaseId) {
    (PurchaseStatus::AwaitingPayment, payment, deal.purchase.id)
}

async fn standing(deal: &Deal<'_>) -> (PurchaseStatus, PaymentStatus, PurchaseId) {
    let purchase = deal.purchase().await;
    (purchase.status, purchase.payment.status, purchase.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_answer_was_lost_is_asked_for_again_in_the_same_words() {
    let (app, provider) = with_provider().await;
    app.admin().await;
    let clinic = app.organisation(contracts::identity::OrganisationKind::Provider).await;
    let insurer = app.organisation(contracts::identity::OrganisationKind::Insurer).await;
    let service = app.service(&clinic, &Goods::at(2_500, EURO)).await;
    crate::trade::add(&insurer, service, 1).await;
    let order = crate::trade::order_of(&insurer, "lost-answer").await;
    let real = ticking(&app, &insurer);

    provider.book().loses_answers = true;
    let purchase = orders::purchase_initiate(&real, order).await.unwrap().purchases.remove(0);
    assert_eq!((purchase.payment.status, purchase.payment.hosted_url), (PaymentStatus::Unknown, None));
    provider.book().loses_answers = false;
    let found = orders::purchase_pay(&real, purchase.id).await.unwrap();
    assert_eq!((found.status, found.attempts), (PaymentStatus::Pending, 1));

    // and so is that of a second attempt
    provider.says(GatewayPaymentStatus::Failed, 0);
    settlement::payment_refresh(&real, purchase.payment.id).await.unwrap();
    provider.book().loses_answers = true;
    assert_eq!(orders::purchase_pay(&real, purchase.id).await.unwrap().status, PaymentStatus::Unknown);
    provider.book().loses_answers = false;
    assert_eq!(orders::purchase_pay(&real, purchase.id).await.unwrap().attempts, 2);
    let asked: Vec<String> = provider.book().asked.iter().map(|request| format!("{request:?}")).collect();
    assert_eq!(asked.len(), 4);
    assert_eq!((&asked[0], &asked[2]), (&asked[1], &asked[3]));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_stays_open_after_a_decline_is_closed_before_anything_else() {
    let (app, provider) = with_provider().await;
    let deal = deal(&app, Goods::at(2_500, EURO).only(1), 1).await;
    provider.says(GatewayPaymentStatus::Failed, 0);
    assert_eq!(deal.refresh().await, PaymentStatus::Failed);
    assert!(provider.book().closed.is_empty());

    // the payer pays there nevertheless, and gives the purchase up or pays once more before we know
    provider.says(GatewayPaymentStatus::Captured, 0);
    assert_eq!(cancel(&deal.insurer, deal.purchase.id).await, Err(ErrorCode::WrongState));
    let again = orders::purchase_pay(&deal.insurer.ctx, deal.purchase.id).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::PaymentUnknown);
    app.clock.advance(TimeDelta::hours(1));
    assert_eq!(orders::purchases_expire_due(&app.system()).await.unwrap(), 0);
    assert_eq!(provider.book().closed.len(), 3, "each of them closed it first");
    assert_eq!(provider.book().asked.len(), 1);
    assert_eq!(standing(&deal).await, status(&deal, PaymentStatus::Failed));

    provider.says(GatewayPaymentStatus::Failed, 0);
    assert_eq!(orders::purchases_expire_due(&app.system()).await.unwrap(), 1);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_went_back_is_no_news_of_old_and_told_once() {
    let (app, provider) = with_provider().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    provider.says(GatewayPaymentStatus::Captured, 0);
    assert_eq!(deal.refresh().await, PaymentStatus::Captured);
    deal.assert_paid().await;
    let mut said = provider.book().payments.values().next().unwrap().clone();
    for (refunded, told) in [(0, 0), (1_000, 1), (1_000, 1), (2_500, 2)] {
        said.refunded_minor = refunded;
        settlement::payment_apply_answer(&app.system(), deal.purchase.payment.id, said.clone())
            .await
            .unwrap();
        assert_eq!(alarms(&app, "payment_returned").await, told);
    }
    assert_eq!(alarms(&app, "payment_mismatch").await, 0);
    let purchase = deal.purchase().await;
    assert_eq!(
        (purchase.status, purchase.payment.status),
        (PurchaseStatus::Cancelled, PaymentStatus::Refunded)
    );
    finish(&app).await;
}

/// A payer's bank takes the money back, or does not, and the payer may say so in any order.
#[tokio::test(flavor = "multi_thread")]
async fn certificates_of_a_disputed_payment_wait_for_the_end_of_the_dispute() {
    use DisputeStatus::{Lost, Open, Won};

    let valid = (PaymentStatus::Won, CertificateStatus::Issued);
    let revoked = (PaymentStatus::Lost, CertificateStatus::Revoked);
    for (told, (end, certificate)) in [
        (vec![Open], (PaymentStatus::Disputed, CertificateStatus::Suspended)),
        (vec![Open, Won], valid),
        (vec![Won, Open, Won], valid),
        (vec![Open, Lost], revoked),
        (vec![Lost, Open], revoked),
    ] {
        let (app, provider) = with_provider().await;
        let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
        provider.says(GatewayPaymentStatus::Captured, 0);
        assert_eq!(deal.refresh().await, PaymentStatus::Captured);
        for dispute in told {
            let mut said = provider.book().payments.values().next().unwrap().clone();
            said.dispute = Some(dispute);
            let system = app.system();
            settlement::payment_apply_answer(&system, deal.purchase.payment.id, said).await.unwrap();
            finish(&app).await;
        }
        assert_eq!(deal.purchase().await.payment.status, end);
        let held = format!("SELECT count(*) AS n FROM certificates WHERE status = '{certificate}'");
        assert_eq!(count(&app, &held).await, 1, "{end}: {certificate}");
        finish(&app).await;
    }
}

/// The first page is paid after the second: once the money of one of them is sent back, the sale stands on that of the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_sale_stands_as_long_as_the_price_of_one_of_two_paid_attempts_is_there() {
    for first_goes_back in [true, false] {
        let (app, provider) = with_provider().await;
        let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
        provider.says(GatewayPaymentStatus::Failed, 0);
        assert_eq!(deal.refresh().await, PaymentStatus::Failed);
        orders::purchase_pay(&deal.insurer.ctx, deal.purchase.id).await.unwrap();
        let keys: Vec<String> =
            provider.book().asked.iter().map(|asked| payment_id(&asked.idempotency_key)).collect();
        let say = async |key: &str, refunded_minor: i64| {
            let mut said = provider.book().payments[key].clone();
            said.status = GatewayPaymentStatus::Captured;
            (said.captured_minor, said.refunded_minor) = (2_500, refunded_minor);
            settlement::payment_apply_answer(&app.system(), deal.purchase.payment.id, said).await.unwrap();
        };
        say(&keys[1], 0).await;
        say(&keys[0], 0).await;
        assert_eq!(alarms(&app, "payment_mismatch").await, 1, "the price is there twice");
        let (back, stays) = if first_goes_back { (0, 1) } else { (1, 0) };
        say(&keys[back], 2_500).await;
        deal.assert_paid().await;
        finish(&app).await;
        say(&keys[stays], 2_500).await;
        let purchase = deal.purchase().await;
        assert_eq!(
            (purchase.status, purchase.payment.status),
            (PurchaseStatus::Cancelled, PaymentStatus::Refunded)
        );
        finish(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_came_and_went_before_we_heard_of_it_buys_nothing() {
    let (app, provider) = with_provider().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    provider.says(GatewayPaymentStatus::Captured, 2_500);
    for _ in 0..3 {
        assert_eq!(deal.refresh().await, PaymentStatus::Refunded);
    }
    assert_eq!(alarms(&app, "payment_returned").await, 1, "however often it is said");
    let purchase = deal.purchase().await;
    assert_eq!((purchase.status, purchase.payment.refund_due()), (PurchaseStatus::Cancelled, None));
    assert_eq!(count(&app, "SELECT count(*) AS n FROM certificates").await, 0);
    assert_eq!(cancel(&deal.insurer, deal.purchase.id).await, Ok(PurchaseStatus::Cancelled));
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_cancelled_after_its_money_came_and_went_is_not_paid_by_late_news_of_the_capture() {
    let (app, provider) = with_provider().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    provider.says(GatewayPaymentStatus::Captured, 2_500);
    assert_eq!(cancel(&deal.insurer, deal.purchase.id).await, Ok(PurchaseStatus::Cancelled));
    let mut said = provider.book().payments.values().next().unwrap().clone();
    said.refunded_minor = 0;
    settlement::payment_apply_answer(&app.system(), deal.purchase.payment.id, said).await.unwrap();
    let purchase = deal.purchase().await;
    assert_eq!(
        (purchase.status, purchase.payment.status),
        (PurchaseStatus::Cancelled, PaymentStatus::Refunded)
    );
    assert_eq!((alarms(&app, "payment_returned").await, alarms(&app, "payment_refund_due").await), (1, 0));
    finish(&app).await;
}

/// Two payments that failed, of which somebody paid the page after all; the events were lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_capture_after_a_failure_is_found_by_the_buyer_who_returns_and_by_the_sweep() {
    for buyer_returns in [true, false] {
        let (app, provider) = with_provider().await;
        let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
        provider.book().is_forgetful = true;
        assert_eq!(deal.refresh().await, PaymentStatus::Failed);
        provider.book().is_forgetful = false;
        assert_eq!(deal.refresh().await, PaymentStatus::Failed, "a page that is open again is no news");
        provider.says(GatewayPaymentStatus::Captured, 0);
        if buyer_returns {
            let command = PurchaseComplete { purchase_id: deal.purchase.id };
            settlement::purchase_complete(&deal.insurer.ctx, command).await.unwrap();
        } else {
            app.clock.advance(TimeDelta::minutes(31));
            worker::round(&app.system()).await.unwrap();
        }
        deal.assert_paid().await;
        finish(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_the_provider_forgets_is_begun_anew_or_given_up_by_its_buyer_at_once() {
    let (app, provider) = with_provider().await;
    let deal = deal(&app, Goods::at(2_500, EURO).only(1), 1).await;
    provider.book().is_forgetful = true;
    assert_eq!(deal.refresh().await, PaymentStatus::Failed);
    let text = deal.purchase().await.payment.failure_text();
    assert_eq!(text, Some("The payment provider no longer has a record of this payment."));
    let again = orders::purchase_pay(&deal.insurer.ctx, deal.purchase.id).await.unwrap();
    assert_eq!((again.status, again.attempts), (PaymentStatus::Pending, 2));
    assert!(again.hosted_url.is_some());
    assert_eq!(cancel(&deal.insurer, deal.purchase.id).await, Ok(PurchaseStatus::Cancelled));
    assert_eq!(cancel(&deal.insurer, deal.purchase.id).await, Ok(PurchaseStatus::Cancelled), "and stays so");

    // should the money come after all, it has to go back
    provider.book().is_forgetful = false;
    provider.says(GatewayPaymentStatus::Captured, 0);
    let said = provider.book().payments.values().find(|payment| payment.captured_minor > 0).unwrap().clone();
    settlement::payment_apply_answer(&app.system(), deal.purchase.payment.id, said).await.unwrap();
    assert_eq!((alarms(&app, "payment_refund_due").await, alarms(&app, "payment_mismatch").await), (1, 0));
    let purchase = deal.purchase().await;
    assert_eq!(
        (purchase.status, purchase.payment.refund_due()),
        (PurchaseStatus::Cancelled, Some(purchase.total))
    );
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_payments_that_the_provider_forgets_are_a_few_alarms_with_a_count() {
    let (app, provider) = with_provider().await;
    let first = deal(&app, Goods::at(2_500, EURO), 1).await;
    for at in 0..11 {
        crate::trade::add(&first.insurer, first.service, 1).await;
        crate::trade::buy(&first.insurer, &format!("forgotten-{at}")).await;
    }
    provider.book().is_forgetful = true;
    app.clock.advance(TimeDelta::minutes(1));
    worker::round(&app.system()).await.unwrap();
    assert_eq!(alarms(&app, "payment_unresolved").await, 2, "at the first and at the tenth");
    let most = "SELECT max((details ->> 'payments_at_least')::bigint) AS n FROM security_events";
    assert_eq!(count(&app, most).await, 10);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paying_again_twice_at_once_leads_to_one_open_page() {
    let (app, provider) = with_provider().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    for _ in 0..6 {
        provider.says(GatewayPaymentStatus::Failed, 0);
        assert_eq!(deal.refresh().await, PaymentStatus::Failed);
        let pay = || orders::purchase_pay(&deal.insurer.ctx, deal.purchase.id);
        let (one, other) = tokio::join!(pay(), pay());
        let (one, other) = (one.unwrap().hosted_url.unwrap(), other.unwrap().hosted_url.unwrap());
        assert_eq!(one, other);
        let key = one.rsplit('/').next().unwrap().to_owned();
        assert!(!provider.book().closed.contains(&key), "the page both are led to is open");
    }
    finish(&app).await;
}

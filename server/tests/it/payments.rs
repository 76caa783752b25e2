//! Payments: whatever the payment provider does, money moves once and nothing is issued without it.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use chrono::TimeDelta;
use contracts::{
    compliance::AuditQuery,
    error::ErrorCode,
    identity::OrganisationKind,
    ids::ServiceId,
    money::Currency,
    orders::{PurchaseStarted, PurchaseView},
    payments::LedgerAccountKind,
    permission::Permission,
    states::{PaymentStatus, PurchaseStatus, TransactionStatus},
};
use diesel::{QueryableByName, sql_types};
use diesel_async::RunQueryDsl;
use futures::future::{BoxFuture, join_all, pending, ready};
use http::{HeaderMap, Request, StatusCode};
use serde_json::json;
use services::{
    OpCtx, compliance, orders,
    platform::{
        Caller, Capabilities, Gateway, GatewayError, GatewayPayment, GatewaySession, SessionRequest,
        WebhookEvent,
    },
    settlement, worker,
};
use testkit::{Goods, Member, Sandbox, TestApp, card};
use tokio::{sync::Notify, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::trade::{add, buy};

const EURO: Currency = Currency::Eur;

/// A clinic's service in an insurer's unpaid purchase.
pub(crate) struct Deal<'a> {
    pub(crate) clinic: Member<'a>,
    pub(crate) insurer: Member<'a>,
    pub(crate) service: ServiceId,
    pub(crate) purchase: PurchaseStarted,
}

pub(crate) async fn deal(app: &TestApp, goods: Goods, units: u32) -> Deal<'_> {
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let service = app.service(&clinic, &goods).await;
    add(&insurer, service, units).await;
    let purchase = buy(&insurer, "first-deal").await.purchases.remove(0);
    Deal { clinic, insurer, service, purchase }
}

impl Deal<'_> {
    pub(crate) fn page(&self) -> &str {
        self.purchase.payment.hosted_url.as_deref().unwrap()
    }

    pub(crate) async fn purchase(&self) -> PurchaseView {
        orders::purchase_get(&self.insurer.ctx, self.purchase.id).await.unwrap()
    }

    pub(crate) async fn refresh(&self) -> PaymentStatus {
        settlement::payment_refresh(&self.insurer.ctx, self.purchase.payment.id).await.unwrap().status
    }

    pub(crate) async fn assert_paid(&self) {
        let purchase = self.purchase().await;
        assert_eq!(
            (purchase.status, purchase.payment.status),
            (PurchaseStatus::Fulfilled, PaymentStatus::Captured)
        );
        assert!(purchase.transactions.iter().all(|order| order.status == TransactionStatus::Fulfilled));
        assert_eq!(purchase.payment.captured, purchase.total);
    }
}

/// One round of the jobs, then the laws.
pub(crate) async fn finish(app: &TestApp) {
    worker::round(&app.system()).await.unwrap();
    app.assert_laws().await;
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = sql_types::BigInt)]
    n: i64,
}

pub(crate) async fn count(app: &TestApp, sql: &str) -> i64 {
    let mut owner = app.database.owner().await;
    diesel::sql_query(sql).get_result::<Count>(&mut owner).await.unwrap().n
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_a_purchase_up_takes_the_right_to_write_transactions() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(10_000, EURO), 1).await;
    let caller = deal.insurer.ctx.caller().clone();
    let others = caller.permissions.iter().filter(|right| *right != Permission::TransactionsWrite);
    let reader = Caller { permissions: others.collect(), ..caller.clone() };
    let reader = OpCtx::new(app.platform.clone(), reader);
    let refused = orders::purchase_cancel(&reader, deal.purchase.id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotAllowed);
    // the console writes transactions of everybody, and whose it was can read about it
    let admin = app.admin().await;
    let given_up = orders::purchase_cancel(&admin.ctx, deal.purchase.id).await.unwrap();
    assert_eq!(given_up.status, PurchaseStatus::Cancelled);
    let query = AuditQuery {
        action: "orders.purchase_cancelled".into(),
        organisation: deal.insurer.org_id.to_string(),
        ..AuditQuery::default()
    };
    assert_eq!(compliance::audit_list(&admin.ctx, query).await.unwrap().items.len(), 1);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_the_result_page_changes_nothing_and_its_button_asks_the_provider() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(10_000, EURO), 1).await;
    sandbox.pay(deal.page(), card::APPROVE).await;
    let path = format!("/purchases/{}/result", deal.purchase.id);
    let before = app.snapshot().await;
    let page = deal.insurer.get(&path).await.text();
    assert!(page.contains("Awaiting payment") && page.contains("Refresh payment status"), "{page}");
    assert_eq!(app.snapshot().await.changed_since(&before), Vec::<&str>::new());
    let form = format!("purchase_id={}", deal.purchase.id);
    assert!(deal.insurer.post_form("/rpc/purchase_complete", &form).await.status().is_success());
    deal.assert_paid().await;
    let page = deal.insurer.get(&path).await.text();
    assert!(
        page.contains("Your certificates are ready") && !page.contains("Refresh payment status"),
        "{page}"
    );
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_captured_event_pays_posts_and_issues_and_a_second_one_changes_nothing() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(10_000, EURO), 3).await;
    sandbox.pay(deal.page(), card::APPROVE).await;
    assert_eq!(sandbox.flush().await, 2);
    deal.assert_paid().await;
    assert_eq!(sandbox.redeliver_all().await, 2);
    assert_eq!(count(&app, "SELECT count(*) AS n FROM gateway_events").await, 2);
    assert_eq!(count(&app, "SELECT count(*) AS n FROM certificates").await, 3);

    let balance = async |kind: LedgerAccountKind| {
        let sql = format!(
            "SELECT sum(CASE e.side WHEN 'credit' THEN e.amount_minor ELSE -e.amount_minor END)::bigint AS n
             FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id WHERE a.kind = '{kind}'"
        );
        count(&app, &sql).await
    };
    assert_eq!(balance(LedgerAccountKind::SellerPayable).await, 27_600);
    assert_eq!(balance(LedgerAccountKind::Buyer).await, 0);
    assert_eq!(balance(LedgerAccountKind::PlatformRevenue).await, 2_400);
    assert_eq!(balance(LedgerAccountKind::ProcessingFees).await, -445);
    assert_eq!(balance(LedgerAccountKind::GatewayClearing).await, -29_555);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_card_can_be_followed_by_another() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    sandbox.pay(deal.page(), card::DECLINE).await;
    sandbox.flush().await;
    let declined = deal.purchase().await;
    assert_eq!(
        (declined.status, declined.payment.status),
        (PurchaseStatus::AwaitingPayment, PaymentStatus::Failed)
    );
    assert_eq!(declined.payment.failure_text(), Some("The bank declined the card."));

    let again = orders::purchase_pay(&deal.insurer.ctx, deal.purchase.id).await.unwrap();
    assert_eq!((again.status, again.attempts), (PaymentStatus::Pending, 2));
    let page = again.hosted_url.unwrap();
    assert_ne!(page, deal.page());
    // the first attempt's news comes once more, and says nothing about the second
    sandbox.redeliver_all().await;
    assert_eq!(deal.purchase().await.payment.status, PaymentStatus::Pending);
    sandbox.pay(&page, card::APPROVE).await;
    sandbox.flush().await;
    deal.assert_paid().await;
    let refused = orders::purchase_pay(&deal.insurer.ctx, deal.purchase.id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::WrongState);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_captured_by_asking_while_its_events_are_late_or_out_of_order() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    sandbox.delivery(json!({ "mode": "out_of_order" })).await;
    let deal = deal(&app, Goods::at(2_500, EURO), 2).await;
    assert_eq!(deal.refresh().await, PaymentStatus::Pending);
    sandbox.pay(deal.page(), card::APPROVE).await;
    let asked = join_all((0..10).map(|_| deal.refresh())).await;
    assert!(asked.into_iter().all(|status| status == PaymentStatus::Captured));
    deal.assert_paid().await;
    sandbox.flush().await;
    let applied = "SELECT count(*) AS n FROM gateway_events WHERE effect = 'applied'";
    assert_eq!(count(&app, applied).await, 0);
    assert_eq!(count(&app, "SELECT count(*) AS n FROM ledger_transfers WHERE kind = 'capture'").await, 1);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_and_unsigned_events_are_refused_and_seen() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    let (body, signed) = Sandbox::signed("evt_forged", "payment.captured", &json!({}));
    let send = async |headers: &[(&'static str, String)], body: &str| {
        let mut request =
            Request::post("/api/payments/webhook/sandbox").header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        app.send(request.body(Body::from(body.to_owned())).unwrap()).await.status()
    };
    assert_eq!(send(&[], &body).await, StatusCode::UNAUTHORIZED);
    assert_eq!(send(&signed, &format!("{body} ")).await, StatusCode::UNAUTHORIZED);
    let mut extreme = signed.clone();
    extreme[1].1 = i64::MIN.to_string();
    assert_eq!(send(&extreme, &body).await, StatusCode::UNAUTHORIZED);
    // signed well, but no payment in it
    assert_eq!(send(&signed, &body).await, StatusCode::UNPROCESSABLE_ENTITY);
    // signed well, but not to be stored
    let (body, signed) = Sandbox::signed("evt_null", "hello", &json!({ "note": ["\u{0}"] }));
    assert_eq!(send(&signed, &body).await, StatusCode::UNPROCESSABLE_ENTITY);
    let seen = "SELECT count(*) AS n FROM security_events WHERE kind = 'webhook_signature_fail'";
    assert_eq!(count(&app, seen).await, 3);
    assert_eq!(count(&app, "SELECT count(*) AS n FROM gateway_events").await, 0);
    assert_eq!(deal.purchase().await.payment.status, PaymentStatus::Pending);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capture_that_does_not_fit_captures_nothing() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    let hanging = sandbox.pay(deal.page(), card::NEVER_ANSWERS).await;
    let at_gateway = hanging["payment"]["id"].as_str().unwrap();
    let payment = |amount: i64, currency: &str, captured: i64, reference: String, id: &str| {
        json!({ "id": id, "amount": amount, "currency": currency, "reference": reference, "status": "captured",
                "captured_amount": captured, "fee_amount": 60 })
    };
    let with_fee = |fee: i64, reference: &str| {
        let mut data = payment(2_500, "EUR", 2_500, reference.to_owned(), at_gateway);
        data["fee_amount"] = json!(fee);
        data
    };
    let ours = deal.purchase.payment.id.to_string();
    let misfits = [
        ("evt_amount", payment(2_499, "EUR", 2_499, ours.clone(), "pay_x"), "mismatch"),
        ("evt_part", payment(2_500, "EUR", 2_499, ours.clone(), "pay_x"), "mismatch"),
        ("evt_currency", payment(2_500, "USD", 2_500, ours.clone(), "pay_x"), "mismatch"),
        ("evt_fee_above", with_fee(2_501, &ours), "mismatch"),
        ("evt_fee_below", with_fee(-1, &ours), "mismatch"),
        ("evt_foreign", payment(2_500, "EUR", 2_500, ours, "pay_of_somebody_else"), "mismatch"),
        ("evt_reference", payment(2_500, "EUR", 2_500, "no-payment".to_owned(), "pay_x"), "unmatched"),
    ];
    for (id, data, effect) in &misfits {
        let (body, headers) = Sandbox::signed(id, "payment.captured", data);
        let mut request = Request::post("/api/payments/webhook/sandbox");
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        let answer = app.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{id}: {}", answer.text());
        let stored = format!(
            "SELECT count(*) AS n FROM gateway_events WHERE event_id = '{id}' AND effect = '{effect}'"
        );
        assert_eq!(count(&app, &stored).await, 1, "{id}");
    }
    assert_eq!(deal.purchase().await.payment.status, PaymentStatus::Pending);
    let raised = "SELECT count(*) AS n FROM security_events WHERE kind = 'payment_mismatch'";
    assert_eq!(count(&app, raised).await, 6);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_outcome_is_resolved_by_the_sweeper() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    sandbox.pay(deal.page(), card::DOWN_CHARGED).await;
    assert_eq!(deal.refresh().await, PaymentStatus::Unknown);
    let refused = orders::purchase_pay(&deal.insurer.ctx, deal.purchase.id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::PaymentUnknown, "nobody is asked to pay twice");
    for _ in 0..4 {
        app.clock.advance(TimeDelta::minutes(2));
        settlement::sweep(&app.system()).await.unwrap();
    }
    deal.assert_paid().await;
    assert_eq!(settlement::sweep(&app.system()).await.unwrap(), 0);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_could_not_be_opened_is_opened_later() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    sandbox.outage(true).await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    assert_eq!(
        (deal.purchase.payment.status, &deal.purchase.payment.hosted_url),
        (PaymentStatus::Unknown, &None)
    );
    sandbox.outage(false).await;
    let payment = orders::purchase_pay(&deal.insurer.ctx, deal.purchase.id).await.unwrap();
    assert_eq!((payment.status, payment.attempts), (PaymentStatus::Pending, 1));
    sandbox.pay(&payment.hosted_url.unwrap(), card::APPROVE).await;
    sandbox.flush().await;
    deal.assert_paid().await;
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unpaid_purchase_expires_closes_its_page_and_gives_its_units_back() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO).only(1), 1).await;
    app.clock.advance(TimeDelta::minutes(29));
    worker::round(&app.system()).await.unwrap();
    assert_eq!(deal.purchase().await.status, PurchaseStatus::AwaitingPayment);
    app.clock.advance(TimeDelta::minutes(6));
    worker::round(&app.system()).await.unwrap();
    let expired = deal.purchase().await;
    assert_eq!((expired.status, expired.payment.status), (PurchaseStatus::Expired, PaymentStatus::Failed));
    assert!(expired.payment.hosted_url.is_none());
    sandbox.flush().await;
    add(&deal.insurer, deal.service, 1).await;
    assert_eq!(buy(&deal.insurer, "second-deal").await.purchases.len(), 1, "the unit is on sale again");
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_in_time_is_sold_even_when_the_news_is_late() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO).only(1), 1).await;
    sandbox.pay(deal.page(), card::APPROVE).await;
    app.clock.advance(TimeDelta::hours(2));
    assert_eq!(orders::purchases_expire_due(&app.system()).await.unwrap(), 0);
    worker::round(&app.system()).await.unwrap();
    deal.assert_paid().await;
    assert_eq!(orders::purchases_expire_due(&app.system()).await.unwrap(), 0);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_payment_waits_for_the_bank() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    let answer = sandbox.pay(deal.page(), card::NEVER_ANSWERS).await;
    assert_eq!(deal.refresh().await, PaymentStatus::Pending);
    let at_gateway = answer["payment"]["id"].as_str().unwrap().to_owned();
    sandbox.outcome(&at_gateway, "captured").await;
    sandbox.flush().await;
    deal.assert_paid().await;
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_gives_an_unpaid_purchase_up_and_not_a_paid_one() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO).only(2), 1).await;
    let given_up = orders::purchase_cancel(&deal.insurer.ctx, deal.purchase.id).await.unwrap();
    assert_eq!(given_up.status, PurchaseStatus::Cancelled);
    assert!(given_up.transactions.iter().all(|order| order.status == TransactionStatus::Cancelled));
    add(&deal.insurer, deal.service, 2).await;
    let second = buy(&deal.insurer, "second-deal").await.purchases.remove(0);
    sandbox.pay(second.payment.hosted_url.as_deref().unwrap(), card::APPROVE).await;
    // the provider knows it is paid before we do
    let refused = orders::purchase_cancel(&deal.insurer.ctx, second.id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::WrongState);
    sandbox.flush().await;
    assert_eq!(
        orders::purchase_get(&deal.insurer.ctx, second.id).await.unwrap().status,
        PurchaseStatus::Fulfilled
    );
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_dropped_half_way_leaves_a_whole_purchase_or_none() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let service = app.service(&clinic, &Goods::at(2_500, EURO).only(1)).await;
    add(&insurer, service, 1).await;
    let order = crate::trade::order_of(&insurer, "dropped-half-way").await;
    let request = orders::purchase_initiate(&insurer.ctx, order.clone());
    // polled once, then dropped: the client went away
    drop(futures::poll!(Box::pin(request)));
    let made = orders::purchase_initiate(&insurer.ctx, order).await.unwrap();
    let purchase = made.purchases.into_iter().next().unwrap();
    sandbox.pay(purchase.payment.hosted_url.as_deref().unwrap(), card::APPROVE).await;
    sandbox.flush().await;
    assert_eq!(
        orders::purchase_get(&insurer.ctx, purchase.id).await.unwrap().status,
        PurchaseStatus::Fulfilled
    );
    finish(&app).await;
}

/// A provider that opens pages and then says nothing any more.
#[derive(Default)]
struct Silent {
    asked: Notify,
}

impl Gateway for Silent {
    fn name(&self) -> &'static str {
        "silent"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { currencies: Currency::ALL, min_open_for: TimeDelta::zero() }
    }

    fn create_session<'a>(
        &'a self,
        _: &'a SessionRequest,
    ) -> BoxFuture<'a, Result<GatewaySession, GatewayError>> {
        let (session_id, payment_id) = ("session".to_owned(), "payment".to_owned());
        let url = "http://localhost/pay".to_owned();
        Box::pin(ready(Ok(GatewaySession { session_id, payment_id, url })))
    }

    fn status<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<GatewayPayment, GatewayError>> {
        self.asked.notify_one();
        Box::pin(pending())
    }

    fn close<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), GatewayError>> {
        Box::pin(pending())
    }

    fn parse_webhook(&self, _: &HeaderMap, _: &[u8]) -> Result<WebhookEvent, GatewayError> {
        Err(GatewayError::BadSignature)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_told_to_stop_does_not_wait_for_the_provider() {
    const SOON: Duration = Duration::from_secs(20);
    let gateway = Arc::new(Silent::default());
    let app = TestApp::with_gateway(gateway.clone()).await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    app.clock.advance(TimeDelta::minutes(1));
    let stop = CancellationToken::new();
    let running = tokio::spawn(worker::run(app.system(), stop.clone()));
    timeout(SOON, gateway.asked.notified()).await.expect("the provider is asked");
    stop.cancel();
    timeout(SOON, running).await.expect("the worker stops").unwrap();
    assert_eq!(deal.purchase().await.payment.status, PaymentStatus::Pending);
    app.assert_laws().await;
}

//! Money that goes back at the payment provider: it buys nothing, whatever was heard first, and a person has the last word.

use axum::body::Body;
use chrono::TimeDelta;
use contracts::{
    certificates::{
        CertificateAction, CertificateChange, CertificateFilter, CertificateQuery, CertificateReason,
        RedeemCommand,
    },
    compliance::SystemStatus,
    error::ErrorCode,
    identity::OrganisationKind,
    ids::{CertificateId, PurchaseId},
    money::{Currency, Money},
    orders::{PurchaseView, RefundAction, RefundDecision},
    permission::{Level, Permission},
    settlement::UndoneSaleSettle,
    states::{CertificateStatus, OrganisationStatus, PaymentStatus, PurchaseStatus},
};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use services::{
    certificates, compliance, orders, payments,
    platform::{GatewayPayment, GatewayPaymentStatus},
    settlement, worker,
};
use testkit::{Goods, Member, Sandbox, TestApp, card};

use crate::{
    payments::{Deal, count, deal, finish},
    trade::{add, buy},
};

const EURO: Currency = Currency::Eur;

/// Tells that the whole price of a purchase was collected and so much of it sent back, as the sweeper hears it.
pub(crate) async fn hear(app: &TestApp, purchase_id: PurchaseId, refunded_minor: i64) {
    let system = app.system();
    let state = system
        .read(Permission::SystemManage, async move |tx| payments::payment_of_purchase(tx, purchase_id).await)
        .await
        .unwrap();
    let answer = GatewayPayment {
        payment_id: state.gateway_payment_id.clone().unwrap(),
        reference: state.id.to_string(),
        status: GatewayPaymentStatus::Captured,
        amount: state.amount(),
        captured_minor: state.amount().amount_minor,
        refunded_minor,
        fee_minor: 0,
        dispute: None,
        failure_code: None,
    };
    settlement::payment_apply_answer(&system, state.id, answer).await.unwrap();
}

/// Delivers an event as the provider would.
async fn deliver(app: &TestApp, id: &str, kind: &str, payment: &Value) {
    let (body, headers) = Sandbox::signed(id, kind, payment);
    let mut request = Request::post("/api/payments/webhook/sandbox");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let answer = app.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{id}: {}", answer.text());
}

async fn certificates_in(buyer: &Member<'_>, purchase_id: PurchaseId, status: CertificateFilter) -> u64 {
    let query = CertificateQuery {
        status: Some(status),
        purchase_id: Some(purchase_id),
        ..CertificateQuery::default()
    };
    certificates::certificate_list(&buyer.ctx, query).await.unwrap().total
}

async fn purchase_of(buyer: &Member<'_>, id: PurchaseId) -> PurchaseView {
    orders::purchase_get(&buyer.ctx, id).await.unwrap()
}

async fn alarms(app: &TestApp, kind: &str) -> i64 {
    count(app, &format!("SELECT count(*) AS n FROM security_events WHERE kind = '{kind}'")).await
}

async fn system_status(app: &TestApp) -> SystemStatus {
    compliance::system_status(&app.admin().await.ctx).await.unwrap()
}

fn decision(purchase_id: PurchaseId, act: RefundAction) -> RefundDecision {
    RefundDecision { purchase_id, act, reason: "Agreed with the buyer by letter.".to_owned() }
}

/// What is left of a purchase: its state, that of its payment, what was collected and sent back, valid certificates and those on hold.
type End = (PurchaseStatus, PaymentStatus, i64, i64, u64, u64);

async fn end_of(buyer: &Member<'_>, id: PurchaseId) -> End {
    let PurchaseView { status, payment, .. } = purchase_of(buyer, id).await;
    let valid = certificates_in(buyer, id, CertificateFilter::Issued).await;
    let held = certificates_in(buyer, id, CertificateFilter::Suspended).await;
    (status, payment.status, payment.captured.amount_minor, payment.refunded.amount_minor, valid, held)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_is_the_same_in_whatever_order_events_of_money_arrive() {
    const UNDONE: End = (PurchaseStatus::Cancelled, PaymentStatus::Refunded, 5_000, 5_000, 0, 0);
    const HELD: End = (PurchaseStatus::Fulfilled, PaymentStatus::PartiallyRefunded, 5_000, 1, 0, 2);
    // so much is sent back in each event, in the order they arrive: 0 is the capture
    let orders: [(&[i64], End); 12] = [
        (&[0, 5_000], UNDONE),
        (&[5_000, 0], UNDONE),
        (&[5_000, 0, 0, 5_000], UNDONE),
        (&[5_000], UNDONE),
        (&[0, 1, 5_000], UNDONE),
        (&[0, 5_000, 1], UNDONE),
        (&[1, 0, 5_000], UNDONE),
        (&[1, 5_000, 0], UNDONE),
        (&[5_000, 1, 0], UNDONE),
        (&[5_000, 0, 1], UNDONE),
        (&[0, 1, 1], HELD),
        (&[1, 0, 0, 1], HELD),
    ];
    let (app, sandbox) = TestApp::with_sandbox().await;
    let first = deal(&app, Goods::at(2_500, EURO), 2).await;
    for (at, (refunds, expected)) in orders.into_iter().enumerate() {
        add(&first.insurer, first.service, 2).await;
        let purchase = buy(&first.insurer, &format!("money-order-{at}")).await.purchases.remove(0);
        let paid = sandbox.pay(purchase.payment.hosted_url.as_deref().unwrap(), card::APPROVE).await;
        for (place, refunded) in refunds.iter().enumerate() {
            let (kind, status) = match refunded {
                0 => ("payment.captured", "captured"),
                5_000 => ("payment.refunded", "refunded"),
                _ => ("payment.partially_refunded", "partially_refunded"),
            };
            let mut data = paid["payment"].clone();
            (data["status"], data["refunded_amount"]) = (json!(status), json!(refunded));
            deliver(&app, &format!("evt_{at}_{place}"), kind, &data).await;
        }
        assert_eq!(end_of(&first.insurer, purchase.id).await, expected, "{refunds:?}");
        let told = format!(
            "SELECT count(*) AS n FROM security_events WHERE kind = 'payment_returned' AND details ->> 'purchase' = '{}'",
            purchase.id
        );
        assert!(count(&app, &told).await > 0, "{refunds:?} is told the console");
    }
    let owed = "SELECT coalesce(sum(CASE e.side WHEN 'credit' THEN e.amount_minor ELSE -e.amount_minor END), 0)::bigint AS n
                FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id WHERE a.kind = 'seller_payable'";
    assert_eq!(count(&app, owed).await, 2 * 4_600, "a seller earns by the two sales that stand");
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn genuine_events_out_of_their_time_are_one_alarm_that_names_the_skew() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    for at in 0..3 {
        let (body, headers) = Sandbox::signed_ago(600, &format!("evt_{at}"), "hello", &json!({}));
        let mut request = Request::post("/api/payments/webhook/sandbox");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = app.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!((alarms(&app, "clock_skew").await, alarms(&app, "webhook_signature_fail").await), (1, 0));
    let named = "SELECT count(*) AS n FROM security_events
                 WHERE (details ->> 'seconds_ahead_of_provider')::bigint BETWEEN 600 AND 660 AND details ? 'seconds_ahead_of_database'";
    assert_eq!(count(&app, named).await, 1);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn units_of_a_sale_that_is_taken_back_are_on_sale_again() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO).only(2), 2).await;
    sandbox.pay(deal.page(), card::APPROVE).await;
    sandbox.flush().await;
    deal.assert_paid().await;
    hear(&app, deal.purchase.id, 5_000).await;
    add(&deal.insurer, deal.service, 2).await;
    assert_eq!(buy(&deal.insurer, "second-deal").await.purchases.len(), 1);
    let page = deal.insurer.get(&format!("/purchases/{}/result", deal.purchase.id)).await.text();
    assert!(page.contains("Payment refunded") && !page.contains("You were not charged"), "{page}");
    finish(&app).await;
}

async fn redeem_one(deal: &Deal<'_>) {
    let query = CertificateQuery { purchase_id: Some(deal.purchase.id), ..CertificateQuery::default() };
    let held = certificates::certificate_list(&deal.insurer.ctx, query).await.unwrap().items;
    let redeem = RedeemCommand { code: held[0].code.clone(), place: "Radiology 2".to_owned() };
    certificates::certificate_redeem(&deal.clinic.ctx, redeem).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_redeemed_stays_redeemed_when_its_price_goes_back() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 2).await;
    sandbox.pay(deal.page(), card::APPROVE).await;
    sandbox.flush().await;
    redeem_one(&deal).await;
    hear(&app, deal.purchase.id, 5_000).await;
    let end = end_of(&deal.insurer, deal.purchase.id).await;
    assert_eq!(end, (PurchaseStatus::Fulfilled, PaymentStatus::Refunded, 5_000, 5_000, 0, 0));
    assert_eq!(certificates_in(&deal.insurer, deal.purchase.id, CertificateFilter::Redeemed).await, 1);
    assert_eq!(alarms(&app, "payment_returned").await, 1);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_undone_after_a_redemption_is_listed_until_somebody_settles_it_with_a_reason() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 2).await;
    let (admin, id) = (app.admin().await, deal.purchase.id);
    sandbox.pay(deal.page(), card::APPROVE).await;
    sandbox.flush().await;
    redeem_one(&deal).await;
    // a part first, then the rest: one sale to settle, one alarm
    hear(&app, id, 1_000).await;
    settlement::purchase_refund_decide(&admin.ctx, decision(id, RefundAction::Undo)).await.unwrap();
    hear(&app, id, 5_000).await;
    assert_eq!(alarms(&app, "sale_undone_after_redemption").await, 1);
    let open = system_status(&app).await.undone_sales;
    assert_eq!(open.iter().map(|sale| (sale.purchase_id, sale.redeemed)).collect::<Vec<_>>(), [(id, 1)]);
    let (number, path) = (deal.purchase.number.clone(), format!("/purchases/{id}"));
    let alarm = admin.get("/console/security?kind=sale_undone_after_redemption").await.text();
    let system = admin.get("/console/system").await.text();
    for page in [&alarm, &system] {
        assert!(page.contains(&path) && page.contains(&number), "{page}");
    }
    let sale = settlement::undone_sale_get(&admin.ctx, id).await.unwrap().unwrap();
    assert_eq!(sale.refunded_too_much(), Some(Money::new(2_500, EURO)));
    let page = admin.get(&path).await.text();
    let redeemed = format!("/certificates/{}", sale.redeemed[0].id);
    for shown in
        ["Sale undone after redemption", "Next step", "Agree with the buyer", "Mark as settled", &redeemed]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let own = deal.insurer.get(&path).await.text();
    assert!(!own.contains("Sale undone after redemption"), "{own}");

    let settle = async |by: &Member<'_>, reason: &str| {
        let command = UndoneSaleSettle { purchase_id: id, reason: reason.to_owned() };
        settlement::undone_sale_settle(&by.ctx, command).await.map_err(|error| error.code)
    };
    let agreed = "The buyer pays for the unit by invoice 17.";
    assert_eq!(settle(&deal.insurer, agreed).await.unwrap_err(), ErrorCode::NotAllowed);
    let settled = settle(&admin, agreed).await.unwrap();
    assert_eq!(settled.settlement.unwrap().reason, agreed);
    assert_eq!(settle(&admin, agreed).await.unwrap_err(), ErrorCode::WrongState, "it is settled once");
    assert_eq!(system_status(&app).await.undone_sales, []);
    let page = admin.get(&path).await.text();
    assert!(page.contains(agreed) && !page.contains("Mark as settled"), "{page}");
    let recorded = "SELECT count(*) AS n FROM audit_records WHERE action = 'orders.undone_sale_settled' AND actor_user_id IS NOT NULL AND NOT details::text LIKE '%invoice%'";
    assert_eq!(count(&app, recorded).await, 1);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_undone_after_a_redemption_tells_that_the_rest_is_to_be_settled() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 2).await;
    let admin = app.admin().await;
    let id = deal.purchase.id;
    sandbox.pay(deal.page(), card::APPROVE).await;
    hear(&app, id, 0).await;
    redeem_one(&deal).await;
    hear(&app, id, 1_000).await;
    settlement::purchase_refund_decide(&admin.ctx, decision(id, RefundAction::Undo)).await.unwrap();
    assert_eq!(certificates_in(&deal.insurer, id, CertificateFilter::Redeemed).await, 1);
    assert_eq!(certificates_in(&deal.insurer, id, CertificateFilter::Revoked).await, 1);
    assert_eq!(alarms(&app, "payment_refund_due").await, 1);
    finish(&app).await;
}

/// Puts the certificate at this place of the list on hold for this reason, as an administrator.
async fn hold_one(deal: &Deal<'_>, admin: &Member<'_>, place: usize, reason: &str) -> CertificateId {
    let query = CertificateQuery { purchase_id: Some(deal.purchase.id), ..CertificateQuery::default() };
    let id = certificates::certificate_list(&deal.insurer.ctx, query).await.unwrap().items[place].id;
    let change = CertificateChange {
        id,
        act: CertificateAction::Suspend,
        reason: reason.to_owned(),
        confirmation: String::new(),
    };
    certificates::certificate_change(&admin.ctx, change).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_of_a_person_stays_when_the_sale_is_kept_though_its_words_are_those_of_the_market() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 3).await;
    let admin = app.admin().await;
    let id = deal.purchase.id;
    sandbox.pay(deal.page(), card::APPROVE).await;
    hear(&app, id, 0).await;
    let by_hand = [
        hold_one(&deal, &admin, 0, CertificateReason::PartlyRefunded.sentence()).await,
        hold_one(&deal, &admin, 1, "A part of the price was sent back.").await,
    ];
    hear(&app, id, 1).await;
    assert_eq!(certificates_in(&deal.insurer, id, CertificateFilter::Suspended).await, 3);
    settlement::purchase_refund_decide(&admin.ctx, decision(id, RefundAction::Keep)).await.unwrap();
    for held in by_hand {
        let view = certificates::certificate_get(&deal.insurer.ctx, held).await.unwrap();
        assert_eq!((view.status, view.status_reason_code), (CertificateStatus::Suspended, None));
    }
    assert_eq!(certificates_in(&deal.insurer, id, CertificateFilter::Issued).await, 1);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_of_the_earlier_release_is_known_by_the_code_that_the_migration_gave_it() {
    const UP: &str =
        include_str!("../../../migrations/versioned/2026-11-30-000042_certificate_reasons/up.sql");
    const DOWN: &str =
        include_str!("../../../migrations/versioned/2026-11-30-000042_certificate_reasons/down.sql");
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 2).await;
    let (admin, id) = (app.admin().await, deal.purchase.id);
    sandbox.pay(deal.page(), card::APPROVE).await;
    hear(&app, id, 1).await;
    app.plant(DOWN).await;
    let worded = "SELECT count(*) AS n FROM certificates WHERE status = 'suspended' AND status_reason = 'A part of the price was sent back.'";
    assert_eq!(count(&app, worded).await, 2, "the earlier release finds them by their words");
    app.plant(UP).await;
    settlement::purchase_refund_decide(&admin.ctx, decision(id, RefundAction::Keep)).await.unwrap();
    assert_eq!(certificates_in(&deal.insurer, id, CertificateFilter::Issued).await, 2);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_of_the_market_is_a_code_and_reads_as_a_sentence() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    let id = deal.purchase.id;
    sandbox.pay(deal.page(), card::APPROVE).await;
    let query = CertificateQuery { purchase_id: Some(id), ..CertificateQuery::default() };
    for (refunded, code) in [(1_000, CertificateReason::PartlyRefunded), (2_500, CertificateReason::Refunded)]
    {
        hear(&app, id, refunded).await;
        let one =
            certificates::certificate_list(&deal.insurer.ctx, query.clone()).await.unwrap().items.remove(0);
        let view = certificates::certificate_get(&deal.insurer.ctx, one.id).await.unwrap();
        assert_eq!(view.status_reason_code, Some(code));
        assert_eq!(view.status_reason.as_deref(), Some(code.sentence()));
        assert_eq!(view.events.last().and_then(|event| event.reason_code), Some(code));
        let check = certificates::certificate_check(&app.anonymous(), &one.code, false).await.unwrap();
        assert!(check.reason.ends_with(code.sentence()), "{}", check.reason);
        let page = deal.insurer.get(&format!("/certificates/{}", one.id)).await.text();
        assert!(page.contains(code.sentence()), "{page}");
    }
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_decides_about_a_sale_of_which_a_part_went_back() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 2).await;
    let admin = app.admin().await;
    let id = deal.purchase.id;
    let decide = async |by: &Member<'_>, act| {
        settlement::purchase_refund_decide(&by.ctx, decision(id, act)).await.map_err(|error| error.code)
    };
    // paid and partly sent back before we heard of either
    sandbox.pay(deal.page(), card::APPROVE).await;
    hear(&app, id, 1).await;
    assert_eq!(decide(&deal.insurer, RefundAction::Keep).await.unwrap_err(), ErrorCode::NotAllowed);
    let page = admin.get(&format!("/purchases/{id}")).await.text();
    for shown in ["Part of the price was refunded", "Keep the sale", "Undo the sale", "Collected", "Refunded"]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert_eq!(system_status(&app).await.refunds_undecided, 1);
    let kept = decide(&admin, RefundAction::Keep).await.unwrap();
    assert_eq!((kept.status, kept.payment.refund_undecided), (PurchaseStatus::Fulfilled, false));
    assert_eq!(certificates_in(&deal.insurer, id, CertificateFilter::Issued).await, 2);
    assert_eq!(decide(&admin, RefundAction::Undo).await.unwrap_err(), ErrorCode::WrongState, "it is decided");

    // more goes back, and now the sale is undone: the rest is owed until it has gone back, too
    hear(&app, id, 1_000).await;
    assert_eq!(certificates_in(&deal.insurer, id, CertificateFilter::Suspended).await, 2);
    let undone = decide(&admin, RefundAction::Undo).await.unwrap();
    assert_eq!(undone.payment.refund_due(), Some(Money::new(4_000, EURO)));
    assert_eq!(system_status(&app).await.refunds_due, 1);
    finish(&app).await;
    hear(&app, id, 5_000).await;
    let end = end_of(&deal.insurer, id).await;
    assert_eq!(end, (PurchaseStatus::Cancelled, PaymentStatus::Refunded, 5_000, 5_000, 0, 0));
    assert_eq!(system_status(&app).await.refunds_due, 0);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_for_a_purchase_that_was_given_up_is_owed_and_nobody_denies_it() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    let paid = sandbox.pay(deal.page(), card::APPROVE).await;
    sandbox.outage(true).await;
    app.clock.advance(TimeDelta::days(2));
    worker::round(&app.system()).await.unwrap();
    assert_eq!(system_status(&app).await.payments_unknown, 1);
    let admin = app.admin().await;
    let given_up = orders::purchase_cancel(&admin.ctx, deal.purchase.id).await.unwrap();
    assert_eq!(given_up.status, PurchaseStatus::Cancelled);
    // the buyer's session of two days ago has ended
    let reader = app
        .join(deal.insurer.org_id, OrganisationKind::Insurer, OrganisationStatus::Verified, Level::Owner)
        .await;
    let path = format!("/purchases/{}/result", deal.purchase.id);
    let page = reader.get(&path).await.text();
    assert!(
        page.contains("If a payment arrives after all") && !page.contains("You were not charged"),
        "{page}"
    );

    sandbox.outage(false).await;
    deliver(&app, "evt_late", "payment.captured", &paid["payment"]).await;
    let purchase = deal.purchase().await;
    assert_eq!(
        (purchase.status, purchase.payment.status),
        (PurchaseStatus::Cancelled, PaymentStatus::Captured)
    );
    assert_eq!(purchase.payment.refund_due(), Some(purchase.total));
    assert_eq!((alarms(&app, "payment_refund_due").await, system_status(&app).await.refunds_due), (1, 1));
    let alerts = admin.get("/console/security?severity=high").await.text();
    assert!(
        alerts.contains(&format!("/purchases/{}", purchase.id)) && alerts.contains(&purchase.number),
        "{alerts}"
    );
    let page = reader.get(&path).await.text();
    assert!(page.contains("will be refunded") && !page.contains("You were not charged"), "{page}");
    app.assert_laws().await;

    hear(&app, deal.purchase.id, 2_500).await;
    assert_eq!(deal.purchase().await.payment.status, PaymentStatus::Refunded);
    assert_eq!(system_status(&app).await.refunds_due, 0);
    finish(&app).await;
}

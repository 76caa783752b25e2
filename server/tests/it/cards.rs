//! Cards that neither pay nor fail at once: the bank asks the payer, or the provider breaks off with nothing taken.

use chrono::TimeDelta;
use contracts::{
    money::Currency,
    states::{PaymentStatus, PurchaseStatus},
};
use services::{orders, settlement};
use testkit::{Goods, TestApp, card};

use crate::payments::{count, deal, finish};

const EURO: Currency = Currency::Eur;

#[tokio::test(flavor = "multi_thread")]
async fn a_card_whose_bank_asks_pays_when_the_payer_confirms_and_not_before() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    let asked = sandbox.pay(deal.page(), card::AUTHENTICATE).await;
    assert_eq!(asked["step"], "challenge");
    assert_eq!(sandbox.flush().await, 0, "nothing has happened yet");
    assert_eq!(deal.refresh().await, PaymentStatus::Pending);

    // the payer goes back to the page, and this time fails the question
    sandbox.pay_asked(deal.page(), "fail").await;
    sandbox.flush().await;
    let failed = deal.purchase().await;
    assert_eq!(
        (failed.status, failed.payment.status, failed.payment.failure_code.as_deref()),
        (PurchaseStatus::AwaitingPayment, PaymentStatus::Failed, Some("authentication_failed"))
    );
    assert_eq!(count(&app, "SELECT count(*) AS n FROM certificates").await, 0);

    let again = orders::purchase_pay(&deal.insurer.ctx, deal.purchase.id).await.unwrap();
    sandbox.pay_asked(&again.hosted_url.unwrap(), "approve").await;
    sandbox.flush().await;
    deal.assert_paid().await;
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_breaks_off_with_nothing_taken_leaves_the_purchase_to_be_paid() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    sandbox.pay(deal.page(), card::DOWN_NOT_CHARGED).await;
    assert_eq!(deal.refresh().await, PaymentStatus::Unknown);
    for _ in 0..4 {
        app.clock.advance(TimeDelta::minutes(2));
        settlement::sweep(&app.system()).await.unwrap();
    }
    let known = deal.purchase().await;
    assert_eq!(
        (known.status, known.payment.status, known.payment.failure_code.as_deref()),
        (PurchaseStatus::AwaitingPayment, PaymentStatus::Failed, Some("provider_unavailable"))
    );
    assert_eq!(count(&app, "SELECT count(*) AS n FROM ledger_transfers").await, 0);

    let again = orders::purchase_pay(&deal.insurer.ctx, deal.purchase.id).await.unwrap();
    sandbox.pay(&again.hosted_url.unwrap(), card::APPROVE).await;
    sandbox.flush().await;
    deal.assert_paid().await;
    finish(&app).await;
}

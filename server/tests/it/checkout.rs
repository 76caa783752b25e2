//! Checkout among others: editors, impatient buyers, a slow payment provider, and who is named for what was done.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use chrono::TimeDelta;
use contracts::{
    cart::CartSave,
    certificates::CertificateQuery,
    compliance::AuditQuery,
    error::ErrorCode,
    identity::OrganisationKind,
    money::Currency,
    orders::{CommissionKind, PurchaseInitiate, TransactionFilter},
    permission::Permission,
    states::{PaymentStatus, PurchaseStatus},
};
use diesel::{QueryableByName, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures::future::join_all;
use services::{
    OpCtx, cart, catalog, certificates, compliance, orders,
    platform::{Error, Result, Tx},
};
use testkit::{Goods, Member, TestApp, card};
use tokio::sync::Barrier;

use crate::{
    payments::{count, deal, finish},
    trade::{add, buy, order_of},
};

const EURO: Currency = Currency::Eur;

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = sql_types::BigInt)]
    n: i64,
}

/// Returns when a session of the database waits for a row that another holds.
async fn somebody_waits(owner: &mut AsyncPgConnection) {
    let waiting = "SELECT count(*) AS n FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                   WHERE NOT l.granted AND a.datname = current_database()";
    for _ in 0..10_000 {
        let found: Waiting = diesel::sql_query(waiting).get_result(owner).await.unwrap();
        if found.n > 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("nobody waits");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_waits_for_the_units_keeps_no_buyer_from_writing_lines() {
    let app = TestApp::start().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let service = crate::catalog::publish(&clinic, crate::catalog::input("Knee scan")).await;
    // a buyer holds the units, as checkout does first
    let mut buyer = app.database.owner().await;
    let take = format!(
        "BEGIN; UPDATE service_capacity SET committed = committed + 1 WHERE service_id = '{service}'"
    );
    buyer.batch_execute(&take).await.unwrap();
    let ctx = clinic.ctx.clone();
    let mut input = crate::catalog::input("Knee scan");
    input.capacity = "50".into();
    let editing = tokio::spawn(async move { catalog::service_edit(&ctx, service, input).await });
    somebody_waits(&mut app.database.owner().await).await;
    // and goes on to its lines, whose foreign key reads the service's row
    let line = format!("SELECT FROM services WHERE id = '{service}' FOR KEY SHARE NOWAIT; ROLLBACK");
    buyer.batch_execute(&line).await.expect("the service's row is free for buyers");
    assert_eq!(editing.await.unwrap().unwrap().input.capacity, "50");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_saves_drafts_while_buyers_buy() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let service = crate::catalog::publish(&clinic, crate::catalog::input("Knee scan")).await;
    let buyers: Vec<Member<'_>> = join_all((0..4).map(|_| app.organisation(OrganisationKind::Insurer))).await;
    let buying = join_all(buyers.iter().map(|buyer| async move {
        for at in 0..3 {
            add(buyer, service, 1).await;
            buy(buyer, &format!("among-editors-{at}")).await;
        }
    }));
    let editing = async {
        for units in 100..112 {
            let mut input = crate::catalog::input("Knee scan");
            input.capacity = units.to_string();
            catalog::service_edit(&clinic.ctx, service, input).await.unwrap();
        }
    };
    tokio::join!(buying, editing);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_that_wait_for_each_other_in_a_ring_are_run_again() {
    async fn lock(tx: &mut Tx, what: i32) -> Result<()> {
        tx.conn()?.batch_execute(&format!("SELECT pg_advisory_xact_lock({what})")).await.map_err(Error::from)
    }
    async fn both(ctx: &OpCtx, order: [i32; 2], meet: Arc<Barrier>) -> Result<()> {
        let met = Arc::new(AtomicBool::new(false));
        ctx.tx("test.ring", Permission::SystemManage, async move |tx| {
            lock(tx, order[0]).await?;
            if !met.swap(true, Ordering::Relaxed) {
                meet.wait().await;
            }
            lock(tx, order[1]).await
        })
        .await
    }
    let app = TestApp::start().await;
    let (system, meet) = (app.system(), Arc::new(Barrier::new(2)));
    let (one, other) = tokio::join!(both(&system, [7, 8], meet.clone()), both(&system, [8, 7], meet));
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stands_for_the_whole_order_and_not_for_its_totals() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    let other = app.service(&deal.clinic, &Goods::at(2_500, EURO)).await;
    add(&deal.insurer, other, 1).await;
    let second = order_of(&deal.insurer, "first-deal").await;
    let refused = orders::purchase_initiate(&deal.insurer.ctx, second.clone()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::IdempotencyMismatch, "the first order had the same total");
    assert_eq!(cart::cart_get(&deal.insurer.ctx).await.unwrap().lines().count(), 1);
    let fresh = PurchaseInitiate { idempotency_key: "second-deal".into(), ..second };
    let made = orders::purchase_initiate(&deal.insurer.ctx, fresh.clone()).await.unwrap();
    let again = orders::purchase_initiate(&deal.insurer.ctx, fresh).await.unwrap();
    assert_eq!(made.purchases[0].id, again.purchases[0].id);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_holds_a_limited_service_in_three_unpaid_purchases_at_most() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO).only(100), 10).await;
    let order = async |key: &str| {
        add(&deal.insurer, deal.service, 10).await;
        let order = order_of(&deal.insurer, key).await;
        orders::purchase_initiate(&deal.insurer.ctx, order).await.map(|made| made.purchases[0].id)
    };
    let refusal = |error: Error| error.fields.get("confirmed_totals").unwrap_or_default().to_owned();
    let mut held =
        vec![deal.purchase.id, order("hold-units-2").await.unwrap(), order("hold-units-3").await.unwrap()];
    let told = refusal(order("hold-units-4").await.unwrap_err());
    assert!(told.starts_with("You have 3 unpaid purchases of"), "{told}");
    cart::cart_clear(&deal.insurer.ctx).await.unwrap();
    // giving one up makes room for another, and not without end
    for key in ["hold-units-5", "hold-units-6", "hold-units-7"] {
        orders::purchase_cancel(&deal.insurer.ctx, held.remove(0)).await.unwrap();
        held.push(order(key).await.unwrap());
    }
    orders::purchase_cancel(&deal.insurer.ctx, held.remove(0)).await.unwrap();
    let told = refusal(order("hold-units-8").await.unwrap_err());
    assert!(told.starts_with("You have left 6 purchases of"), "{told}");
    let rival = app.organisation(OrganisationKind::Insurer).await;
    add(&rival, deal.service, 80).await;
    assert_eq!(buy(&rival, "rest-for-others").await.purchases.len(), 1);
    app.clock.advance(TimeDelta::hours(25));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intermediary_reads_and_hands_over_what_it_bought() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let broker = app.organisation(OrganisationKind::Intermediary).await;
    let service = app.service(&clinic, &Goods::at(2_500, EURO)).await;
    add(&broker, service, 2).await;
    cart::cart_save(&broker.ctx, CartSave::of_client("Harbour Mutual")).await.unwrap();
    let purchase = buy(&broker, "for-a-client").await.purchases.remove(0);
    sandbox.pay(purchase.payment.hosted_url.as_deref().unwrap(), card::APPROVE).await;
    sandbox.flush().await;
    certificates::sequence(&app.system()).await.unwrap();
    for path in [format!("/purchases/{}/result", purchase.id), format!("/purchases/{}", purchase.id)] {
        let page = broker.get(&path).await.text();
        assert!(page.contains(&format!("/certificates?purchase={}", purchase.id)), "{path}: {page}");
    }
    let bought = certificates::certificate_list(&broker.ctx, CertificateQuery::default()).await.unwrap();
    assert_eq!(bought.items.len(), 2);
    let read = certificates::certificate_get(&broker.ctx, bought.items[0].id).await.unwrap();
    assert_eq!(read.purchase_id, Some(purchase.id));
    let paper = certificates::certificate_pdf(&broker.ctx, read.id).await.unwrap();
    assert!(paper.bytes.starts_with(b"%PDF"));
    let other = app.organisation(OrganisationKind::Intermediary).await;
    let strange = certificates::certificate_get(&other.ctx, read.id).await.unwrap_err();
    assert_eq!(strange.code, ErrorCode::NotFound);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_found_by_the_client_they_were_bought_for_and_the_seller_is_told_no_name() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let admin = app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let broker = app.organisation(OrganisationKind::Intermediary).await;
    let service = app.service(&clinic, &Goods::at(2_500, EURO)).await;
    for client in ["Harbour Mutual", "Kestrel Robotics"] {
        add(&broker, service, 1).await;
        let named = CartSave::of_client(client);
        cart::cart_save(&broker.ctx, named).await.unwrap();
        let purchase = buy(&broker, &format!("for {client}").replace(' ', "-")).await.purchases.remove(0);
        sandbox.pay(purchase.payment.hosted_url.as_deref().unwrap(), card::APPROVE).await;
        sandbox.flush().await;
    }
    let clients = async |who: &Member<'_>, words: &str| {
        let query = CertificateQuery { q: Some(words.to_owned()), ..CertificateQuery::default() };
        let page = certificates::certificate_list(&who.ctx, query).await.unwrap();
        page.items.into_iter().map(|one| one.client).collect::<Vec<_>>()
    };
    for who in [&broker, &admin] {
        assert_eq!(clients(who, "kestrel").await, [Some("Kestrel Robotics".to_owned())]);
        assert_eq!(clients(who, "").await.len(), 2);
        let page = who.get("/certificates?q=harbour").await.text();
        assert!(page.contains(">Client<") && page.contains("Harbour Mutual") && !page.contains("Kestrel"));
    }
    let file = broker.get("/api/certificates/export?q=harbour").await.text();
    assert!(
        file.contains(",Client,") && file.contains("Harbour Mutual") && !file.contains("Kestrel"),
        "{file}"
    );
    let query = CertificateQuery { q: Some("kestrel".to_owned()), ..CertificateQuery::default() };
    let one = certificates::certificate_list(&broker.ctx, query).await.unwrap().items.remove(0);
    let path = format!("/certificates/{}", one.id);
    assert!(broker.get(&path).await.text().contains("Bought for"));
    // a client's name is the buyer's alone
    assert_eq!(clients(&clinic, "kestrel").await, []);
    assert_eq!(clients(&clinic, "").await, [None, None]);
    for path in ["/certificates", "/api/certificates/export", &path] {
        let text = clinic.get(path).await.text();
        assert!(!text.contains("Kestrel") && !text.contains(">Client<"), "{path}: {text}");
    }
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_leads_to_its_certificates_and_from_its_total_to_what_the_seller_receives() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let broker = app.organisation(OrganisationKind::Intermediary).await;
    // two lines whose shares are rounded one by one
    for minor in [3_333, 10_007] {
        let service = app.service(&clinic, &Goods::at(minor, EURO)).await;
        add(&broker, service, 1).await;
    }
    let client = CartSave::of_client("Harbour Mutual");
    cart::cart_save(&broker.ctx, client).await.unwrap();
    let purchase = buy(&broker, "two-lines").await.purchases.remove(0);
    let orders = orders::transaction_list(&clinic.ctx, TransactionFilter::default()).await.unwrap();
    let path = format!("/orders/{}", orders.items[0].id);
    let unpaid = clinic.get(&path).await.text();
    assert!(!unpaid.contains("/certificates?purchase=") && !unpaid.contains("You receive"), "{unpaid}");
    sandbox.pay(purchase.payment.hosted_url.as_deref().unwrap(), card::APPROVE).await;
    sandbox.flush().await;
    let order = orders::transaction_get(&clinic.ctx, orders.items[0].id).await.unwrap();
    let booked = async |kind: &str| {
        let sum = format!(
            "SELECT sum(e.amount_minor)::bigint AS n FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id WHERE a.kind = '{kind}'"
        );
        count(&app, &sum).await
    };
    let shares = order.commissions().unwrap();
    let of = |kind| shares.iter().find(|share| share.kind == kind).unwrap().amount.amount_minor;
    assert_eq!(shares.len(), 2);
    assert_eq!(of(CommissionKind::Platform), booked("platform_revenue").await);
    assert_eq!(of(CommissionKind::Intermediary), booked("intermediary_payable").await);
    assert_eq!(order.seller_net.amount_minor, booked("seller_payable").await);
    let page = clinic.get(&path).await.text();
    assert!(page.contains(&format!("/certificates?purchase={}", purchase.id)), "{page}");
    for shown in ["Platform commission, 8%", "Intermediary commission, 3%", "You receive", "\u{2212}"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let list = clinic.get(&format!("/certificates?purchase={}", purchase.id)).await.text();
    assert!(list.contains("2 certificates") && list.contains("One order"), "{list}");
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_acts_through_the_system_is_named_with_the_reason() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, EURO), 1).await;
    sandbox.pay(deal.page(), card::DECLINE).await;
    sandbox.flush().await;
    let admin = app.admin().await;
    let recorded = async |action: &str| {
        let query = AuditQuery { action: action.into(), ..AuditQuery::default() };
        let page = compliance::audit_list(&admin.ctx, query).await.unwrap();
        let last = page.items.into_iter().next().unwrap();
        (last.actor_kind, last.actor_id, last.elevation)
    };
    assert_eq!(
        recorded("payments.status_changed").await,
        ("anonymous".to_owned(), None, Some("receive_gateway_event".to_owned()))
    );
    let again = orders::purchase_pay(&deal.insurer.ctx, deal.purchase.id).await.unwrap();
    assert_eq!(again.status, PaymentStatus::Pending);
    let buyer = ("user".to_owned(), Some(deal.insurer.user_id), Some("open_payment_page".to_owned()));
    assert_eq!(recorded("payments.attempt_started").await, buyer);
    assert_eq!(recorded("payments.session_opened").await, buyer);

    sandbox.outage(true).await;
    app.clock.advance(TimeDelta::days(2));
    let given_up = orders::purchase_cancel(&admin.ctx, deal.purchase.id).await.unwrap();
    assert_eq!(given_up.status, PurchaseStatus::Cancelled);
    let by_admin = ("user".to_owned(), Some(admin.user_id), Some("close_payment_pages".to_owned()));
    assert_eq!(recorded("payments.session_closed").await, by_admin);
    assert_eq!(recorded("orders.purchase_cancelled").await.1, Some(admin.user_id));
    app.assert_laws().await;
}

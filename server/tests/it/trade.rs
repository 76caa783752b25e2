//! Cart and checkout: what is bought, from whom, at which price, and that it is bought once.

use std::collections::HashSet;

use chrono::TimeDelta;
use contracts::{
    cart::{CartAdd, CartNotice, CartSave, CartView, RemovedLine},
    catalog::ServiceListQuery,
    error::ErrorCode,
    identity::OrganisationKind,
    money::{Currency, Money},
    orders::{CommissionKind, PurchaseFilter, PurchaseInitiate, PurchaseInitiated, TransactionFilter},
    states::{PaymentStatus, PurchaseStatus, TransactionStatus},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use futures::future::join_all;
use http::StatusCode;
use serde_json::json;
use services::{
    cart, catalog, orders,
    platform::{Clock, idempotency_purge},
};
use testkit::{Goods, Member, TestApp};

use super::exports::find_records;

pub(crate) fn adding(service_id: contracts::ids::ServiceId, quantity: u32) -> CartAdd {
    CartAdd { service_id, quantity, idempotency_key: None }
}

/// Puts so many units of a service into the buyer's cart.
pub(crate) async fn add(
    buyer: &Member<'_>,
    service_id: contracts::ids::ServiceId,
    quantity: u32,
) -> CartView {
    cart::cart_add(&buyer.ctx, adding(service_id, quantity)).await.unwrap()
}

/// A checkout of everything in the cart, as it stands.
pub(crate) async fn order_of(buyer: &Member<'_>, key: &str) -> PurchaseInitiate {
    let cart = cart::cart_get(&buyer.ctx).await.unwrap();
    PurchaseInitiate {
        idempotency_key: key.to_owned(),
        confirmed_totals: cart.totals.iter().map(|total| total.total).collect(),
        confirmed_digests: cart.totals.into_iter().map(|total| total.digest).collect(),
    }
}

/// Buys everything in the cart.
pub(crate) async fn buy(buyer: &Member<'_>, key: &str) -> PurchaseInitiated {
    orders::purchase_initiate(&buyer.ctx, order_of(buyer, key).await).await.unwrap()
}

const EURO: Currency = Currency::Eur;

#[tokio::test(flavor = "multi_thread")]
async fn two_sellers_in_one_cart_become_two_transactions_of_one_purchase() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let (clinic, laboratory) = (
        app.organisation(OrganisationKind::Provider).await,
        app.organisation(OrganisationKind::Provider).await,
    );
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let scan = app.service(&clinic, &Goods::at(10_001, EURO).step(10, 9_000)).await;
    let blood = app.service(&laboratory, &Goods::at(333, EURO)).await;
    add(&insurer, scan, 10).await;
    let cart = add(&insurer, blood, 3).await;
    assert_eq!(cart.groups.len(), 2);
    assert_eq!(cart.totals.first().unwrap().total, Money::new(90_999, EURO));

    let made = buy(&insurer, "two-sellers").await;
    let purchase = orders::purchase_get(&insurer.ctx, made.purchases.first().unwrap().id).await.unwrap();
    assert_eq!(purchase.total, Money::new(90_999, EURO));
    assert_eq!(purchase.transactions.len(), 2);
    assert_eq!(
        (purchase.status, purchase.payment.status),
        (PurchaseStatus::AwaitingPayment, PaymentStatus::Pending)
    );
    assert!(purchase.payment.hosted_url.is_some());
    for transaction in &purchase.transactions {
        let line = transaction.lines.first().unwrap();
        let platform = line.commissions.first().unwrap();
        assert_eq!((line.commissions.len(), platform.kind), (1, CommissionKind::Platform));
        assert_eq!(line.seller_net.checked_add(platform.amount).unwrap(), line.gross);
        assert_eq!(line.trace.last().unwrap().unit_after, line.unit);
    }
    assert!(cart::cart_get(&insurer.ctx).await.unwrap().is_empty());
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_currencies_are_two_purchases_and_can_be_paid_one_by_one() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let euro = app.service(&clinic, &Goods::at(500, EURO)).await;
    let dollar = app.service(&clinic, &Goods::at(700, Currency::Usd)).await;
    add(&insurer, euro, 1).await;
    let cart = add(&insurer, dollar, 1).await;
    assert_eq!(cart.totals.len(), 2);
    let dollars =
        PurchaseInitiate::of("only-dollars".to_owned(), Money::new(700, Currency::Usd), String::new());
    let made = orders::purchase_initiate(&insurer.ctx, dollars).await.unwrap();
    assert_eq!(made.purchases.len(), 1);
    let left = cart::cart_get(&insurer.ctx).await.unwrap();
    assert_eq!(left.lines().map(|line| line.service_id).collect::<Vec<_>>(), [euro]);
    assert_eq!(buy(&insurer, "then-euros").await.purchases.first().unwrap().total, Money::new(500, EURO));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_makes_one_purchase_however_often_it_comes() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let scan = app.service(&clinic, &Goods::at(1_000, EURO)).await;
    add(&insurer, scan, 2).await;
    let order = order_of(&insurer, "twenty-clicks").await;
    let clicks = (0..20).map(|_| orders::purchase_initiate(&insurer.ctx, order.clone()));
    let answers: Vec<_> = join_all(clicks).await.into_iter().map(|answer| answer.unwrap()).collect();
    let first = answers.first().unwrap().purchases.first().unwrap();
    for answer in &answers {
        let purchase = answer.purchases.first().unwrap();
        assert_eq!((answer.purchases.len(), purchase.id, &purchase.number), (1, first.id, &first.number));
        assert_eq!(purchase.payment.hosted_url, first.payment.hosted_url);
    }
    let page = orders::purchase_list(&insurer.ctx, PurchaseFilter::default()).await.unwrap();
    assert_eq!(page.items.len(), 1);

    let other = PurchaseInitiate { confirmed_totals: vec![Money::new(1, EURO)], ..order };
    let refused = orders::purchase_initiate(&insurer.ctx, other).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::IdempotencyMismatch);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_unit_is_sold_once_to_twenty_buyers() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let slot = app.service(&clinic, &Goods::at(5_000, EURO).only(1)).await;
    let mut buyers = Vec::new();
    for _ in 0..20 {
        let buyer = app.organisation(OrganisationKind::Insurer).await;
        add(&buyer, slot, 1).await;
        buyers.push(buyer);
    }
    let orders = join_all(buyers.iter().map(|buyer| async {
        let order = PurchaseInitiate::of("last-unit".to_owned(), Money::new(5_000, EURO), String::new());
        orders::purchase_initiate(&buyer.ctx, order).await
    }))
    .await;
    let (sold, refused): (Vec<_>, Vec<_>) = orders.into_iter().partition(Result::is_ok);
    assert_eq!(sold.len(), 1);
    assert!(refused.into_iter().all(|answer| answer.unwrap_err().code == ErrorCode::SoldOut));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_price_is_shown_and_agreed_to_before_anything_is_bought() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let scan = app.service(&clinic, &Goods::at(1_000, EURO)).await;
    add(&insurer, scan, 1).await;
    let seen = order_of(&insurer, "seen-before").await;
    app.reprice(&clinic, scan, &Goods::at(1_100, EURO)).await;

    let refused = orders::purchase_initiate(&insurer.ctx, seen).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::CartChanged);
    let cart = cart::cart_get(&insurer.ctx).await.unwrap();
    let line = cart.lines().next().unwrap();
    assert_eq!(line.notices, [CartNotice::PriceChanged, CartNotice::VersionChanged]);
    assert_eq!(
        (line.confirmed_unit, line.price.as_ref().unwrap().unit),
        (Money::new(1_000, EURO), Money::new(1_100, EURO))
    );
    // today's total alone is not enough: somebody has to have agreed to the change
    let unagreed =
        orders::purchase_initiate(&insurer.ctx, order_of(&insurer, "not-agreed").await).await.unwrap_err();
    assert_eq!(unagreed.code, ErrorCode::CartChanged);

    let agreed = cart::cart_confirm_changes(&insurer.ctx).await.unwrap();
    assert!(!agreed.is_changed());
    assert_eq!(buy(&insurer, "agreed-now").await.purchases.first().unwrap().total, Money::new(1_100, EURO));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_service_and_too_few_units_block_the_checkout() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let few = app.service(&clinic, &Goods::at(1_000, EURO).only(2)).await;
    let line = add(&insurer, few, 3).await.lines().next().unwrap().clone();
    assert_eq!(line.notices, [CartNotice::NotEnoughLeft]);
    let refused = orders::purchase_initiate(&insurer.ctx, order_of(&insurer, "too-many-units").await)
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::SoldOut);
    cart::cart_save(&insurer.ctx, CartSave::of_line(line.id, 2)).await.unwrap();
    let order = order_of(&insurer, "paused-service").await;
    app.pause(few).await;
    let refused = orders::purchase_initiate(&insurer.ctx, order).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::CartChanged);
    let cart = cart::cart_get(&insurer.ctx).await.unwrap();
    assert_eq!(cart.lines().next().unwrap().notices, [CartNotice::Unavailable]);
    let removed = cart::cart_line_remove(&insurer.ctx, line.id).await.unwrap();
    assert_eq!(removed, RemovedLine { service_id: few, quantity: 2 });
    assert!(cart::cart_get(&insurer.ctx).await.unwrap().is_empty());
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intermediary_names_its_client_and_earns_its_share() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let broker = app.organisation(OrganisationKind::Intermediary).await;
    let scan = app.service(&clinic, &Goods::at(10_000, EURO)).await;
    assert!(add(&broker, scan, 1).await.client_required);
    let refused =
        orders::purchase_initiate(&broker.ctx, order_of(&broker, "no-client").await).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::ClientMissing);
    cart::cart_save(&broker.ctx, CartSave::of_client(" Harbour Mutual ")).await.unwrap();
    let made = buy(&broker, "for-a-client").await;
    let purchase = orders::purchase_get(&broker.ctx, made.purchases.first().unwrap().id).await.unwrap();
    assert_eq!(purchase.on_behalf_of.as_deref(), Some("Harbour Mutual"));
    let line = purchase.transactions.first().unwrap().lines.first().unwrap().clone();
    let shares: Vec<_> =
        line.commissions.iter().map(|share| (share.kind, share.amount.amount_minor)).collect();
    assert_eq!(shares, [(CommissionKind::Platform, 800), (CommissionKind::Intermediary, 300)]);
    assert_eq!(line.seller_net, Money::new(8_900, EURO));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_click_adds_once_and_the_next_one_again() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let scan = app.service(&clinic, &Goods::at(1_000, EURO)).await;
    let clicked = |key: &str| CartAdd { idempotency_key: Some(key.to_owned()), ..adding(scan, 2) };
    let at_once = join_all((0..4).map(|_| cart::cart_add(&insurer.ctx, clicked("first-click")))).await;
    for answer in at_once {
        assert_eq!(answer.unwrap().lines().next().unwrap().quantity, 2);
    }
    let again = cart::cart_add(&insurer.ctx, clicked("second-click")).await.unwrap();
    assert_eq!(again.lines().next().unwrap().quantity, 4);
    let other = CartAdd { quantity: 9, ..clicked("first-click") };
    let mismatch = cart::cart_add(&insurer.ctx, other).await.unwrap_err();
    assert_eq!(mismatch.code, ErrorCode::IdempotencyMismatch);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_buy_does_not() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let scan = app.service(&clinic, &Goods::at(1_000, EURO)).await;
    let newcomer = app.unverified(OrganisationKind::Insurer).await;
    assert_eq!(add(&newcomer, scan, 1).await.hurdle, Some(ErrorCode::OrganisationUnverified));
    let refused =
        orders::purchase_initiate(&newcomer.ctx, order_of(&newcomer, "unverified").await).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::OrganisationUnverified);
    let seller = cart::cart_add(&clinic.ctx, adding(scan, 1)).await.unwrap_err();
    assert_eq!(seller.code, ErrorCode::NotAllowed);
    let nobody = cart::cart_get(&app.anonymous()).await.unwrap_err();
    assert_eq!(nobody.code, ErrorCode::NotSignedIn);
    for quantity in [0, 10_001] {
        let wrong = cart::cart_add(&newcomer.ctx, adding(scan, quantity)).await.unwrap_err();
        assert!(wrong.fields.get("quantity").is_some());
    }
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organisations_purchase_is_not_there() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let (clinic, stranger) = (
        app.organisation(OrganisationKind::Provider).await,
        app.organisation(OrganisationKind::Provider).await,
    );
    let (insurer, rival) = (
        app.organisation(OrganisationKind::Insurer).await,
        app.organisation(OrganisationKind::Insurer).await,
    );
    let scan = app.service(&clinic, &Goods::at(1_000, EURO)).await;
    add(&insurer, scan, 1).await;
    let purchase = buy(&insurer, "mine-alone").await.purchases.remove(0);
    let not_found = |code: ErrorCode| assert_eq!(code, ErrorCode::NotFound);
    not_found(orders::purchase_get(&rival.ctx, purchase.id).await.unwrap_err().code);
    not_found(orders::purchase_pay(&rival.ctx, purchase.id).await.unwrap_err().code);
    not_found(orders::purchase_cancel(&rival.ctx, purchase.id).await.unwrap_err().code);
    not_found(services::payments::payment_get(&rival.ctx, purchase.payment.id).await.unwrap_err().code);
    not_found(services::settlement::payment_refresh(&rival.ctx, purchase.payment.id).await.unwrap_err().code);
    let path = format!("/api/payments/status/{}", purchase.payment.id);
    assert_eq!(rival.get(&path).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(app.get(&path).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(insurer.get(&path).await.status(), StatusCode::OK);

    let sold = orders::transaction_list(&clinic.ctx, TransactionFilter::default()).await.unwrap();
    let order = sold.items.first().unwrap();
    assert_eq!((order.status, order.seller_net), (TransactionStatus::Placed, Money::new(920, EURO)));
    assert!(orders::transaction_get(&clinic.ctx, order.id).await.is_ok());
    not_found(orders::transaction_get(&stranger.ctx, order.id).await.unwrap_err().code);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkout_over_rest_answers_like_the_page() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let scan = app.service(&clinic, &Goods::at(1_000, EURO)).await;
    add(&insurer, scan, 1).await;
    let order = order_of(&insurer, "over-rest").await;
    let answer = insurer.post_json("/api/purchase/initiate", &order).await;
    assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text());
    let made: PurchaseInitiated = answer.json();
    let again: PurchaseInitiated = insurer.post_json("/api/purchase/initiate", &order).await.json();
    assert_eq!(made, again);
    let empty = insurer
        .post_json(
            "/api/purchase/initiate",
            &PurchaseInitiate { idempotency_key: "another-key".to_owned(), ..order },
        )
        .await;
    assert_eq!(empty.status(), StatusCode::UNPROCESSABLE_ENTITY);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_requests_are_forgotten_after_thirty_days_and_by_nobody_before() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let scan = app.service(&clinic, &Goods::at(1_000, EURO)).await;
    add(&insurer, scan, 1).await;
    buy(&insurer, "kept-for-a-month").await;
    app.clock.advance(TimeDelta::days(29));
    assert_eq!(idempotency_purge(&app.system()).await.unwrap(), 0);
    // whoever asks for more gets no more, and the application cannot help itself
    let mut conn = AsyncPgConnection::establish(&app.database.app_url()).await.unwrap();
    let today = app.clock.now().to_rfc3339();
    let greedy =
        format!("SELECT set_config('hcts.now', '{today}', false), purge_idempotency_keys('infinity')");
    conn.batch_execute(&greedy).await.unwrap();
    let by_itself =
        "SELECT set_config('hcts.purging', 'idempotency_keys', false); DELETE FROM idempotency_keys";
    assert!(conn.batch_execute(by_itself).await.is_err());
    assert!(app.database.owner().await.batch_execute("DELETE FROM idempotency_keys").await.is_err());
    app.clock.advance(TimeDelta::days(2));
    assert_eq!(idempotency_purge(&app.system()).await.unwrap(), 1);
    assert_eq!(idempotency_purge(&app.system()).await.unwrap(), 0, "once an hour is enough");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_what_the_filter_lets_through_and_is_recorded() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    let admin = app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let broker = app.organisation(OrganisationKind::Intermediary).await;
    let scan = app.service(&clinic, &Goods::at(1_050, EURO)).await;
    add(&broker, scan, 2).await;
    cart::cart_save(&broker.ctx, CartSave::of_client("=HYPERLINK(1)")).await.unwrap();
    let number = buy(&broker, "to-be-exported").await.purchases.remove(0).number;

    let file = broker.get("/api/purchases/export?status=awaiting_payment").await;
    assert_eq!(file.status(), StatusCode::OK, "{}", file.text());
    let header = |name: &str| file.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/csv; charset=utf-8");
    assert!(header("content-disposition").starts_with("attachment; filename=\"purchases-"));
    let text = file.text();
    assert!(text.starts_with("\u{feff}Number,Client,"), "{text}");
    // the client's name is no formula
    assert!(text.contains(&format!("{number},'=HYPERLINK(1),")), "{text}");
    assert!(text.ends_with(",Awaiting payment,1,2,EUR,2100,EUR 21.00\r\n"), "{text}");
    let none = broker.get("/api/purchases/export?status=fulfilled").await.text();
    assert_eq!(none.lines().count(), 1, "{none}");

    let orders = clinic.get("/api/orders/export").await.text();
    assert!(orders.contains(",Awaiting payment,2,EUR,2100,EUR 21.00,,"), "{orders}");
    let said = |rows: u32, status: Option<&str>| json!({ "format": "csv", "rows": rows, "status": status, "days": null });
    assert_eq!(
        find_records(&admin, "orders.purchases_exported").await,
        [said(0, Some("fulfilled")), said(1, Some("awaiting_payment"))]
    );
    assert_eq!(find_records(&admin, "orders.transactions_exported").await, [said(1, None)]);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_the_rows_of_all_and_a_provider_its_own() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    let admin = app.admin().await;
    let (clinic, laboratory) = (
        app.organisation(OrganisationKind::Provider).await,
        app.organisation(OrganisationKind::Provider).await,
    );
    let (one, two) = (
        app.organisation(OrganisationKind::Insurer).await,
        app.organisation(OrganisationKind::Insurer).await,
    );
    let scan = app.service(&clinic, &Goods::at(1_000, EURO)).await;
    let blood = app.service(&laboratory, &Goods::at(500, EURO)).await;
    for (buyer, service, key) in [(&one, scan, "one-scan"), (&two, blood, "two-blood")] {
        add(buyer, service, 1).await;
        buy(buyer, key).await;
    }
    let offered = async |who: &Member<'_>| {
        let list = catalog::service_list(&who.ctx, ServiceListQuery::default()).await;
        list.unwrap().items.into_iter().map(|row| row.provider_name).collect::<HashSet<_>>().len()
    };
    let sold = async |who: &Member<'_>| {
        orders::transaction_list(&who.ctx, TransactionFilter::default()).await.unwrap().items.len()
    };
    let bought = async |who: &Member<'_>| {
        let page = orders::purchase_list(&who.ctx, PurchaseFilter::default()).await.unwrap();
        page.items.into_iter().map(|row| row.buyer_name).collect::<HashSet<_>>().len()
    };
    assert_eq!((offered(&admin).await, sold(&admin).await, bought(&admin).await), (2, 2, 2));
    assert_eq!((offered(&clinic).await, sold(&clinic).await), (1, 1));
    assert_eq!((sold(&one).await, bought(&one).await), (1, 1));
    let shown = catalog::service_get(&admin.ctx, scan).await.unwrap();
    assert!(shown.may_change && !shown.may_edit, "an administrator handles a service and writes none");
    let foreign = catalog::service_get(&laboratory.ctx, scan).await.unwrap_err();
    assert_eq!(foreign.code, ErrorCode::NotFound);
    let page = admin.get("/services").await.text();
    assert!(!page.contains("New service") && page.contains("Services of all providers"), "{page}");
    assert!(admin.get("/orders").await.text().contains("Seller receives"));
    let file = admin.get("/api/purchases/export").await.text();
    assert_eq!(file.lines().count(), 3, "{file}");
    app.assert_laws().await;
}

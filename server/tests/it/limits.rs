//! What a cart and a purchase may hold, and that nothing is bought but what was seen.

use contracts::{
    cart::{CartNotice, CartSave, TypedUnits},
    error::ErrorCode,
    identity::OrganisationKind,
    money::{Currency, Money},
    orders::PurchaseInitiate,
    permission::Level,
    states::OrganisationStatus,
};
use services::{cart, orders};
use testkit::{Goods, TestApp};

use crate::trade::{add, adding, buy, order_of};

const EURO: Currency = Currency::Eur;

#[tokio::test(flavor = "multi_thread")]
async fn a_cart_holds_as_many_units_as_one_stroke_can_certify() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let (scan, talk) = (
        app.service(&clinic, &Goods::at(1_000, EURO)).await,
        app.service(&clinic, &Goods::at(500, EURO)).await,
    );
    add(&insurer, scan, 6_000).await;
    let refused = cart::cart_add(&insurer.ctx, adding(talk, 4_001)).await.unwrap_err();
    let reason = "The cart holds at most 10,000 units in total. Check out first, or enter fewer units.";
    assert_eq!(refused.fields.get("quantity"), Some(reason));
    let full = add(&insurer, talk, 4_000).await;
    let line_id = full.lines().find(|line| line.service_id == scan).unwrap().id;
    let set = async |quantity| cart::cart_save(&insurer.ctx, CartSave::of_line(line_id, quantity)).await;
    assert_eq!(set(6_001).await.unwrap_err().fields.get(&TypedUnits::field(line_id)), Some(reason));
    set(5_999).await.unwrap();
    assert_eq!(add(&insurer, talk, 1).await.lines().map(|line| line.quantity).sum::<u32>(), 10_000);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_nobody_can_pay_says_so_and_leaves_the_others_alone() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let dear = app.service(&clinic, &Goods::at(1_000_000_000, EURO)).await;
    let scan = app.service(&clinic, &Goods::at(1_000, EURO)).await;
    add(&insurer, scan, 1).await;
    let cart = add(&insurer, dear, 100).await;
    let line = cart.lines().find(|line| line.service_id == dear).unwrap();
    assert_eq!((line.price.as_ref(), line.notices.as_slice()), (None, [CartNotice::TooMuch].as_slice()));
    assert_eq!((cart.totals[0].total, cart.totals[0].blocked), (Money::new(1_000, EURO), true));
    assert!(insurer.get("/cart").await.text().contains("Too many units for one payment"));

    // each of two can be paid, and both together cannot
    let line_id = line.id;
    cart::cart_save(&insurer.ctx, CartSave::of_line(line_id, 60)).await.unwrap();
    let other = app.service(&clinic, &Goods::at(999_999_999, EURO)).await;
    add(&insurer, other, 60).await;
    let refused = orders::purchase_initiate(&insurer.ctx, order_of(&insurer, "too-much-at-once").await)
        .await
        .unwrap_err();
    assert_eq!(
        refused.fields.get("confirmed_totals"),
        Some(
            "The confirmed total is above EUR 999,999,999.99, the maximum for one purchase. Remove some units from the cart."
        )
    );
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_colleague_changed_meanwhile_is_not_bought_at_the_same_total() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let broker = app.organisation(OrganisationKind::Intermediary).await;
    let colleague = app
        .join(broker.org_id, OrganisationKind::Intermediary, OrganisationStatus::Verified, Level::Staff)
        .await;
    let name = async |client: &str| {
        cart::cart_save(&colleague.ctx, CartSave::of_client(client)).await.unwrap();
    };
    let (scan, talk) = (
        app.service(&clinic, &Goods::at(1_000, EURO)).await,
        app.service(&clinic, &Goods::at(1_000, EURO)).await,
    );
    let line = add(&broker, scan, 1).await.lines().next().unwrap().id;
    name("Harbour Mutual").await;
    let seen = order_of(&broker, "for-harbour-mutual").await;
    let again = |key: &str| PurchaseInitiate { idempotency_key: key.to_owned(), ..seen.clone() };

    name("Northern Life").await;
    let refused = orders::purchase_initiate(&broker.ctx, again("another-client")).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::CartChanged);
    name("Harbour Mutual").await;
    cart::cart_line_remove(&colleague.ctx, line).await.unwrap();
    add(&broker, talk, 1).await;
    let refused = orders::purchase_initiate(&broker.ctx, again("another-service")).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::CartChanged);
    let page = broker.get("/checkout").await.text();
    assert!(page.contains(&format!(
        "name=\"digest\" value=\"{}\"",
        order_of(&broker, "x").await.confirmed_digests[0]
    )));
    assert_eq!(buy(&broker, "seen-once-more").await.purchases.len(), 1);
    app.assert_laws().await;
}

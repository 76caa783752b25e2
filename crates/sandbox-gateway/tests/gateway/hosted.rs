//! The hosted page as a browser without JavaScript uses it.

use serde_json::json;

use crate::support::{
    APPROVE, CHALLENGE, DECLINE, DOWN_CHARGED, DOWN_NOT_CHARGED, NEVER_ANSWERS, World, location,
};

fn typed(number: &str) -> [(&str, &str); 4] {
    [("number", number), ("expiry", "12/99"), ("cvc", "123"), ("name", "P. Payer")]
}

#[tokio::test]
async fn the_page_shows_the_order_safely() {
    let world = World::start().await;
    let (session, _) = world.session().await;
    let response = world.open(&format!("/pay/{session}")).await;
    assert_eq!(response.status(), 200);
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("form-action 'self' https://shop.example")
    );
    let page = response.text().await.unwrap();
    for part in ["EUR 100.00", "ref-1", "Two &lt;services&gt; &amp; more", "No real money", APPROVE] {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(world.open("/pay/cs_none").await.status(), 404);
    assert_eq!(world.open("/assets/pay.css").await.status(), 200);
}

#[tokio::test]
async fn approved_and_declined_go_back_with_the_session_only() {
    let world = World::start().await;
    for (card, status, failure, back) in [
        (APPROVE, "captured", json!(null), "https://shop.example/done?a=1&session_id="),
        ("5555 5555 5555 4444", "captured", json!(null), "https://shop.example/done?a=1&session_id="),
        (DECLINE, "failed", json!("card_declined"), "https://shop.example/cart?session_id="),
        ("4000000000009995", "failed", json!("insufficient_funds"), "https://shop.example/cart?session_id="),
        ("4000000000000069", "failed", json!("expired_card"), "https://shop.example/cart?session_id="),
    ] {
        let (session, payment) = world.session().await;
        let path = format!("/pay/{session}");
        let response = world.form(&path, &typed(card)).await;
        assert_eq!(response.status(), 303, "{card}");
        assert_eq!(location(&response), format!("{back}{session}"));
        let now = world.payment(&payment).await;
        assert_eq!((&now["status"], &now["failure_code"]), (&json!(status), &failure));
        assert_eq!(now["card"]["last4"].as_str().map(str::len), Some(4));
        // a second click and a reload show the same page and charge nothing more
        assert_eq!(location(&world.form(&path, &typed(APPROVE)).await), path);
        assert_eq!(location(&world.open(&path).await), format!("{back}{session}"));
        assert_eq!(world.payment(&payment).await, now);
    }
}

#[tokio::test]
async fn one_click_pays_with_a_test_card() {
    let world = World::start().await;
    let (session, payment) = world.session().await;
    let fields = [("test_card", APPROVE), ("number", ""), ("delivery", "late"), ("late_seconds", "60")];
    assert_eq!(world.form(&format!("/pay/{session}"), &fields).await.status(), 303);
    assert_eq!(world.payment(&payment).await["card"], json!({"brand": "visa", "last4": "4242"}));
}

#[tokio::test]
async fn bad_entries_are_named_kept_and_charge_nothing() {
    let world = World::start().await;
    let (session, payment) = world.session().await;
    let fields = [("number", "4242424242424241"), ("expiry", "13/30"), ("cvc", "1"), ("name", "\"Ann\"")];
    let response = world.form(&format!("/pay/{session}"), &fields).await;
    assert_eq!(response.status(), 422);
    let page = response.text().await.unwrap();
    for part in
        ["number-error", "expiry-error", "cvc-error", "&quot;Ann&quot;", "13/30", "Nothing was charged"]
    {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("4242424242424241") && !page.contains("name-error"));
    assert_eq!(world.payment(&payment).await["status"], "requires_payment");
}

#[tokio::test]
async fn the_bank_asks_and_the_payer_answers() {
    let world = World::start().await;
    for (result, status, failure) in
        [("approve", "captured", json!(null)), ("fail", "failed", json!("authentication_failed"))]
    {
        let (session, payment) = world.session().await;
        let path = format!("/pay/{session}");
        let question = format!("{path}/challenge");
        assert_eq!(location(&world.open(&question).await), path);
        assert_eq!(location(&world.form(&path, &typed(CHALLENGE)).await), question);
        assert_eq!(world.payment(&payment).await["status"], "requires_payment");
        let page = world.open(&question).await.text().await.unwrap();
        assert!(page.contains("ending in 3155"));
        assert_eq!(world.form(&question, &[("result", result)]).await.status(), 303);
        let now = world.payment(&payment).await;
        assert_eq!((&now["status"], &now["failure_code"]), (&json!(status), &failure));
    }
}

#[tokio::test]
async fn a_breakdown_hides_the_outcome_for_a_while() {
    let world = World::start().await;
    for (card, status, kind) in
        [(DOWN_CHARGED, "captured", "payment.captured"), (DOWN_NOT_CHARGED, "failed", "payment.failed")]
    {
        let (session, payment) = world.session().await;
        let response = world.form(&format!("/pay/{session}"), &typed(card)).await;
        assert_eq!(response.status(), 503);
        assert!(response.text().await.unwrap().contains("may or may not"));
        for _ in 0..3 {
            assert!(world.flush().await.is_empty());
            assert_eq!(world.get(&format!("/v1/payments/{payment}")).await.0, 503);
        }
        assert_eq!(world.payment(&payment).await["status"], status);
        assert_eq!(world.kinds().await, ["payment.processing", kind]);
    }
}

#[tokio::test]
async fn no_answer_is_said_to_be_none() {
    let world = World::start().await;
    let (session, payment) = world.session().await;
    let path = format!("/pay/{session}");
    assert_eq!(location(&world.form(&path, &typed(NEVER_ANSWERS)).await), path);
    let page = world.open(&path).await.text().await.unwrap();
    assert!(
        page.contains("not confirmed yet") && page.contains("https://shop.example/done?a=1&amp;session_id=")
    );
    world.post("/v1/test/advance_clock", json!({"seconds": 1_801})).await;
    assert_eq!(world.payment(&payment).await["status"], "expired");
}

#[tokio::test]
async fn turning_back_cancels() {
    let world = World::start().await;
    let (session, payment) = world.session().await;
    let response = world.form(&format!("/pay/{session}/cancel"), &[]).await;
    assert_eq!(location(&response), format!("https://shop.example/cart?session_id={session}"));
    assert_eq!(world.payment(&payment).await["status"], "cancelled");
    assert_eq!(world.kinds().await, ["payment.cancelled"]);
}

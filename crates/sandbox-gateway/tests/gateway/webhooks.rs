//! Deliveries: signed, late, twice, out of order, never, repeated. The merchant keeps only webhooks with a valid signature.

use serde_json::json;

use crate::support::{APPROVE, NEVER_ANSWERS, World, text};

#[tokio::test]
async fn a_capture_is_told_in_order_with_the_whole_payment() {
    let world = World::start().await;
    let (session, payment) = world.session().await;
    world.pay(&session, json!({"card": APPROVE})).await;
    let told = world.flush().await;
    assert_eq!(told.len(), 2);
    assert_eq!(
        (told[0].kind.as_str(), &told[0].data["status"]),
        ("payment.processing", &json!("processing"))
    );
    let now = world.payment(&payment).await;
    assert_eq!(told[1].kind, "payment.captured");
    assert_eq!(told[1].data, now);
    assert_eq!((&now["captured_amount"], &now["fee_amount"]), (&json!(10_000), &json!(165)));
    assert!(world.flush().await.is_empty());
}

#[tokio::test]
async fn twice_repeats_the_same_ids() {
    let world = World::start().await;
    let (session, _) = world.session().await;
    world.pay(&session, json!({"card": APPROVE, "delivery": {"mode": "twice"}})).await;
    let ids: Vec<String> = world.flush().await.into_iter().map(|told| told.id).collect();
    assert_eq!(ids.len(), 4);
    assert_eq!((&ids[0], &ids[2]), (&ids[1], &ids[3]));
    assert_ne!(ids[0], ids[2]);
}

#[tokio::test]
async fn out_of_order_tells_the_capture_first() {
    let world = World::start().await;
    world.post("/v1/test/delivery_defaults", json!({"delivery": {"mode": "out_of_order"}})).await;
    let (session, _) = world.session().await;
    world.pay(&session, json!({"card": APPROVE})).await;
    assert_eq!(world.kinds().await, ["payment.captured", "payment.processing"]);
}

#[tokio::test]
async fn never_is_recorded_and_can_be_sent_later() {
    let world = World::start().await;
    let (session, payment) = world.session().await;
    world.pay(&session, json!({"card": APPROVE, "delivery": {"mode": "never"}})).await;
    assert!(world.flush().await.is_empty());
    let (_, events) = world.get(&format!("/v1/test/events?payment_id={payment}")).await;
    let captured = &events["data"][1];
    assert_eq!((&captured["type"], &captured["queued"]), (&json!("payment.captured"), &json!(0)));
    let id = text(captured, "id");
    assert_eq!(world.post(&format!("/v1/test/events/{id}/redeliver"), json!({})).await.0, 200);
    assert_eq!(world.flush().await[0].id, id);
    assert_eq!(world.post("/v1/test/events/evt_none/redeliver", json!({})).await.0, 404);
}

#[tokio::test]
async fn late_waits_for_its_time() {
    let world = World::start().await;
    let (session, payment) = world.session().await;
    world.pay(&session, json!({"card": APPROVE, "delivery": {"mode": "late", "seconds": 600}})).await;
    world.post("/v1/test/resume_webhooks", json!({})).await;
    // pausing waits for the delivery in progress, so that no due event can arrive afterwards
    world.post("/v1/test/pause_webhooks", json!({})).await;
    let path = format!("/v1/test/events?payment_id={payment}");
    let (_, events) = world.get(&path).await;
    assert_eq!(events["data"][1]["attempts"], json!([]));
    assert_eq!(events["data"][1]["queued"], 1);
    assert_eq!(world.kinds().await, ["payment.processing", "payment.captured"]);
    let wrong = json!({"card": APPROVE, "delivery": {"mode": "late", "seconds": 90_000}});
    let (other, _) = world.session().await;
    assert_eq!(world.post(&format!("/v1/test/sessions/{other}/pay"), wrong).await.0, 422);
}

#[tokio::test]
async fn a_refused_delivery_is_repeated_until_taken_or_given_up() {
    let world = World::with(|config| config.max_attempts = 3).await;
    let (session, payment) = world.session().await;
    world.merchant_answers(500);
    world.pay(&session, json!({"card": APPROVE})).await;
    assert_eq!(world.kinds().await.len(), 2);
    assert_eq!(world.kinds().await.len(), 2);
    world.merchant_answers(200);
    let told = world.flush().await;
    assert_eq!(told.len(), 2);
    assert!(world.flush().await.is_empty());
    let path = format!("/v1/test/events?payment_id={payment}");
    let (_, events) = world.get(&path).await;
    let statuses: Vec<u64> = events["data"][1]["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attempt| attempt["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [500, 500, 200]);

    world.merchant_answers(500);
    world.post(&format!("/v1/payments/{payment}/refund"), json!({"amount": 1})).await;
    for _ in 0..3 {
        assert_eq!(world.kinds().await, ["payment.refunded"]);
    }
    assert!(world.flush().await.is_empty());
}

#[tokio::test]
async fn unpaused_deliveries_need_no_flush() {
    let world = World::with(|config| config.webhooks_paused = false).await;
    let (session, _) = world.session().await;
    world.pay(&session, json!({"card": APPROVE})).await;
    // a flush waits for the dispatcher's delivery and sends the rest of the queue
    assert_eq!(world.kinds().await, ["payment.processing", "payment.captured"]);
}

#[tokio::test]
async fn a_hanging_payment_is_silent_until_the_bank_speaks() {
    let world = World::start().await;
    for (outcome, status, kind) in
        [("captured", "captured", "payment.captured"), ("failed", "failed", "payment.failed")]
    {
        let (session, payment) = world.session().await;
        let answer = world.pay(&session, json!({"card": NEVER_ANSWERS})).await;
        assert_eq!(answer["step"], "unknown");
        assert!(world.flush().await.is_empty());
        assert_eq!(world.payment(&payment).await["status"], "processing");
        let path = format!("/v1/test/payments/{payment}/outcome");
        assert_eq!(world.post(&path, json!({"outcome": outcome})).await.1["status"], status);
        assert_eq!(world.kinds().await, [kind]);
        assert_eq!(world.post(&path, json!({"outcome": outcome})).await.0, 409);
    }
}

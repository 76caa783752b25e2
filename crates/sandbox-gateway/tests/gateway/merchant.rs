//! The merchant's API: sessions, payments, refunds, idempotency, expiry, restarts.

use reqwest::Method;
use serde_json::json;

use crate::support::{APPROVE, DOWN_CHARGED, NEVER_ANSWERS, World, order, text};

#[tokio::test]
async fn a_session_is_open_and_its_payment_waits() {
    let world = World::start().await;
    let (status, session) = world.post("/v1/checkout_sessions", order()).await;
    assert_eq!(status, 201);
    assert_eq!(session["status"], "open");
    assert_eq!(session["livemode"], false);
    assert_eq!(text(&session, "url"), format!("{}/pay/{}", world.base, text(&session, "id")));
    let payment = world.payment(&text(&session, "payment_id")).await;
    assert_eq!(payment["status"], "requires_payment");
    assert_eq!(payment["amount"], 10_000);
    assert_eq!(payment["metadata"]["k"], "v");
    assert!(payment.get("delivery").is_none());
    let (_, list) = world.get("/v1/payments?reference=ref-1").await;
    assert_eq!(list["data"], json!([payment]));
    let (_, none) = world.get("/v1/payments?reference=ref-2").await;
    assert_eq!(none["data"], json!([]));
}

#[tokio::test]
async fn each_wrong_field_is_named() {
    let world = World::start().await;
    let body = json!({
        "amount": "10", "currency": "XXX", "description": " ", "success_url": "javascript:alert(1)",
        "cancel_url": "https://user@shop.example/", "expires_in_seconds": 5, "metadata": {"n": 1}, "colour": "red",
    });
    let (status, answer) = world.post("/v1/checkout_sessions", body).await;
    assert_eq!(status, 422);
    let mut fields: Vec<String> =
        answer["error"]["fields"].as_array().unwrap().iter().map(|field| text(field, "field")).collect();
    fields.sort();
    let expected = [
        "amount",
        "cancel_url",
        "colour",
        "currency",
        "description",
        "expires_in_seconds",
        "metadata.n",
        "reference",
        "success_url",
    ];
    assert_eq!(fields, expected);
    let (_, list) = world.get("/v1/payments?reference=ref-1").await;
    assert_eq!(list["data"], json!([]));
}

#[tokio::test]
async fn the_key_is_required_everywhere_under_v1() {
    let world = World::start().await;
    for path in ["/v1/payments/x", "/v1/payments?reference=r", "/v1/checkout_sessions/x", "/v1/test/events"] {
        let response = world.open(path).await;
        assert_eq!(response.status(), 401, "{path}");
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
    }
    assert_eq!(world.get("/v1/payments/x").await.0, 404);
}

#[tokio::test]
async fn bodies_are_limited() {
    let world = World::start().await;
    let response = world.form("/pay/cs_x", &[("name", &"x".repeat(70_000))]).await;
    assert_eq!(response.status(), 413);
}

#[tokio::test]
async fn a_key_has_one_answer() {
    let world = World::start().await;
    let create =
        async |body, key| world.call(Method::POST, "/v1/checkout_sessions", Some(&body), Some(key)).await;
    let (status, first) = create(order(), "key-1").await;
    assert_eq!(status, 201);
    assert_eq!(create(order(), "key-1").await, (201, first.clone()));
    let mut other = order();
    other["amount"] = json!(10_001);
    let (status, refused) = create(other.clone(), "key-1").await;
    assert_eq!((status, text(&refused["error"], "code").as_str()), (409, "idempotency_key_reused"));
    let (_, second) = create(other, "key-2").await;
    assert_ne!(first["id"], second["id"]);
    // after a day the key can be used again
    world.post("/v1/test/advance_clock", json!({"seconds": 86_400})).await;
    let (status, third) = create(order(), "key-1").await;
    assert_eq!(status, 201);
    assert_ne!(first["id"], third["id"]);
    let (_, list) = world.get("/v1/payments?reference=ref-1").await;
    assert_eq!(list["data"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn refunds_stop_at_what_was_captured() {
    let world = World::start().await;
    let (session, payment) = world.session().await;
    let path = format!("/v1/payments/{payment}/refund");
    let refund = async |amount: i64, key: &str| {
        world.call(Method::POST, &path, Some(&json!({"amount": amount})), Some(key)).await
    };
    assert_eq!(refund(1, "early").await.0, 409);
    world.pay(&session, json!({"card": APPROVE})).await;
    assert_eq!(refund(0, "zero").await.0, 422);
    assert_eq!(refund(10_001, "more").await.0, 422);
    let (status, first) = refund(4_000, "a").await;
    assert_eq!((status, &first["payment"]["status"]), (201, &json!("partially_refunded")));
    assert_eq!(refund(4_000, "a").await, (201, first));
    assert_eq!(world.payment(&payment).await["refunded_amount"], 4_000);
    assert_eq!(refund(6_001, "b").await.0, 422);
    assert_eq!(refund(6_000, "c").await.1["payment"]["status"], "refunded");
    assert_eq!(refund(1, "d").await.0, 409);
    let kinds = world.kinds().await;
    assert_eq!(kinds, ["payment.processing", "payment.captured", "payment.refunded", "payment.refunded"]);
}

#[tokio::test]
async fn sessions_expire_by_time_and_on_request() {
    let world = World::start().await;
    let (by_time, first) = world.session().await;
    world.post("/v1/test/advance_clock", json!({"seconds": 1_799})).await;
    assert_eq!(world.payment(&first).await["status"], "requires_payment");
    world.post("/v1/test/advance_clock", json!({"seconds": 2})).await;
    assert_eq!(world.payment(&first).await["status"], "expired");
    assert_eq!(world.open(&format!("/pay/{by_time}")).await.status(), 410);

    let (on_request, second) = world.session().await;
    let path = format!("/v1/checkout_sessions/{on_request}/expire");
    let (status, session) = world.post(&path, json!({})).await;
    assert_eq!((status, &session["status"]), (200, &json!("expired")));
    assert_eq!(world.post(&path, json!({})).await.0, 409);
    assert_eq!(world.payment(&second).await["status"], "expired");
    let pay = world.post(&format!("/v1/test/sessions/{on_request}/pay"), json!({"card": APPROVE})).await;
    assert_eq!(pay.0, 409);
    let told = world.flush().await;
    assert_eq!(told.len(), 2);
    assert_eq!((told[1].kind.as_str(), &told[1].data["payment_id"]), ("session.expired", &json!(second)));
}

#[tokio::test]
async fn memory_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state/gateway.json");
    let world = World::with(|config| config.snapshot = Some(file.clone())).await;
    let (paid, first) = world.session().await;
    let (hanging, second) = world.session().await;
    world.pay(&paid, json!({"card": APPROVE})).await;
    world.pay(&hanging, json!({"card": NEVER_ANSWERS})).await;
    world.stop().await;

    let world = World::with(|config| config.snapshot = Some(file.clone())).await;
    assert_eq!(world.payment(&first).await["status"], "captured");
    assert_eq!(world.payment(&second).await["status"], "processing");
    assert_eq!(world.kinds().await, ["payment.processing", "payment.captured"]);
    world.stop().await;

    std::fs::write(&file, b"{").unwrap();
    let config = sandbox_gateway::Config { snapshot: Some(file), ..Default::default() };
    assert!(sandbox_gateway::Gateway::open(config).is_err());
}

#[tokio::test]
async fn a_whole_outage_answers_503() {
    let world = World::start().await;
    let (session, payment) = world.session().await;
    world.post("/v1/test/outage", json!({"down": true})).await;
    assert_eq!(world.get(&format!("/v1/payments/{payment}")).await.0, 503);
    assert_eq!(world.post("/v1/checkout_sessions", order()).await.0, 503);
    world.post("/v1/test/outage", json!({"down": false})).await;
    world.pay(&session, json!({"card": DOWN_CHARGED})).await;
    assert_eq!(world.get("/v1/payments?reference=ref-1").await.0, 503);
    world.post("/v1/test/advance_clock", json!({"seconds": 61})).await;
    assert_eq!(world.payment(&payment).await["status"], "captured");
}

#[test]
fn settings_that_cannot_work_are_named() {
    use sandbox_gateway::{Config, Gateway};
    type Break = fn(&mut Config);
    let cases: [(&str, Break); 4] = [
        ("api_key", |config| config.api_key = " ".into()),
        ("webhook_secret", |config| config.webhook_secret = "whsec_".into()),
        ("webhook_url", |config| config.webhook_url = "ftp://x".into()),
        ("public_base_url", |config| config.public_base_url = "here".into()),
    ];
    for (name, change) in cases {
        let mut config = Config::default();
        change(&mut config);
        let error = Gateway::open(config).err().unwrap().to_string();
        assert!(error.starts_with(name), "{error}");
    }
}

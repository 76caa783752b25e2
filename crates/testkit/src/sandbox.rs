//! The real sandbox gateway beside the application; it holds its events back until a test delivers them.

use std::{sync::Arc, time::SystemTime};

use reqwest::{Client, Method};
use sandbox_gateway::Config;
use serde_json::{Value, json};
use services::payments::{SandboxGateway, SandboxGatewaySettings};
use standardwebhooks::Webhook;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::TestApp;

/// Test cards of the sandbox.
pub mod card {
    /// Succeeds.
    pub const APPROVE: &str = "4242424242424242";
    /// The bank declines.
    pub const DECLINE: &str = "4000000000000002";
    /// The provider fails after charging; status queries fail for a while.
    pub const DOWN_CHARGED: &str = "4000000000000119";
    /// The provider fails before charging; status queries fail for a while.
    pub const DOWN_NOT_CHARGED: &str = "4000000000000127";
    /// The bank asks the payer to confirm.
    pub const AUTHENTICATE: &str = "4000002500003155";
    /// The bank does not answer until a test decides the outcome.
    pub const NEVER_ANSWERS: &str = "4000000000000341";
}

/// Client of the provider's control API.
pub struct Sandbox {
    base: String,
    http: Client,
    _stop: DropGuard,
}

impl TestApp {
    /// Starts with its own payment provider, reached over loopback, and receives its events.
    pub async fn with_sandbox() -> (Self, Sandbox) {
        let ours = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let webhook_url =
            format!("http://{}/api/payments/webhook/sandbox", ours.local_addr().expect("an address"));
        let (sandbox, client) = Sandbox::start(webhook_url).await;
        let app = Self::with_gateway(Arc::new(client)).await;
        app.serve_on(ours);
        (app, sandbox)
    }
}

impl Sandbox {
    /// Starts the provider on a port of its own; returns it with the adapter that reaches it. Its events go to `webhook_url`.
    pub async fn start(webhook_url: String) -> (Self, SandboxGateway) {
        let theirs = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", theirs.local_addr().expect("an address"));
        let config =
            Config { webhook_url, public_base_url: base.clone(), webhooks_paused: true, ..Config::default() };
        let stop = CancellationToken::new();
        tokio::spawn(sandbox_gateway::serve(theirs, config, stop.clone()));
        let client = SandboxGateway::new(&SandboxGatewaySettings {
            url: base.clone(),
            api_key: Config::DEFAULT_API_KEY.to_owned().into(),
            webhook_secret: Config::DEFAULT_WEBHOOK_SECRET.to_owned().into(),
        })
        .expect("a client");
        let http = Client::builder().no_proxy().build().expect("a client");
        (Self { base, http, _stop: stop.drop_guard() }, client)
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        let request =
            self.http.request(method, format!("{}{path}", self.base)).bearer_auth(Config::DEFAULT_API_KEY);
        let response = request.json(&body).send().await.expect("the sandbox answers");
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.json().await.unwrap_or(Value::Null)
    }

    /// Pays on a hosted page, as the payer would.
    pub async fn pay(&self, hosted_url: &str, card: &str) -> Value {
        let session = hosted_url.rsplit('/').next().expect("a session");
        let path = format!("/v1/test/sessions/{session}/pay");
        self.call(Method::POST, &path, json!({ "card": card })).await
    }

    /// Pays with the card whose bank asks the payer; `answer` is `approve` or `fail`.
    pub async fn pay_asked(&self, hosted_url: &str, answer: &str) -> Value {
        let session = hosted_url.rsplit('/').next().expect("a session");
        let path = format!("/v1/test/sessions/{session}/pay");
        self.call(Method::POST, &path, json!({ "card": card::AUTHENTICATE, "challenge": answer })).await
    }

    /// Sets the outcome of a payment that hangs: `captured` or `failed`.
    pub async fn outcome(&self, gateway_payment_id: &str, outcome: &str) {
        let path = format!("/v1/test/payments/{gateway_payment_id}/outcome");
        self.call(Method::POST, &path, json!({ "outcome": outcome })).await;
    }

    /// Delivers every waiting event once; returns the number of accepted events.
    pub async fn flush(&self) -> usize {
        let answer = self.call(Method::POST, "/v1/test/flush_webhooks", json!({})).await;
        let deliveries = answer["data"].as_array().cloned().unwrap_or_default();
        deliveries.iter().filter(|delivery| delivery["delivered"] == json!(true)).count()
    }

    /// Delivers all events again, old ones included; returns the number of accepted deliveries.
    pub async fn redeliver_all(&self) -> usize {
        let events = self.call(Method::GET, "/v1/test/events", json!({})).await;
        for event in events["data"].as_array().cloned().unwrap_or_default() {
            let id = event["id"].as_str().expect("an event id").to_owned();
            self.call(Method::POST, &format!("/v1/test/events/{id}/redeliver"), json!({})).await;
        }
        self.flush().await
    }

    /// Returns body and headers of an event with any content, correctly signed by the provider.
    pub fn signed(id: &str, kind: &str, data: &Value) -> (String, [(&'static str, String); 3]) {
        Self::signed_ago(0, id, kind, data)
    }

    /// Returns an event like [`Self::signed`], signed `seconds` ago.
    pub fn signed_ago(
        seconds: i64,
        id: &str,
        kind: &str,
        data: &Value,
    ) -> (String, [(&'static str, String); 3]) {
        let body = json!({ "type": kind, "timestamp": "2026-03-02T09:00:00Z", "data": data }).to_string();
        let headers = Self::sign_ago(seconds, id, body.as_bytes());
        (body, headers)
    }

    /// Returns the headers that sign a body as the provider signed it `seconds` ago.
    pub fn sign_ago(seconds: i64, id: &str, body: &[u8]) -> [(&'static str, String); 3] {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock").as_secs();
        let stamp = i64::try_from(now).expect("a moment") - seconds;
        let signer = Webhook::new(Config::DEFAULT_WEBHOOK_SECRET).expect("a secret");
        let signature = signer.sign(id, stamp, body).expect("a signature");
        [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", stamp.to_string()),
            ("webhook-signature", signature),
        ]
    }

    /// Sets how events of later payments are delivered, such as `{"mode": "out_of_order"}`.
    pub async fn delivery(&self, delivery: Value) {
        self.call(Method::POST, "/v1/test/delivery_defaults", json!({ "delivery": delivery })).await;
    }

    /// Makes the merchant API answer 503 while `down` is true.
    pub async fn outage(&self, down: bool) {
        self.call(Method::POST, "/v1/test/outage", json!({ "down": down })).await;
    }
}

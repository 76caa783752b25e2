//! A running provider and the merchant's listener.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use reqwest::{Client, Method, Response};
use sandbox_gateway::{Config, ServeError, serve};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) const APPROVE: &str = "4242424242424242";
pub(crate) const DECLINE: &str = "4000000000000002";
pub(crate) const CHALLENGE: &str = "4000002500003155";
pub(crate) const DOWN_CHARGED: &str = "4000000000000119";
pub(crate) const DOWN_NOT_CHARGED: &str = "4000000000000127";
pub(crate) const NEVER_ANSWERS: &str = "4000000000000341";

/// A received webhook with a valid signature.
#[derive(Clone)]
pub(crate) struct Received {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) data: Value,
}

struct Inbox {
    verifier: Webhook,
    received: Mutex<Vec<Received>>,
    status: AtomicU16,
}

async fn receive(State(inbox): State<Arc<Inbox>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if inbox.verifier.verify(&body, &headers).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let value: Value = serde_json::from_slice(&body).unwrap();
    inbox.received.lock().unwrap().push(Received {
        id: headers["webhook-id"].to_str().unwrap().to_owned(),
        kind: value["type"].as_str().unwrap().to_owned(),
        data: value["data"].clone(),
    });
    StatusCode::from_u16(inbox.status.load(Ordering::SeqCst)).unwrap()
}

/// A running provider with a merchant.
pub(crate) struct World {
    pub(crate) base: String,
    http: Client,
    inbox: Arc<Inbox>,
    shutdown: CancellationToken,
    task: JoinHandle<Result<(), ServeError>>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let inbox = Arc::new(Inbox {
            verifier: Webhook::new(Config::DEFAULT_WEBHOOK_SECRET).unwrap(),
            received: Mutex::default(),
            status: AtomicU16::new(204),
        });
        let merchant = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let webhook_url = format!("http://{}/hook", merchant.local_addr().unwrap());
        let shutdown = CancellationToken::new();
        let app = Router::new().route("/hook", post(receive)).with_state(Arc::clone(&inbox));
        let stop = shutdown.clone().cancelled_owned();
        tokio::spawn(async move { axum::serve(merchant, app).with_graceful_shutdown(stop).await });

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut config = Config {
            webhook_url,
            public_base_url: format!("{base}/"),
            webhooks_paused: true,
            ..Config::default()
        };
        change(&mut config);
        let task = tokio::spawn(serve(listener, config, shutdown.clone()));
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        Self { base, http, inbox, shutdown, task }
    }

    pub(crate) async fn stop(mut self) {
        self.shutdown.cancel();

        (&mut self.task).await.unwrap().unwrap();
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> (u16, Value) {
        let mut request =
            self.http.request(method, format!("{}{path}", self.base)).bearer_auth(Config::DEFAULT_API_KEY);
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, None, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::POST, path, Some(&body), None).await
    }

    /// Creates a session over EUR 100.00 with reference `ref-1`; returns the IDs of session and payment.
    pub(crate) async fn session(&self) -> (String, String) {
        let (status, session) = self.post("/v1/checkout_sessions", order()).await;
        assert_eq!(status, 201, "{session}");
        (text(&session, "id"), text(&session, "payment_id"))
    }

    pub(crate) async fn payment(&self, id: &str) -> Value {
        let (status, payment) = self.get(&format!("/v1/payments/{id}")).await;
        assert_eq!(status, 200, "{payment}");
        payment
    }

    /// Pays through the control API.
    pub(crate) async fn pay(&self, session: &str, body: Value) -> Value {
        let (status, answer) = self.post(&format!("/v1/test/sessions/{session}/pay"), body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// Sends a form like a browser without JavaScript.
    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.http.post(format!("{}{path}", self.base)).form(fields).send().await.unwrap()
    }

    pub(crate) async fn open(&self, path: &str) -> Response {
        self.http.get(format!("{}{path}", self.base)).send().await.unwrap()
    }

    /// Flushes the queue and returns the webhooks received since the last flush.
    pub(crate) async fn flush(&self) -> Vec<Received> {
        let (status, report) = self.post("/v1/test/flush_webhooks", json!({})).await;
        assert_eq!(status, 200, "{report}");
        std::mem::take(&mut *self.inbox.received.lock().unwrap())
    }

    pub(crate) async fn kinds(&self) -> Vec<String> {
        self.flush().await.into_iter().map(|received| received.kind).collect()
    }

    pub(crate) fn merchant_answers(&self, status: u16) {
        self.inbox.status.store(status, Ordering::SeqCst);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

pub(crate) fn order() -> Value {
    json!({
        "amount": 10_000, "currency": "EUR", "reference": "ref-1", "description": "Two <services> & more",
        "success_url": "https://shop.example/done?a=1", "cancel_url": "https://shop.example/cart",
        "metadata": {"k": "v"},
    })
}

pub(crate) fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap().to_owned()
}

pub(crate) fn location(response: &Response) -> &str {
    response.headers()["location"].to_str().unwrap()
}

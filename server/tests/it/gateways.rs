//! Payment providers side by side: each adapter does what any must, and each attempt stays with the provider it began at.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, routing::post};
use chrono::TimeDelta;
use contracts::{
    money::Currency,
    states::{PaymentStatus, PurchaseStatus},
};
use diesel::{QueryableByName, sql_types};
use diesel_async::RunQueryDsl;
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use services::{
    OpCtx,
    payments::SandboxGateway,
    platform::{
        Capabilities, Gateway, GatewayError, GatewayPayment, GatewaySession, Gateways, Keys, Platform,
        SessionRequest, WebhookEvent,
    },
    worker,
};
use testkit::{Delivery, GatewayBench, Goods, Sandbox, TestApp, assert_gateway_conforms, card};
use tokio::net::TcpListener;

use crate::payments::{count, deal, finish};

type Heard = Arc<Mutex<Vec<Delivery>>>;

/// The sandbox, with an ear that keeps what it delivers.
struct SandboxBench {
    sandbox: Sandbox,
    adapter: Arc<SandboxGateway>,
    heard: Heard,
}

impl SandboxBench {
    async fn start() -> Self {
        let heard = Heard::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let keep = async |State(heard): State<Heard>, headers: HeaderMap, body: Bytes| {
            heard.lock().unwrap().push(Delivery { headers, body: body.to_vec() });
        };
        let ear = Router::new().route("/heard", post(keep)).with_state(heard.clone());
        tokio::spawn(async move { axum::serve(listener, ear).await });
        let (sandbox, adapter) = Sandbox::start(format!("http://{address}/heard")).await;
        Self { sandbox, adapter: Arc::new(adapter), heard }
    }
}

fn signed_headers(pairs: [(&'static str, String); 3]) -> HeaderMap {
    pairs
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(&value).unwrap()))
        .collect()
}

impl GatewayBench for SandboxBench {
    fn adapter(&self) -> Arc<dyn Gateway> {
        self.adapter.clone()
    }

    fn pay<'a>(&'a self, session: &'a GatewaySession) -> BoxFuture<'a, ()> {
        Box::pin(async move { drop(self.sandbox.pay(&session.url, card::APPROVE).await) })
    }

    fn fail<'a>(&'a self, session: &'a GatewaySession) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.sandbox.pay(&session.url, card::DECLINE).await;
            self.adapter.close(&session.session_id).await.unwrap();
        })
    }

    fn deliver(&self) -> BoxFuture<'_, Vec<Delivery>> {
        Box::pin(async move {
            self.sandbox.flush().await;
            self.heard.lock().unwrap().clear();
            self.sandbox.redeliver_all().await;
            self.heard.lock().unwrap().clone()
        })
    }

    fn sign(&self, seconds: i64, body: &[u8]) -> Delivery {
        let headers = signed_headers(Sandbox::sign_ago(seconds, "evt_conformance", body));
        Delivery { headers, body: body.to_vec() }
    }

    fn break_down(&self, is_down: bool) -> BoxFuture<'_, ()> {
        Box::pin(self.sandbox.outage(is_down))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_adapter_conforms() {
    assert_gateway_conforms(&SandboxBench::start().await).await;
}

/// Reaches the sandbox under another name and collects only these currencies.
struct Named {
    name: &'static str,
    currencies: &'static [Currency],
    inner: Arc<SandboxGateway>,
}

impl Gateway for Named {
    fn name(&self) -> &'static str {
        self.name
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { currencies: self.currencies, ..self.inner.capabilities() }
    }

    fn create_session<'a>(
        &'a self,
        request: &'a SessionRequest,
    ) -> BoxFuture<'a, Result<GatewaySession, GatewayError>> {
        self.inner.create_session(request)
    }

    fn status<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<GatewayPayment, GatewayError>> {
        self.inner.status(id)
    }

    fn close<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), GatewayError>> {
        self.inner.close(id)
    }

    fn parse_webhook(&self, headers: &HeaderMap, body: &[u8]) -> Result<WebhookEvent, GatewayError> {
        self.inner.parse_webhook(headers, body)
    }
}

async fn attempts_at(app: &TestApp, gateway: &str) -> i64 {
    count(app, &format!("SELECT count(*) AS n FROM payment_attempts WHERE gateway = '{gateway}'")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_begins_at_the_first_provider_that_collects_its_currency() {
    let bench = SandboxBench::start().await;
    let named = |name, currencies| -> Arc<dyn Gateway> {
        Arc::new(Named { name, currencies, inner: bench.adapter.clone() })
    };
    let gateways = Gateways::new([named("dollars", &[Currency::Usd]), named("euros", &[Currency::Eur])]);
    let app = TestApp::with_gateways(gateways).await;
    let euro = deal(&app, Goods::at(2_500, Currency::Eur), 1).await;
    assert_eq!((attempts_at(&app, "euros").await, attempts_at(&app, "dollars").await), (1, 0));
    bench
        .pay(&GatewaySession {
            session_id: String::new(),
            payment_id: String::new(),
            url: euro.page().to_owned(),
        })
        .await;
    assert_eq!(euro.refresh().await, PaymentStatus::Captured, "the provider it began at is asked");
    // nobody collects this one: the buyer is told at once, and nothing is charged
    let pound = deal(&app, Goods::at(2_500, Currency::Gbp), 1).await;
    assert_eq!(attempts_at(&app, "none").await, 1);
    assert_eq!(pound.purchase().await.payment.status, PaymentStatus::Failed);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_whose_provider_is_configured_no_more_is_unknown_and_told() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, Currency::Eur), 1).await;
    app.clock.advance(TimeDelta::minutes(1));
    let ground = &app.platform;
    let without = Platform {
        db: ground.db.clone(),
        clock: app.clock.clone(),
        gateways: Gateways::default(),
        mailer: ground.mailer.clone(),
        keys: Keys::from_seeds([1; 32], [2; 32]).unwrap(),
        settings: ground.settings.clone(),
    };
    worker::round(&OpCtx::system(Arc::new(without))).await.unwrap();
    let left = deal.purchase().await;
    assert_eq!((left.status, left.payment.status), (PurchaseStatus::AwaitingPayment, PaymentStatus::Unknown));
    let told = "SELECT count(*) AS n FROM security_events WHERE kind = 'payment_unresolved'";
    assert_eq!(count(&app, told).await, 1, "the console hears of it");
    app.assert_laws().await;
}

#[derive(QueryableByName)]
struct Body {
    #[diesel(sql_type = sql_types::Nullable<sql_types::Bytea>)]
    body: Option<Vec<u8>>,
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_kept_byte_for_byte_and_its_door_has_the_providers_name() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    // a parser would lose the spaces, the order and the doubled key
    let body = br#"{ "type" : "hello",  "data":{"b":1,"a":2.50,"a":2.5} }"#;
    let send = async |gateway: &str| {
        let mut request = Request::post(format!("/api/payments/webhook/{gateway}"));
        for (name, value) in Sandbox::sign_ago(0, "evt_1", body) {
            request = request.header(name, value);
        }
        app.send(request.body(axum::body::Body::from(body.to_vec())).unwrap()).await.status()
    };
    assert_eq!(send("nobody").await, StatusCode::NOT_FOUND);
    assert_eq!(send("sandbox").await, StatusCode::NO_CONTENT);
    let mut owner = app.database.owner().await;
    let kept: Vec<Body> =
        diesel::sql_query("SELECT body FROM gateway_events").load(&mut owner).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].body.as_deref(), Some(&body[..]));
}

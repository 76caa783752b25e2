//! The application in a box: the real router over its own database, with a clock that stands still and fixed keys.

use std::sync::Arc;

use axum::{Router, body::Body};
use chrono::{DateTime, Utc};
use contracts::identity::MadeFor;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde::{Serialize, de::DeserializeOwned};
use server::{
    config::Mode,
    web::{self, AppState, LegalPages, RateLimit, Site},
};
use services::{
    OpCtx, identity,
    platform::{
        Client, Db, DbSettings, Gateway, Gateways, Keys, ManualClock, Platform, RequestId, Settings, laws,
    },
    worker,
};
use tower::ServiceExt;

use crate::{
    TestDb, TestMailer,
    document::{self, SentRequest},
};

/// The application of one test.
pub struct TestApp {
    /// Database of the test.
    pub database: TestDb,
    /// Clock; it moves only when a test moves it.
    pub clock: Arc<ManualClock>,
    /// Mailer that keeps the sent e-mails.
    pub mailer: Arc<TestMailer>,
    /// Platform of the services, for tests that make their own contexts.
    pub platform: Arc<Platform>,
    router: Router,
}

/// A complete answer with its body.
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// Returns the signing keys of every test application.
pub(crate) fn keys() -> Keys {
    Keys::from_seeds([1; 32], [2; 32]).expect("keys")
}

/// Returns the whole router over `platform`.
fn router(platform: &Arc<Platform>, is_demo: bool) -> Router {
    web::router(AppState {
        platform: Arc::clone(platform),
        site: Site::with_head("", std::path::Path::new("/nonexistent")),
        legal: LegalPages::placeholders(),
        is_demo,
        mode: Mode::Development,
        trusted_proxies: 0,
        rate_limit: RateLimit::new(100_000),
    })
}

impl TestApp {
    /// Starts without a payment provider.
    pub async fn start() -> Self {
        Self::with_gateways(Gateways::default()).await
    }

    /// Starts with a payment provider.
    pub async fn with_gateway(gateway: Arc<dyn Gateway>) -> Self {
        Self::with_gateways(Gateways::new([gateway])).await
    }

    /// Starts with these payment providers, the preferred one first.
    pub async fn with_gateways(gateways: Gateways) -> Self {
        let database = TestDb::start().await;
        let now = DateTime::parse_from_rfc3339("2026-03-02T09:00:00Z").expect("a moment").with_timezone(&Utc);
        let clock = Arc::new(ManualClock::at(now));
        let db = Db::new(&DbSettings {
            url: database.app_url(),
            pool_size: 12,
            acquire_timeout: std::time::Duration::from_secs(30),
            statement_timeout: std::time::Duration::from_secs(30),
            search_timeout: std::time::Duration::from_secs(30),
        })
        .expect("a pool");
        let mailer = Arc::new(TestMailer::default());
        let platform = Arc::new(Platform {
            db,
            clock: clock.clone(),
            gateways,
            mailer: mailer.clone(),
            keys: keys(),
            settings: Settings::default(),
        });
        let router = router(&platform, false);
        Self { database, clock, mailer, platform, router }
    }

    /// Returns the same application with demo data: its pages say so.
    #[must_use]
    pub fn with_demo_mark(self) -> Self {
        Self { router: router(&self.platform, true), ..self }
    }

    /// Serves the router on a socket, for programs that call back. The server ends with the test's runtime.
    pub fn serve_on(&self, listener: tokio::net::TcpListener) {
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
    }

    /// Returns the context of a background job.
    pub fn system(&self) -> OpCtx {
        OpCtx::system(self.platform.clone())
    }

    /// Returns the context of a visitor.
    pub fn anonymous(&self) -> OpCtx {
        OpCtx::anonymous(self.platform.clone(), RequestId(uuid::Uuid::now_v7()), Client::default())
    }

    /// Sends a request through the whole router; fails the test if the answer, or a request that is accepted, contradicts the API's
    /// document.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (request, sent) = keep_json(request).await;
        let is_of_a_page = request.uri().query().is_some_and(|query| query.contains(MadeFor::FIELD));
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the body ends").to_bytes().to_vec();
        // a download linked from a page is refused with a page, which the API's document does not describe
        if !is_of_a_page {
            document::check(&sent, parts.status, &parts.headers, &body);
        }
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Returns the person and organisation for whom a page opened with this cookie is rendered.
    pub async fn made_for(&self, cookie: &str) -> MadeFor {
        let token = cookie.trim_start_matches("__Host-session=");
        let request_id = RequestId(uuid::Uuid::now_v7());
        let found = identity::authenticate(&self.platform, token, request_id, Client::default()).await;
        found.map(|ctx| ctx.made_for()).unwrap_or_default()
    }

    /// Sends GET without a session, with a browser's `Accept` header.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(
            Request::get(path)
                .header(header::ACCEPT, "text/html,*/*")
                .body(Body::empty())
                .expect("a request"),
        )
        .await
    }

    /// Sends POST with JSON, without cookies.
    pub async fn post_json(&self, path: &str, body: &impl Serialize) -> Answer {
        let json = serde_json::to_vec(body).expect("JSON");
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/json").body(Body::from(json));
        self.send(request.expect("a request")).await
    }

    /// Delivers the waiting messages of the outbox, then fails the test if a law is broken.
    pub async fn assert_laws(&self) {
        worker::deliver(&self.system()).await.expect("messages can be delivered");
        let breaches = laws::breaches(self.database.owner_url()).await.expect("laws can be read");
        assert!(breaches.is_empty(), "laws are broken: {breaches:#?}");
    }
}

/// Returns the request as it is, and what the API's document may say of it. A body that says to be no JSON, or whose
/// end is not known, is not read.
async fn keep_json(request: Request<Body>) -> (Request<Body>, SentRequest) {
    let (parts, body) = request.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_json = kind.is_none_or(|kind| kind.starts_with("application/json"))
        && axum::body::HttpBody::size_hint(&body).exact().is_some();
    let (body, json) = if is_json {
        let bytes = body.collect().await.expect("the body ends").to_bytes();
        (Body::from(bytes.clone()), Some(bytes.to_vec()))
    } else {
        (body, None)
    };
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    let sent = SentRequest { method, path, query: parts.uri.query().map(str::to_owned), json };
    (Request::from_parts(parts, body), sent)
}

impl Answer {
    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the body's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// Returns the body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|cause| panic!("{cause} in {}", self.text()))
    }
}

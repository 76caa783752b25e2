//! What stands before any domain: health, headers, cross-site defence, error shapes, migrations both ways.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use chrono::TimeDelta;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use http::{Request, StatusCode};
use services::{
    OpCtx,
    platform::{Clock, Db, DbSettings, Gateways, Keys, Platform, Settings, SystemClock, migrate, role},
};
use testkit::TestApp;

/// Tables that are filled by migrations or by the import of the ICD-11 starter set, which leaves an audit record.
const PLANTED: &[&str] = &[
    "__diesel_schema_migrations",
    "audit_records",
    "database_origin",
    "icd11_entities",
    "icd11_releases",
    "market_state",
    "replaced_files",
    "role_permissions",
    "signing_keys",
    "state_transitions",
];

#[derive(diesel::QueryableByName)]
struct TableName {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_clock_is_wrong_says_so_when_it_is_asked_whether_it_is_ready() {
    for (minutes, words) in [(10, "seconds ahead of the database's"), (-10, "seconds behind the database's")]
    {
        let app = TestApp::start().await;
        app.clock.set(SystemClock.now() + TimeDelta::minutes(minutes));
        let ready = app.get("/readyz").await;
        assert_eq!(ready.status(), StatusCode::OK, "it serves nevertheless");
        assert!(ready.text().contains(words), "{}", ready.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migrated_database_serves_keeps_the_laws_and_holds_nobodys_data() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/healthz").await.status(), StatusCode::OK);
    assert_eq!(app.get("/readyz").await.status(), StatusCode::OK);
    app.assert_laws().await;
    let filled: Vec<TableName> = diesel::sql_query(
        "SELECT c.relname::text AS name FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
           AND (xpath('/row/rows/text()', query_to_xml(format('SELECT count(*) AS rows FROM %I', c.relname), false, true, '')))[1]::text <> '0'
         ORDER BY 1",
    )
    .load(&mut app.database.owner().await)
    .await
    .unwrap();
    let filled: Vec<&str> = filled.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(filled, PLANTED);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_security_headers_and_a_request_id() {
    let app = TestApp::start().await;
    for path in ["/", "/nowhere", "/api/openapi.json", "/healthz"] {
        let answer = app.get(path).await;
        for header in [
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "content-security-policy",
            "x-request-id",
        ] {
            assert!(answer.headers().contains_key(header), "{path} lacks {header}");
        }
    }
    let policy =
        |answer: &testkit::Answer| answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let (one, two) = (app.get("/nowhere").await, app.get("/nowhere").await);
    assert!(policy(&one).contains("'nonce-") && !policy(&one).contains("unsafe-inline"));
    assert_ne!(policy(&one), policy(&two), "a nonce is used once");
    assert_eq!(one.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_reads_a_refusal_as_a_page_and_a_program_as_a_problem() {
    let app = TestApp::start().await;
    let foreign = |accept: &str| {
        Request::post("/sign-out")
            .header("accept", accept)
            .header("sec-fetch-site", "cross-site")
            .body(Body::empty())
            .unwrap()
    };
    let page = app.send(foreign("text/html")).await;
    assert_eq!(page.status(), StatusCode::FORBIDDEN);
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("style-src 'self'"));
    assert!(page.text().contains("<h1>This request came from another site</h1>"), "{}", page.text());
    assert!(
        page.text().contains("Error 403 Forbidden") && page.text().contains("class=\"brand\""),
        "{}",
        page.text()
    );
    let problem = app.send(foreign("application/json")).await;
    assert_eq!(problem.status(), StatusCode::FORBIDDEN);
    assert_eq!(problem.headers()["content-type"], "application/problem+json");
    let missing = app.get("/missing.txt").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert_eq!(missing.headers()["content-type"], "text/html; charset=utf-8");
    let unknown = app.get("/api/nope").await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    assert_eq!(unknown.headers()["content-type"], "application/problem+json");
    let large = Request::post("/api/purchase/initiate")
        .header("content-length", (3 * 1024 * 1024).to_string())
        .body(Body::empty())
        .unwrap();
    let large = app.send(large).await;
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(large.headers()["content-type"], "application/problem+json");
    assert_eq!(large.json::<serde_json::Value>()["code"], "too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_json_body_is_too_large() {
    let app = TestApp::start().await;
    let insurer = app.organisation(contracts::identity::OrganisationKind::Insurer).await;
    let answer = insurer.post_json("/api/purchase/initiate", &"x".repeat(3 * 1024 * 1024)).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json::<serde_json::Value>()["code"], "too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_choice_of_theme_stays_between_browser_and_server() {
    let app = TestApp::start().await;
    let form = Request::post("/rpc/theme_set")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from("theme=dark"))
        .unwrap();
    let answer = app.send(form).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    for part in ["theme=dark;", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_fences_do_not_bind_is_named() {
    let app = TestApp::start().await;
    let as_role = |url: String| {
        let db = Db::new(&DbSettings {
            url,
            pool_size: 1,
            acquire_timeout: Duration::from_secs(30),
            statement_timeout: Duration::from_secs(30),
            search_timeout: Duration::from_secs(30),
        });
        OpCtx::system(Arc::new(Platform {
            db: db.unwrap(),
            clock: app.clock.clone(),
            gateways: Gateways::default(),
            mailer: app.platform.mailer.clone(),
            keys: Keys::from_seeds([1; 32], [2; 32]).unwrap(),
            settings: Settings::default(),
        }))
    };
    assert_eq!(role::rls_bypass_reason(&app.system()).await.unwrap(), None);
    let owner = role::rls_bypass_reason(&as_role(app.database.owner_url().to_owned())).await.unwrap();
    assert!(owner.unwrap().contains("is a superuser"));
    app.database.owner().await.batch_execute("ALTER TABLE outbox OWNER TO hcts_app").await.unwrap();
    let application = role::rls_bypass_reason(&as_role(app.database.app_url())).await.unwrap();
    assert!(application.unwrap().contains("hcts_app owns tables"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_offline_shell_holds_nothing_of_anybody() {
    let app = TestApp::start().await;
    let answer = app.get("/offline-shell").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(answer.headers()["cache-control"], "no-cache");
    assert!(!answer.headers().contains_key("set-cookie"));
    assert!(answer.text().ends_with("<body></body></html>"), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_go_both_ways() {
    let database = testkit::TestDb::empty().await;
    let shape = |database: &testkit::TestDb| database.dump_schema();
    migrate::up(database.owner_url()).await.unwrap();
    let first = shape(&database);
    migrate::down(database.owner_url()).await.unwrap();
    migrate::up(database.owner_url()).await.unwrap();
    assert_eq!(first, shape(&database), "down.sql leaves something behind or forgets something");
}

/// Who wrote functions, triggers, views, rights and policies last: one digest of all of it.
const MADE_BY: &str = "SELECT md5(string_agg(o, ' ' ORDER BY o)) AS digest FROM (
    SELECT 'p' || oid || xmin::text AS o FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 't' || oid || xmin::text FROM pg_trigger UNION ALL SELECT 'r' || oid || xmin::text FROM pg_rewrite
    UNION ALL SELECT 'y' || oid || xmin::text FROM pg_policy
    UNION ALL SELECT 'c' || oid || xmin::text FROM pg_class WHERE relnamespace = 'public'::regnamespace) made";

#[derive(diesel::QueryableByName)]
struct Digest {
    #[diesel(sql_type = diesel::sql_types::Text)]
    digest: String,
}

#[derive(diesel::QueryableByName)]
struct Waiting {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

async fn made_by(database: &testkit::TestDb) -> String {
    diesel::sql_query(MADE_BY).get_result::<Digest>(&mut database.owner().await).await.unwrap().digest
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_with_nothing_to_do_touches_nothing_and_a_changed_file_is_applied() {
    let database = testkit::TestDb::start().await;
    let before = made_by(&database).await;
    let mut buyer = database.owner().await;
    // whoever is in the middle of a purchase is not waited for
    buyer
        .batch_execute("BEGIN; LOCK TABLE purchases, payments, certificates IN ROW EXCLUSIVE MODE")
        .await
        .unwrap();
    assert_eq!(migrate::up(database.owner_url()).await.unwrap(), [""; 0]);
    assert_eq!(made_by(&database).await, before);
    buyer.batch_execute("COMMIT").await.unwrap();
    let earlier =
        "UPDATE replaced_files SET sha256 = sha256('an earlier release') WHERE name = '40_capacity.sql'";
    buyer.batch_execute(earlier).await.unwrap();
    migrate::up(database.owner_url()).await.unwrap();
    let applied = made_by(&database).await;
    assert_ne!(applied, before);
    migrate::up(database.owner_url()).await.unwrap();
    assert_eq!(made_by(&database).await, applied);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_waits_for_a_purchase_is_tried_again() {
    let database = testkit::TestDb::start().await;
    let mut buyer = database.owner().await;
    buyer
        .batch_execute(
            "UPDATE replaced_files SET sha256 = sha256('an earlier release') WHERE name LIKE '10_%'",
        )
        .await
        .unwrap();
    buyer.batch_execute("BEGIN; LOCK TABLE payments IN ROW EXCLUSIVE MODE").await.unwrap();
    let url = database.owner_url().to_owned();
    let change = tokio::spawn(async move { migrate::up(&url).await });
    let mut others = database.owner().await;
    // the change has come to wait for the buyer
    let waits = "SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND relation = 'payments'::regclass
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    while diesel::sql_query(waits).get_result::<Waiting>(&mut others).await.unwrap().n == 0 {
        assert!(!change.is_finished());
        tokio::task::yield_now().await;
    }
    buyer.batch_execute("COMMIT").await.unwrap();
    change.await.unwrap().unwrap();
}

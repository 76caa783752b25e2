//! `hcts seed`: the market it makes is lawful, the same each time, and closed in production.

use certificate::{PublicCode, unhex};
use chrono::{DateTime, Utc};
use contracts::{
    catalog::MarketQuery,
    certificates::CheckState,
    error::ErrorCode,
    identity::{SignIn, SignUp},
};
use diesel::{QueryableByName, sql_types};
use diesel_async::RunQueryDsl;
use server::commands::seed::{DEMO_PASSWORD, Demo, Present, Progress, date_key_back, demo, load, present};
use services::{
    OpCtx, catalog, certificates, identity,
    platform::{Clock, Platform, Settings},
};
use testkit::TestApp;

use crate::identity::sign_up_form;

const SMALL: Demo = Demo { services: 12, purchases: 20 };

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = sql_types::Text)]
    line: String,
}

/// The first column of whatever `query` finds.
async fn lines(app: &TestApp, query: &str) -> Vec<String> {
    let rows: Vec<Line> = diesel::sql_query(query).load(&mut app.database.owner().await).await.unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

/// The end of the demo year: a moment of the machine's own clock, since the laws look at the database's.
fn today(app: &TestApp) -> DateTime<Utc> {
    app.clock.now()
}

async fn small_demo() -> TestApp {
    let app = TestApp::start().await;
    date_key_back(app.database.owner_url(), &app.platform).await.unwrap();
    demo(&app.platform, today(&app), SMALL, &mut Progress::silent()).await.unwrap();
    app
}

/// What must be the same each time.
async fn portrait(app: &TestApp) -> Vec<String> {
    lines(
        app,
        "SELECT format('%s %s %s', s.status, v.title, v.base_price_minor) AS line FROM services s JOIN service_versions v ON v.service_id = s.id
         UNION ALL SELECT format('purchase %s %s', status, total_minor) FROM purchases
         UNION ALL SELECT format('payment %s %s', status, count(*)) FROM payments GROUP BY status
         UNION ALL SELECT format('certificate %s %s', status, count(*)) FROM certificates GROUP BY status
         UNION ALL SELECT format('view %s of %s %s', v.name, o.kind, p.level) FROM saved_views v JOIN organisations o ON o.id = v.org_id
           LEFT JOIN list_openings p ON p.view_id = v.id
         UNION ALL SELECT format('organisation %s %s', status, name) FROM organisations ORDER BY 1",
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_market_is_lawful_whole_and_the_same_each_time() {
    let (one, two) = tokio::join!(small_demo(), small_demo());
    one.assert_laws().await;
    two.assert_laws().await;
    let portrait_of_one = portrait(&one).await;
    assert_eq!(portrait_of_one, portrait(&two).await);
    for view in ["Awaiting payment of insurer manager", "Awaiting verification of platform staff"] {
        assert!(portrait_of_one.contains(&format!("view {view}")), "{view} is missing");
    }
    let states = lines(&one, "SELECT DISTINCT status AS line FROM purchases ORDER BY 1").await;
    assert_eq!(states, ["awaiting_payment", "cancelled", "expired", "fulfilled", "open"]);
    let payments = lines(&one, "SELECT DISTINCT status AS line FROM payments ORDER BY 1").await;
    assert_eq!(payments, ["captured", "failed", "unknown"]);
    let held = lines(&one, "SELECT DISTINCT (expires_at - created_at)::text AS line FROM purchases").await;
    assert_eq!(held, ["00:30:00"], "as long as the checkout says");
    let special = [
        ("a price that depends on the quantity", "SELECT count(*)::text AS line FROM transaction_lines WHERE jsonb_array_length(price_trace) > 1"),
        ("a place in the log", "SELECT count(*)::text AS line FROM log_leaves"),
        ("a signed head", "SELECT count(*)::text AS line FROM log_checkpoints"),
        ("a draft whose price buyers do not see", "SELECT count(*)::text AS line FROM services s JOIN service_versions p ON p.id = s.published_version_id
            JOIN service_versions v ON v.service_id = s.id WHERE v.published_at IS NULL AND v.base_price_minor <> p.base_price_minor"),
    ];
    for (what, query) in special {
        assert_ne!(lines(&one, query).await, ["0"], "{what}");
    }
    let passed =
        lines(&one, "SELECT DISTINCT to_state AS line FROM state_changes WHERE machine = 'purchase'").await;
    assert!(passed.contains(&"paid".to_owned()));
    let certificates = lines(&one, "SELECT DISTINCT status AS line FROM certificates").await;
    for state in ["issued", "redeemed", "revoked", "suspended"] {
        assert!(certificates.iter().any(|found| found == state), "{state} is missing: {certificates:?}");
    }
    let waiting = lines(&one, "SELECT format('%s %s', status, name) AS line FROM organisations WHERE status <> 'verified' ORDER BY 1").await;
    assert_eq!(waiting, ["rejected Goldleaf Wellness Resort", "unverified Quayside Physiotherapy"]);
    let operator = OpCtx::command(one.platform.clone());
    assert_eq!(present(&operator).await.unwrap(), Present::Demo { complete: true });
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_of_the_demo_year_stay_good_when_their_key_is_retired() {
    let app = small_demo().await;
    let key = certificates::key_id(&app.platform.keys);
    assert!(certificates::key_retire(app.database.owner_url(), &key).await.unwrap());
    let valid =
        lines(&app, "SELECT encode(public_code, 'hex') AS line FROM certificates WHERE status = 'issued'")
            .await;
    assert!(!valid.is_empty());
    for bytes in valid {
        let code = PublicCode::from_bytes(unhex(&bytes).unwrap().try_into().unwrap()).to_string();
        let check = certificates::certificate_check(&app.anonymous(), &code, false).await.unwrap();
        assert_eq!(check.state, CheckState::Valid, "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_market_whose_making_was_cut_off_is_told_from_a_whole_one_and_from_anybody_elses() {
    let app = TestApp::start().await;
    let operator = OpCtx::command(app.platform.clone());
    assert_eq!(present(&operator).await.unwrap(), Present::Nothing);
    let sign_up = async |organisation: &str, email: &str, number: &str| {
        let form = SignUp { organisation: organisation.into(), ..sign_up_form(email, number) };
        identity::sign_up(&app.anonymous(), form).await.unwrap();
    };
    sign_up("Somebody Else", "ada@north.example", "IE-1").await;
    assert_eq!(present(&operator).await.unwrap(), Present::Other);
    sign_up("Alder Park Hospital", "bo@north.example", "IE-2").await;
    assert_eq!(present(&operator).await.unwrap(), Present::Demo { complete: false });
}

/// The same house with demo accounts open or closed.
fn house(app: &TestApp, demo_accounts: bool) -> OpCtx {
    let settings = Settings { demo_accounts, ..app.platform.settings.clone() };
    let platform = Platform {
        db: app.platform.db.clone(),
        clock: app.clock.clone(),
        gateways: app.platform.gateways.clone(),
        mailer: app.platform.mailer.clone(),
        keys: app.platform.keys.clone(),
        settings,
    };
    OpCtx::anonymous(
        platform.into(),
        app.anonymous().caller().request_id,
        services::platform::Client::default(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_accounts_are_closed_unless_they_are_wanted() {
    let app = TestApp::start().await;
    demo(&app.platform, today(&app), Demo { services: 2, purchases: 0 }, &mut Progress::silent())
        .await
        .unwrap();
    let key = || SignIn { email: "Admin@demo.hcts.example".to_owned(), password: DEMO_PASSWORD.into() };
    identity::sign_in(&house(&app, true), key()).await.unwrap();
    let refused = identity::sign_in(&house(&app, false), key()).await.map(drop).unwrap_err();
    assert_eq!(refused.code, ErrorCode::WrongCredentials);
    assert!(!Settings::default().demo_accounts, "closed unless somebody opens them");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loaded_market_is_lawful_found_and_the_same_each_time() {
    let (one, two) = (TestApp::start().await, TestApp::start().await);
    for app in [&one, &two] {
        load(app.database.owner_url(), today(app), 200, &mut Progress::silent()).await.unwrap();
    }
    one.assert_laws().await;
    let portrait_of_one = portrait(&one).await;
    assert_eq!(portrait_of_one, portrait(&two).await);
    let count = lines(&one, "SELECT count(*)::text AS line FROM market_listings").await;
    assert_eq!(count, ["200"]);
    let query = MarketQuery { q: "mri knee".to_owned(), ..MarketQuery::default() };
    let page = catalog::market_search(&one.anonymous(), query).await.unwrap();
    assert!(page.items.iter().any(|item| item.title.starts_with("MRI of the knee")), "{:?}", page.total);
    let operator = OpCtx::command(one.platform.clone());
    assert_eq!(present(&operator).await.unwrap(), Present::Other);
}

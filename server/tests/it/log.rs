//! The transparency log against databases that stand still or come back from another day.

use std::sync::Arc;

use axum::body::Body;
use chrono::TimeDelta;
use contracts::{
    certificates::{CertificateQuery, CheckState},
    compliance::SecurityEventsQuery,
    error::ErrorCode,
    money::Currency,
};
use diesel_async::SimpleAsyncConnection;
use http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use services::{
    OpCtx,
    certificates::{self, LogFinding},
    compliance, orders,
    platform::{Keys, Platform, Settings, records_problem},
};
use testkit::{Goods, Member, TestApp};
use tlog::{Checkpoint, NoteSigner, NoteVerifier, leaf_hash};
use tower::ServiceExt;

use crate::{
    certificates::{Trade, check, checkpoint, issue_certificates, redeem_of, run, trade},
    outages::router,
    trade::{add, order_of},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_check_warns_of_a_log_that_stands_still_and_not_of_one_with_nothing_to_do() {
    let app = TestApp::start().await;
    let first = trade(&app, 1).await;
    let code = first.view(0).await.code;
    let behind = async || check(&app, &code).await.log_behind;
    app.clock.advance(TimeDelta::days(3));
    assert!(!behind().await, "nothing has happened since");
    issue_certificates(&app, &first.buyer, &first.seller, 1).await;
    app.clock.advance(TimeDelta::hours(24));
    assert!(!behind().await);
    app.clock.advance(TimeDelta::minutes(1));
    assert!(behind().await);
    assert!(app.get(&format!("/check?code={code}")).await.text().contains("The transparency log is behind"));
    certificates::sequence(&app.system()).await.unwrap();
    assert!(!behind().await);
}

/// Puts the log's tables back to the state of two entries, as a restored copy of the database would be; the third waits again.
const RESTORED: &str = "SET session_replication_role = replica;
    INSERT INTO log_queue (log_entry_id) SELECT log_entry_id FROM log_leaves WHERE leaf_index = 2;
    DELETE FROM log_leaves WHERE leaf_index = 2;
    DELETE FROM log_hashes WHERE level = 0 AND position = 2;
    DELETE FROM log_checkpoints WHERE tree_size = 3";

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_database_signs_sells_and_redeems_nothing_until_an_operator_accepts_the_loss() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    let first = trade(&app, 2).await;
    let admin = app.admin().await;
    let service = app.service(&first.seller, &Goods::at(10_000, Currency::Eur)).await;
    issue_certificates(&app, &first.buyer, &first.seller, 1).await;
    certificates::sequence(&app.system()).await.unwrap();
    assert_eq!(
        app.platform.keys.checkpoint_store().read().unwrap(),
        Some(app.get("/log/checkpoint").await.text())
    );
    add(&first.buyer, service, 1).await;
    let code = first.view(0).await.code;
    assert!(!app.get("/readyz").await.text().contains("records are incomplete"));
    app.database.owner().await.batch_execute(RESTORED).await.unwrap();
    for _ in 0..2 {
        assert_eq!(certificates::sequence(&app.system()).await.unwrap_err().code, ErrorCode::Internal);
    }
    assert_eq!(checkpoint(&app).await.size, 2);
    let refusals = SecurityEventsQuery { kind: "log_fork_refused".into(), ..Default::default() };
    let told = compliance::security_events_list(&admin.ctx, refusals).await.unwrap();
    assert_eq!(told.items.len(), 1, "once an hour is enough");

    let redeemed = certificates::certificate_redeem(&first.seller.ctx, redeem_of(&code)).await;
    assert_eq!(redeemed.unwrap_err().code, ErrorCode::RecordsIncomplete);
    let buy = async || {
        let order = order_of(&first.buyer, "a-purchase-after-all").await;
        orders::purchase_initiate(&first.buyer.ctx, order).await
    };
    assert_eq!(buy().await.unwrap_err().code, ErrorCode::RecordsIncomplete);
    assert_eq!(check(&app, &code).await.state, CheckState::Unconfirmed);
    let unknown = certificate::PublicCode::from_bytes([9; 16]).to_string();
    assert_eq!(check(&app, &unknown).await.state, CheckState::Unconfirmed, "it may be among what is missing");
    let ready = app.get("/readyz").await;
    assert_eq!(ready.status(), StatusCode::OK, "administrators reach the console");
    assert!(ready.text().contains("records are incomplete"), "{}", ready.text());
    assert_console_leads_through_recovery(&admin).await;
    // the last certificate has no place in the log and gets none
    let view = certificates::certificate_list(&first.buyer.ctx, CertificateQuery::default()).await.unwrap();
    let mut waiting = Vec::new();
    for one in view.items {
        let view = certificates::certificate_get(&first.buyer.ctx, one.id).await.unwrap();
        assert!(view.log_paused);
        waiting.extend(view.events.iter().all(|event| event.leaf_index.is_none()).then_some(view.id));
    }
    assert_eq!(waiting.len(), 1);
    let page = first.buyer.get(&format!("/certificates/{}", waiting[0])).await.text();
    assert!(page.contains("the log is paused") && !page.contains("a second or two"), "{page}");
    let paper = first.buyer.get(&format!("/api/certificates/download/{}", waiting[0])).await;
    assert_eq!(paper.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(paper.json::<serde_json::Value>()["code"], "records_incomplete");

    let operator = OpCtx::command(app.platform.clone());
    let mistaken = certificates::log_accept(&operator, 3).await.unwrap_err();
    assert_eq!((mistaken.code, mistaken.facts["entries"].as_str()), (ErrorCode::WrongState, "2"));
    certificates::log_accept(&operator, 2).await.unwrap();
    assert_eq!(certificates::sequence(&app.system()).await.unwrap(), 1);
    assert_eq!(checkpoint(&app).await.size, 3);
    assert_eq!(compliance::system_status(&admin.ctx).await.unwrap().log_problem, None);
    assert_eq!(check(&app, &code).await.state, CheckState::Valid);
    certificates::certificate_redeem(&first.seller.ctx, redeem_of(&code)).await.unwrap();
    assert_eq!(buy().await.unwrap().purchases.len(), 1);
}

async fn assert_console_leads_through_recovery(admin: &Member<'_>) {
    let problem = compliance::system_status(&admin.ctx).await.unwrap().log_problem.unwrap();
    assert!(
        problem.meaning.contains("Log entries signed: 3. In this database: 2. Missing: 1."),
        "{problem:?}"
    );
    assert!(problem.steps.iter().any(|step| step.contains("hcts log accept --entries 2")), "{problem:?}");
    let page = admin.get("/console/system").await.text();
    assert!(page.contains("hcts log accept --entries 2"), "{page}");
}

/// The same market on another machine, whose key folder has no checkpoint.
fn without_checkpoint(app: &TestApp) -> OpCtx {
    let here = &app.platform;
    OpCtx::system(Arc::new(Platform {
        db: here.db.clone(),
        clock: app.clock.clone(),
        gateways: here.gateways.clone(),
        mailer: here.mailer.clone(),
        keys: Keys::from_seeds([1; 32], [2; 32]).unwrap(),
        settings: here.settings.clone(),
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_its_checkpoint_is_signed_no_further_until_it_is_accepted() {
    let app = TestApp::start().await;
    let first = trade(&app, 2).await;
    let elsewhere = without_checkpoint(&app);
    issue_certificates(&app, &first.buyer, &first.seller, 1).await;
    let refused = certificates::sequence(&elsewhere).await.unwrap_err();
    assert!(refused.source.unwrap().to_string().contains("no checkpoint is kept"));
    let problem = records_problem(elsewhere.platform()).await.unwrap().unwrap();
    assert!(problem.contains("though the log has 2 entries"), "{problem}");
    certificates::log_accept(&elsewhere, 2).await.unwrap();
    assert_eq!(certificates::sequence(&elsewhere).await.unwrap(), 1);
    // a market that has logged nothing needs none
    let fresh = TestApp::start().await;
    assert_eq!(records_problem(&fresh.platform).await.unwrap(), None);
    certificates::sequence(&fresh.system()).await.unwrap();
    assert_eq!(records_problem(&fresh.platform).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_certificates_are_verified_all_or_some() {
    let app = TestApp::start().await;
    let first = trade(&app, 4).await;
    let sound = certificates::stored_audit(&app.system(), None).await.unwrap();
    assert_eq!((sound.verified, sound.stored, sound.wrong.len()), (4, 4, 0));
    assert_eq!(certificates::stored_audit(&app.system(), Some(3)).await.unwrap().verified, 3);
    let altered = format!(
        "UPDATE certificates SET expires_at = expires_at + interval '1 day' WHERE id = '{}'",
        first.ids[0]
    );
    app.database.owner().await.batch_execute(&altered).await.unwrap();
    let found = certificates::stored_audit(&app.system(), None).await.unwrap();
    assert_eq!(found.wrong, [(first.ids[0], "signed_facts")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_goes_on_from_another_root_than_was_signed_is_not_signed() {
    let app = TestApp::start().await;
    let first = trade(&app, 2).await;
    let origin = checkpoint(&app).await.origin;
    let signer = NoteSigner::new(origin.clone(), app.platform.keys.log().clone());
    let other = |size| {
        let root = leaf_hash(b"something else");
        Checkpoint { origin: origin.clone(), size, root }.sign(&signer).unwrap().to_string()
    };
    issue_certificates(&app, &first.buyer, &first.seller, 1).await;
    for size in [1, 2] {
        app.platform.keys.checkpoint_store().write(&other(size)).unwrap();
        let refused = certificates::sequence(&app.system()).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Internal, "a tree of {size}");
    }
    app.platform.keys.checkpoint_store().write("nonsense").unwrap();
    assert_eq!(certificates::sequence(&app.system()).await.unwrap_err().code, ErrorCode::Internal);
}

/// The same market, served under another address.
fn ctx_at(app: &TestApp, public_url: &str) -> OpCtx {
    let here = &app.platform;
    OpCtx::system(Arc::new(Platform {
        db: here.db.clone(),
        clock: app.clock.clone(),
        gateways: here.gateways.clone(),
        mailer: here.mailer.clone(),
        keys: here.keys.clone(),
        settings: Settings { public_url: public_url.to_owned(), ..here.settings.clone() },
    }))
}

/// What is printed and shown under the market's new address leads to the log by the log's own name, and to the check by the new address.
async fn assert_paper_and_sheet_name_the_log(app: &TestApp, trade: &Trade<'_>) {
    let elsewhere = Arc::clone(ctx_at(app, "https://market.example").platform());
    let buyer = OpCtx::new(Arc::clone(&elsewhere), trade.buyer.ctx.caller().clone());
    let pdf = certificates::certificate_pdf(&buyer, trade.ids[0]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.pdf");
    std::fs::write(&file, pdf.bytes).unwrap();
    let paper = run("pdftotext", &["-layout", file.to_str().unwrap(), "-"]);
    assert!(paper.contains("Entry 0 of localhost:3000/log"), "{paper}");
    assert!(
        paper.contains("https://market.example/check") && !paper.contains("market.example/log"),
        "{paper}"
    );
    let request = Request::get(format!("/certificates/{}", trade.ids[0]))
        .header(header::ACCEPT, "text/html")
        .header(header::COOKIE, trade.buyer.cookie());
    let answer = router(&elsewhere).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let sheet = answer.into_body().collect().await.unwrap().to_bytes();
    let sheet = String::from_utf8_lossy(&sheet);
    assert!(sheet.contains("entry 0 of localhost:3000/log"), "{sheet}");
    assert!(!sheet.contains("market.example/log"), "{sheet}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_keeps_the_name_it_was_begun_under_when_the_market_moves() {
    let app = TestApp::start().await;
    let first = trade(&app, 2).await;
    let begun = checkpoint(&app).await;
    assert_eq!(begun.origin.to_string(), "localhost:3000/log");
    for (public_url, size) in [("http://localhost:8080", 3), ("https://market.example", 4)] {
        let elsewhere = ctx_at(&app, public_url);
        issue_certificates(&app, &first.buyer, &first.seller, 1).await;
        assert_eq!(certificates::sequence(&elsewhere).await.unwrap(), 1, "{public_url}");
        let grown = checkpoint(&app).await;
        assert_eq!((grown.origin, grown.size), (begun.origin.clone(), size), "{public_url}");
        assert_eq!(certificates::log_audit(&elsewhere).await.unwrap(), LogFinding::Sound { size });
        let published = certificates::published_keys(&elsewhere).await.unwrap().log_key;
        assert_eq!(*published.parse::<NoteVerifier>().unwrap().name(), begun.origin, "{public_url}");
    }
    assert_paper_and_sheet_name_the_log(&app, &first).await;
    let answer = check(&app, &first.view(0).await.code).await;
    assert!(answer.proof.is_some_and(|proof| proof.checkpoint.starts_with("localhost:3000/log\n4\n")));
    app.assert_laws().await;
}

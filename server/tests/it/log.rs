//! The transparency log against databases that stand still or come back from another day.

use std::sync::Arc;

use chrono::TimeDelta;
use contracts::{compliance::SecurityEventsQuery, error::ErrorCode};
use diesel_async::SimpleAsyncConnection;
use services::{
    OpCtx,
    certificates::{self, LogFinding},
    platform::{Platform, Settings},
};
use testkit::TestApp;
use tlog::{Checkpoint, NoteSigner, NoteVerifier, leaf_hash};

use crate::certificates::{check, checkpoint, issued, trade};

#[tokio::test(flavor = "multi_thread")]
async fn the_check_warns_of_a_log_that_stands_still_and_not_of_one_with_nothing_to_do() {
    let app = TestApp::start().await;
    let first = trade(&app, 1).await;
    let code = first.view(0).await.code;
    let behind = async || check(&app, &code).await.log_behind;
    app.clock.advance(TimeDelta::days(3));
    assert!(!behind().await, "nothing has happened since");
    issued(&app, &first.buyer, &first.seller, 1).await;
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
async fn a_restored_database_signs_nothing_over_what_it_has_forgotten() {
    let app = TestApp::start().await;
    let first = trade(&app, 2).await;
    let earlier = app.get("/log/checkpoint").await.text();
    issued(&app, &first.buyer, &first.seller, 1).await;
    certificates::sequence(&app.system()).await.unwrap();
    assert_eq!(app.platform.keys.head().kept().unwrap(), Some(app.get("/log/checkpoint").await.text()));
    app.database.owner().await.batch_execute(RESTORED).await.unwrap();
    for _ in 0..2 {
        assert_eq!(certificates::sequence(&app.system()).await.unwrap_err().code, ErrorCode::Internal);
    }
    assert_eq!(checkpoint(&app).await.size, 2);
    let admin = app.admin().await;
    let refusals = SecurityEventsQuery { kind: "log_fork_refused".into(), ..Default::default() };
    let told = services::compliance::security_events_list(&admin.ctx, refusals).await.unwrap();
    assert_eq!(told.items.len(), 1, "once an hour is enough");
    // an operator who knows that the later entries were seen by nobody lets it go on from here
    app.platform.keys.head().keep(&earlier).unwrap();
    assert_eq!(certificates::sequence(&app.system()).await.unwrap(), 1);
    assert_eq!(checkpoint(&app).await.size, 3);
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
    issued(&app, &first.buyer, &first.seller, 1).await;
    for size in [1, 2] {
        app.platform.keys.head().keep(&other(size)).unwrap();
        let refused = certificates::sequence(&app.system()).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Internal, "a tree of {size}");
    }
    app.platform.keys.head().keep("nonsense").unwrap();
    assert_eq!(certificates::sequence(&app.system()).await.unwrap_err().code, ErrorCode::Internal);
}

/// The same market, served under another address.
fn moved(app: &TestApp, public_url: &str) -> OpCtx {
    let here = &app.platform;
    OpCtx::system(Arc::new(Platform {
        db: here.db.clone(),
        clock: app.clock.clone(),
        gateway: here.gateway.clone(),
        mailer: here.mailer.clone(),
        keys: here.keys.clone(),
        settings: Settings { public_url: public_url.to_owned(), ..here.settings.clone() },
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_keeps_the_name_it_was_begun_under_when_the_market_moves() {
    let app = TestApp::start().await;
    let first = trade(&app, 2).await;
    let begun = checkpoint(&app).await;
    assert_eq!(begun.origin.to_string(), "localhost:3000/log");
    for (public_url, size) in [("http://localhost:8080", 3), ("https://market.example", 4)] {
        let elsewhere = moved(&app, public_url);
        issued(&app, &first.buyer, &first.seller, 1).await;
        assert_eq!(certificates::sequence(&elsewhere).await.unwrap(), 1, "{public_url}");
        let grown = checkpoint(&app).await;
        assert_eq!((grown.origin, grown.size), (begun.origin.clone(), size), "{public_url}");
        assert_eq!(certificates::log_audit(&elsewhere).await.unwrap(), LogFinding::Sound { size });
        let published = certificates::published_keys(&elsewhere).await.unwrap().log_key;
        assert_eq!(*published.parse::<NoteVerifier>().unwrap().name(), begun.origin, "{public_url}");
    }
    let answer = check(&app, &first.view(0).await.code).await;
    assert!(answer.proof.is_some_and(|proof| proof.checkpoint.starts_with("localhost:3000/log\n4\n")));
    app.assert_laws().await;
}

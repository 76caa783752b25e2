//! Certificates on paper: what is handed out, and what comes back.

use diesel_async::SimpleAsyncConnection;
use http::StatusCode;
use services::certificates;
use testkit::TestApp;

use crate::certificates::{issue_certificates, run, trade};

#[tokio::test(flavor = "multi_thread")]
async fn paper_waits_for_its_place_in_the_log_and_changes_nothing() {
    let app = TestApp::start().await;
    let first = trade(&app, 1).await;
    let id = issue_certificates(&app, &first.buyer, &first.seller, 1).await[0];
    let path = format!("/api/certificates/download/{id}");
    let before = app.snapshot().await;
    let early = first.buyer.get(&path).await;
    assert_eq!(
        (early.status(), &early.headers()["retry-after"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"2".parse().unwrap())
    );
    assert_eq!(app.snapshot().await.changed_since(&before), Vec::<&str>::new());
    let system = app.system();
    let (waited, sequenced) = tokio::join!(first.buyer.get(&path), certificates::sequence(&system));
    assert_eq!((waited.status(), sequenced.unwrap()), (StatusCode::OK, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_has_room_for_eight_codes_on_one_page() {
    const CODES: &str = "INSERT INTO service_codes (org_id, version_id, position, release_id, uri, code, title)
        SELECT v.org_id, v.id, row_number() OVER (ORDER BY e.uri) - 1, e.release_id, e.uri, e.code, e.title
        FROM service_versions v,
             (SELECT * FROM icd11_entities WHERE length(code) >= 4 AND length(title) < 40 ORDER BY uri LIMIT 8) e";
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    app.database.owner().await.batch_execute(CODES).await.unwrap();
    let view = trade.view(0).await;
    let answer = trade.buyer.get(&format!("/api/certificates/download/{}", view.id)).await;
    let folder = tempfile::tempdir().unwrap();
    let pdf = folder.path().join("c.pdf");
    std::fs::write(&pdf, answer.bytes()).unwrap();
    let text = run("pdftotext", &["-layout", pdf.to_str().unwrap(), "-"]);
    // a form feed ends each page
    assert_eq!(text.matches('\u{c}').count(), 1);
    assert!(text.contains("Terms"), "{text}");
    assert_eq!(view.codes.iter().filter(|(code, _)| text.contains(code)).count(), 8, "{text}");
}

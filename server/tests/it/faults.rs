//! Faults in the worst moment: a statement that fails, a connection that dies, news that arrives in a crowd. Whatever was
//! begun is whole afterwards, or was never there.

use axum::body::Body;
use chrono::TimeDelta;
use contracts::{identity::OrganisationKind, money::Currency, states::PaymentStatus};
use diesel_async::SimpleAsyncConnection;
use futures::future::join_all;
use http::{Request, StatusCode};
use serde_json::Value;
use services::settlement;
use testkit::{Goods, Sandbox, TestApp, card};

use crate::payments::{count, deal, finish};

/// Makes every insert into `table` that fits `when` do `what`.
async fn plant_fault(app: &TestApp, table: &str, when: &str, what: &str) {
    let sql = format!(
        "CREATE OR REPLACE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN {what} RETURN NEW; END $$;
         CREATE TRIGGER fault BEFORE INSERT ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION fault()"
    );
    app.database.owner().await.batch_execute(&sql).await.unwrap();
}

async fn repair(app: &TestApp, table: &str) {
    app.database.owner().await.batch_execute(&format!("DROP TRIGGER fault ON {table}")).await.unwrap();
}

const FULL_DISK: &str = "RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full';";
const DEAD_CONNECTION: &str = "PERFORM pg_terminate_backend(pg_backend_pid());";

/// Where a capture can break, in the order it writes.
const BREAKS: &[(&str, &str)] = &[
    ("ledger_entries", "NEW.side = 'credit'"),
    ("state_changes", "NEW.machine = 'purchase' AND NEW.to_state = 'paid'"),
    ("certificates", "NEW.unit_no = 2"),
    ("certificate_events", "true"),
    ("log_entries", "true"),
    ("audit_records", "NEW.action = 'payments.captured'"),
    ("gateway_events", "NEW.kind = 'payment.captured'"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_capture_that_breaks_anywhere_leaves_nothing_and_is_made_up_for() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, Currency::Eur), 3).await;
    let paid = sandbox.pay(deal.page(), card::APPROVE).await;
    for (what, answer) in
        [(FULL_DISK, StatusCode::INTERNAL_SERVER_ERROR), (DEAD_CONNECTION, StatusCode::SERVICE_UNAVAILABLE)]
    {
        for (table, when) in BREAKS {
            plant_fault(&app, table, when, what).await;
            let before = app.snapshot().await;
            let status = deliver(&app, "evt_captured", &paid["payment"]).await;
            assert_eq!(status, answer, "{table}: {what}");
            assert_eq!(app.snapshot().await.changed_since(&before), [""; 0], "{table}: {what}");
            repair(&app, table).await;
        }
    }
    assert_eq!(deal.purchase().await.payment.status, PaymentStatus::Pending);
    app.clock.advance(TimeDelta::minutes(2));
    settlement::sweep(&app.system()).await.unwrap();
    deal.assert_paid().await;
    assert_eq!(count(&app, "SELECT count(*) AS n FROM certificates").await, 3);
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_fails_signs_nobody_out() {
    let app = TestApp::start().await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let mut owner = app.database.owner().await;
    owner.batch_execute("ALTER TABLE sessions RENAME TO sessions_away").await.unwrap();
    let answer = insurer.get("/account").await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!answer.headers().contains_key("set-cookie"));
    assert_eq!(insurer.get("/main.css").await.status(), StatusCode::NOT_FOUND, "a file asks for nobody");
    owner.batch_execute("ALTER TABLE sessions_away RENAME TO sessions").await.unwrap();
    assert_eq!(insurer.get("/account").await.status(), StatusCode::OK);
    app.assert_laws().await;
}

/// Delivers a captured event, as the provider would.
async fn deliver(app: &TestApp, id: &str, payment: &Value) -> StatusCode {
    let (body, headers) = Sandbox::signed(id, "payment.captured", payment);
    let mut request = Request::post("/api/payments/webhook/sandbox");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    app.send(request.body(Body::from(body)).unwrap()).await.status()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_lost_a_race_runs_again() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, Currency::Eur), 2).await;
    let paid = sandbox.pay(deal.page(), card::APPROVE).await;
    // what a sequence counts stays counted when the transaction is undone
    app.database.owner().await.batch_execute("CREATE SEQUENCE races").await.unwrap();
    let lost = "IF nextval('races') < 3 THEN RAISE EXCEPTION 'lost' USING ERRCODE = 'serialization_failure'; END IF;";
    plant_fault(&app, "certificates", "NEW.unit_no = 2", lost).await;
    assert_eq!(deliver(&app, "evt_captured", &paid["payment"]).await, StatusCode::NO_CONTENT);
    deal.assert_paid().await;
    assert_eq!(count(&app, "SELECT last_value AS n FROM races").await, 3, "two races were lost");
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_news_from_every_side_at_once_is_one_capture() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(2_500, Currency::Eur), 4).await;
    let paid = sandbox.pay(deal.page(), card::APPROVE).await;
    let told = join_all((0..8).map(|_| deliver(&app, "evt_captured", &paid["payment"])));
    let asked = join_all((0..4).map(|_| deal.refresh()));
    let system = app.system();
    let swept = settlement::sweep(&system);
    let (told, asked, swept, _) = tokio::join!(told, asked, swept, sandbox.flush());
    assert!(told.into_iter().all(|status| status == StatusCode::NO_CONTENT));
    assert!(asked.into_iter().all(|status| status == PaymentStatus::Captured));
    swept.unwrap();
    deal.assert_paid().await;
    let once = [
        "SELECT count(*) AS n FROM gateway_events WHERE event_id = 'evt_captured'",
        "SELECT count(*) AS n FROM ledger_transfers WHERE kind = 'capture'",
        "SELECT count(*) AS n FROM audit_records WHERE action = 'certificates.issued'",
    ];
    for sql in once {
        assert_eq!(count(&app, sql).await, 1, "{sql}");
    }
    assert_eq!(count(&app, "SELECT count(*) AS n FROM certificates").await, 4);
    finish(&app).await;
}

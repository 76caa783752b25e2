//! One act on many services: what is shown is what is done, each by itself, and nothing twice.

use std::time::Duration;

use chrono::TimeDelta;
use contracts::{
    catalog::{BulkCommand, BulkItems, BulkPreview, BulkRun, ServiceHurdle, ServiceInput},
    compliance::OrganisationDecision,
    error::ErrorCode,
    identity::OrganisationKind,
    ids::{BulkRunId, ServiceId},
    permission::Level,
    states::{OrganisationStatus, ServiceStatus},
};
use diesel::{QueryableByName, sql_types};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use http::{StatusCode, header};
use services::{OpCtx, catalog, compliance};
use testkit::{Member, TestApp};

use crate::{
    catalog::{input, publish},
    plain_forms::plain_form_of,
};

/// A query string that names these services.
fn chosen(act: &str, ids: &[ServiceId]) -> String {
    let ids: String = ids.iter().map(|id| format!("&id={id}")).collect();
    format!("act={act}{ids}")
}

fn order(preview: &BulkPreview, key: &str) -> BulkCommand {
    BulkCommand {
        selection: preview.selection.clone(),
        digest: preview.digest.clone(),
        idempotency_key: key.to_owned(),
        confirmation: "retire".to_owned(),
    }
}

async fn look(ctx: &OpCtx, selection: &str) -> BulkPreview {
    catalog::service_bulk_preview(ctx, selection).await.unwrap()
}

async fn apply(ctx: &OpCtx, preview: &BulkPreview, key: &str) -> BulkRun {
    let run = catalog::service_bulk_apply(ctx, order(preview, key)).await.unwrap();
    catalog::service_bulk_get(ctx, run).await.unwrap()
}

/// Looks and does what is shown.
async fn run(ctx: &OpCtx, selection: &str, key: &str) -> BulkRun {
    apply(ctx, &look(ctx, selection).await, key).await
}

fn reasons(refused: &BulkItems) -> Vec<(&str, ServiceHurdle)> {
    refused.first.iter().map(|item| (item.title.as_str(), item.hurdle.unwrap())).collect()
}

/// The same service at another price: a change that makes a version.
fn dearer(title: &str) -> ServiceInput {
    ServiceInput { base_price: "130.00".into(), ..input(title) }
}

async fn draft(provider: &Member<'_>, title: &str) -> ServiceId {
    catalog::service_create(&provider.ctx, input(title)).await.unwrap().preview.service_id
}

async fn status(provider: &Member<'_>, id: ServiceId) -> ServiceStatus {
    catalog::service_get(&provider.ctx, id).await.unwrap().status
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = sql_types::BigInt)]
    n: i64,
}

async fn count(app: &TestApp, what: &str) -> i64 {
    let sql = format!("SELECT count(*) AS n FROM {what}");
    diesel::sql_query(sql).get_result::<Count>(&mut app.database.owner().await).await.unwrap().n
}

async fn count_audit_records(app: &TestApp, action: &str) -> i64 {
    count(app, &format!("audit_records WHERE action = 'catalog.{action}'")).await
}

/// One service in each state, a published one with a newer version, somebody else's and none.
async fn create_mixed_services(provider: &Member<'_>, other: &Member<'_>) -> Vec<ServiceId> {
    let drafted = draft(provider, "A draft").await;
    let on_sale = publish(provider, input("B on sale")).await;
    let ahead = publish(provider, input("C ahead")).await;
    catalog::service_edit(&provider.ctx, ahead, dearer("C ahead")).await.unwrap();
    let paused = publish(provider, input("D paused")).await;
    catalog::service_pause(&provider.ctx, paused).await.unwrap();
    let retired = publish(provider, input("E retired")).await;
    catalog::service_retire(&provider.ctx, retired).await.unwrap();
    let foreign = publish(other, input("Foreign")).await;
    vec![drafted, on_sale, ahead, paused, retired, foreign, ServiceId(uuid::Uuid::now_v7())]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_what_is_done() {
    use ServiceHurdle::{Draft, NotFound, NothingNew, OnSale, Paused, Retired};

    let app = TestApp::start().await;
    let other = app.organisation(OrganisationKind::Provider).await;
    let unknown = [("Unknown service", NotFound), ("Unknown service", NotFound)];
    for (act, done, of_draft, of_on_sale, of_ahead, of_paused) in [
        ("publish", 3, None, Some(NothingNew), None, None),
        ("pause", 2, Some(Draft), None, None, Some(Paused)),
        ("resume", 1, Some(Draft), Some(OnSale), Some(OnSale), None),
        ("retire", 4, None, None, None, None),
    ] {
        let provider = app.organisation(OrganisationKind::Provider).await;
        let ids = create_mixed_services(&provider, &other).await;
        let shown = look(&provider.ctx, &chosen(act, &ids)).await;
        let hurdles = [
            ("A draft", of_draft),
            ("B on sale", of_on_sale),
            ("C ahead", of_ahead),
            ("D paused", of_paused),
            ("E retired", Some(Retired)),
        ];
        let expected: Vec<_> =
            hurdles.into_iter().filter_map(|(title, hurdle)| Some((title, hurdle?))).chain(unknown).collect();
        assert_eq!((shown.ready.total, reasons(&shown.refused)), (done, expected), "{act}");
        let before = count_audit_records(&app, &format!("service_{}", shown.act.done())).await;
        let ran = apply(&provider.ctx, &shown, "one-of-many").await;
        assert_eq!((ran.done, ran.waiting.total, ran.is_running), (done, 0, false), "{act}");
        let (mut was, mut is) = (reasons(&shown.refused), reasons(&ran.refused));
        was.sort_unstable();
        is.sort_unstable();
        assert_eq!(was, is, "{act}");
        let after = count_audit_records(&app, &format!("service_{}", shown.act.done())).await;
        assert_eq!(after - before, i64::try_from(done).unwrap(), "{act}: one record each");
        for item in &shown.ready.first {
            let expected = match act {
                "pause" => ServiceStatus::Paused,
                "retire" => ServiceStatus::Retired,
                _ => ServiceStatus::Published,
            };
            assert_eq!(status(&provider, item.id).await, expected, "{act}: {}", item.title);
        }
        assert_eq!(status(&other, ids[5]).await, ServiceStatus::Published, "{act}");
    }
    assert_eq!(count_audit_records(&app, "service_bulk_started").await, 4);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_failure_is_listed_and_the_rest_is_done() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let (first, broken, last) = (
        publish(&provider, input("First scan")).await,
        publish(&provider, input("Middle scan")).await,
        publish(&provider, input("Zoom scan")).await,
    );
    app.database
        .owner()
        .await
        .batch_execute(&format!(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk on fire'; END $$;
             CREATE TRIGGER fail BEFORE UPDATE ON services FOR EACH ROW WHEN (NEW.id = '{broken}') EXECUTE FUNCTION fail()"
        ))
        .await
        .unwrap();
    let ran = run(&provider.ctx, &chosen("pause", &[last, broken, first]), "on-fire-1").await;
    assert_eq!((ran.done, ran.done_items.first.len(), ran.is_running), (2, 2, false));
    assert_eq!(reasons(&ran.refused), [("Middle scan", ServiceHurdle::Failed)]);
    assert_eq!(status(&provider, broken).await, ServiceStatus::Published);
    for id in [first, last] {
        assert_eq!(status(&provider, id).await, ServiceStatus::Paused);
    }
    let records = (
        count_audit_records(&app, "service_paused").await,
        count_audit_records(&app, "service_bulk_refused").await,
    );
    assert_eq!(records, (2, 1));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_during_the_run_is_refused_by_itself() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let (first, second) =
        (publish(&provider, input("First scan")).await, publish(&provider, input("Second scan")).await);
    let shown = look(&provider.ctx, &chosen("pause", &[first, second])).await;
    let mut holder = app.database.owner().await;
    holder
        .batch_execute(&format!("BEGIN; SELECT FROM services WHERE id = '{first}' FOR UPDATE"))
        .await
        .unwrap();
    let (ctx, command) = (provider.ctx.clone(), order(&shown, "meanwhile"));
    let applied = tokio::spawn(async move { catalog::service_bulk_apply(&ctx, command).await });
    while count(&app, "service_bulk_runs").await == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    catalog::service_pause(&provider.ctx, second).await.unwrap();
    holder.batch_execute("ROLLBACK").await.unwrap();
    let id = applied.await.unwrap().unwrap();
    let ran = catalog::service_bulk_get(&provider.ctx, id).await.unwrap();
    assert_eq!((ran.done, reasons(&ran.refused)), (1, vec![("Second scan", ServiceHurdle::Paused)]));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_has_changed_is_looked_at_again() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let (one, two) = (draft(&provider, "One scan").await, draft(&provider, "Two scan").await);
    let by_id = look(&provider.ctx, &chosen("publish", &[one, two])).await;
    let all = look(&provider.ctx, "act=publish&all=true&status=draft").await;
    assert_eq!((by_id.ready.total, all.ready.total), (2, 2));
    // another version would be published, another service fits the filter
    catalog::service_edit(&provider.ctx, two, dearer("Two scan")).await.unwrap();
    draft(&provider, "Three scan").await;
    let before = app.snapshot().await;
    for shown in [&by_id, &all] {
        let refused = catalog::service_bulk_apply(&provider.ctx, order(shown, "too-late-1")).await;
        assert_eq!(refused.unwrap_err().code, ErrorCode::SelectionChanged);
    }
    assert_eq!(app.snapshot().await, before, "nothing is done");
    // for a pause it does not matter which version is the latest
    publish(&provider, input("Four scan")).await;
    let four = look(&provider.ctx, "act=pause&all=true&status=published").await;
    catalog::service_edit(&provider.ctx, four.ready.first[0].id, dearer("Four scan")).await.unwrap();
    assert_eq!(apply(&provider.ctx, &four, "no-matter-1").await.done, 1);
    assert_eq!(run(&provider.ctx, &chosen("publish", &[one, two]), "again-now").await.done, 2);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_order_acts_once() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let id = publish(&provider, input("Knee scan")).await;
    let shown = look(&provider.ctx, &chosen("pause", &[id])).await;
    let first = catalog::service_bulk_apply(&provider.ctx, order(&shown, "the-one-key")).await.unwrap();
    catalog::service_resume(&provider.ctx, id).await.unwrap();
    let again = catalog::service_bulk_apply(&provider.ctx, order(&shown, "the-one-key")).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(status(&provider, id).await, ServiceStatus::Published);
    assert_eq!(
        (count_audit_records(&app, "service_paused").await, count(&app, "service_bulk_runs").await),
        (1, 1)
    );
    let other = look(&provider.ctx, &chosen("retire", &[id])).await;
    let refused = catalog::service_bulk_apply(&provider.ctx, order(&other, "the-one-key")).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::IdempotencyMismatch);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_cut_off_says_what_it_has_not_reached() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let (done, missed) =
        (publish(&provider, input("First scan")).await, draft(&provider, "Second scan").await);
    let shown = look(&provider.ctx, &chosen("retire", &[done, missed])).await;
    let id = catalog::service_bulk_apply(&provider.ctx, order(&shown, "cut-off-1")).await.unwrap();
    // as if the process had died between the two
    let sql = format!(
        "BEGIN;
         UPDATE service_bulk_runs SET finished_at = NULL;
         UPDATE service_bulk_items SET outcome = 'waiting' WHERE service_id = '{missed}';
         INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id)
         VALUES (gen_random_uuid(), 'command', 'testkit.run_cut_off', 'service_bulk_run', '{id}', 'testkit');
         COMMIT"
    );
    app.database.owner().await.batch_execute(&sql).await.unwrap();
    let now = async || catalog::service_bulk_get(&provider.ctx, id).await.unwrap();
    assert!(now().await.is_running);
    app.clock.advance(TimeDelta::minutes(6));
    let ran = now().await;
    assert_eq!((ran.is_running, ran.done, ran.waiting.total), (false, 1, 1));
    assert_eq!(ran.waiting.first[0].id, missed);
    app.assert_laws().await;
}

/// Drafts by the thousand, with one trace for all.
async fn plant(app: &TestApp, provider: &Member<'_>, number: usize) {
    let org_id = provider.org_id;
    let sql = format!(
        "BEGIN;
         CREATE TEMPORARY TABLE planted ON COMMIT DROP AS SELECT n, gen_random_uuid() AS id FROM generate_series(1, {number}) n;
         INSERT INTO services (id, org_id, status) SELECT id, '{org_id}', 'draft' FROM planted;
         INSERT INTO service_versions (id, org_id, service_id, version_no, title, description, category, modality, country, city,
           duration_minutes, validity_days, currency, base_price_minor)
         SELECT gen_random_uuid(), '{org_id}', id, 1, 'Scan ' || n, 'Planted.', 'imaging', 'on_site', 'IE', 'Dublin', 30, 365, 'EUR', 100
         FROM planted;
         INSERT INTO service_capacity (service_id, org_id) SELECT id, '{org_id}' FROM planted;
         INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id)
         VALUES (gen_random_uuid(), 'command', 'testkit.services_planted', 'service', '', 'testkit');
         COMMIT"
    );
    app.database.owner().await.batch_execute(&sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_fit_are_meant_and_no_more_than_two_thousand() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let other = app.organisation(OrganisationKind::Provider).await;
    plant(&app, &provider, 2_001).await;
    plant(&app, &other, 12).await;
    let refused = catalog::service_bulk_preview(&provider.ctx, "act=retire&all=true").await.unwrap_err();
    assert_eq!(
        refused.fields.get("all"),
        Some("You can change at most 2,000 services at once. Narrow the list first.")
    );
    let filter = "act=retire&all=true&status=draft&q=scan+77";
    assert_eq!(look(&provider.ctx, filter).await.ready.total, 11, "77 and 770 to 779");
    let shown = look(&provider.ctx, "act=retire&all=true&status=draft&q=7").await;
    assert!(shown.ready.total > 500 && shown.ready.first.len() == 50, "{}", shown.ready.total);
    assert_eq!(run(&provider.ctx, filter, "seventy-seven").await.done, 11);
    let retired = "services WHERE status = 'retired'";
    assert_eq!(count(&app, retired).await, 11);
    let of_others = format!("{retired} AND org_id = '{}'", other.org_id);
    assert_eq!(count(&app, &of_others).await, 0);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_acts_on_the_services_of_all() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let one = app.organisation(OrganisationKind::Provider).await;
    let two = app.organisation(OrganisationKind::Provider).await;
    let (first, second) = (draft(&one, "One scan").await, draft(&two, "Two scan").await);
    let stop = OrganisationDecision { id: two.org_id, reason: "The licence has run out.".into() };
    compliance::organisation_suspend(&admin.ctx, stop).await.unwrap();
    let shown = look(&admin.ctx, "act=publish&all=true").await;
    assert!(shown.ready.first[0].provider_name.as_deref().unwrap().starts_with("provider "));
    let id: BulkRunId = catalog::service_bulk_apply(&admin.ctx, order(&shown, "of-them-all")).await.unwrap();
    let ran = catalog::service_bulk_get(&admin.ctx, id).await.unwrap();
    assert_eq!((ran.done, reasons(&ran.refused)), (1, vec![("Two scan", ServiceHurdle::Suspended)]));
    assert_eq!(status(&one, first).await, ServiceStatus::Published);
    assert_eq!(status(&two, second).await, ServiceStatus::Draft);
    let of_platform = format!("service_bulk_items WHERE org_id = '{}'", admin.org_id);
    assert_eq!(count(&app, &of_platform).await, 2);
    let hidden = catalog::service_bulk_get(&one.ctx, id).await.unwrap_err();
    assert_eq!(hidden.code, ErrorCode::NotFound);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_write_or_sell_is_refused() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let id = publish(&provider, input("Knee scan")).await;
    let (kind, verified) = (OrganisationKind::Provider, OrganisationStatus::Verified);
    let auditor = app.join(provider.org_id, kind, verified, Level::Auditor).await;
    let shown = look(&provider.ctx, &chosen("pause", &[id])).await;
    let refused = catalog::service_bulk_preview(&auditor.ctx, &shown.selection).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotAllowed);
    let refused = catalog::service_bulk_apply(&auditor.ctx, order(&shown, "not-mine-1")).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotAllowed);
    let new = app.unverified(kind).await;
    let early = draft(&new, "Early scan").await;
    let shown = look(&new.ctx, &chosen("publish", &[early])).await;
    assert_eq!(reasons(&shown.refused), [("Early scan", ServiceHurdle::Unverified)]);
    let refused = catalog::service_bulk_apply(&new.ctx, order(&shown, "too-early-1")).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::OrganisationUnverified);
    let nothing = look(&provider.ctx, &chosen("resume", &[id])).await;
    let refused = catalog::service_bulk_apply(&provider.ctx, order(&nothing, "nothing-1")).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::WrongState);
    app.assert_laws().await;
}

/// What a hidden field of a page holds.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) =
        page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name}: {page}"));
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_work_without_javascript() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let (one, two) = (publish(&provider, input("One scan")).await, draft(&provider, "Two scan").await);
    let empty = provider.get("/services/bulk?act=pause&status=published&q=").await.text();
    assert!(empty.contains("Select at least one service.") && empty.contains("href=\"/services\""));
    let address = format!("/services/bulk?id={one}&id={two}&act=retire");
    let page = provider.get(&address).await.text();
    for words in ["Retire 2 services?", "2 services will be retired", "Type retire to confirm"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let form = |confirmation: &str| {
        let mut body = String::new();
        for name in ["selection", "digest", "idempotency_key"] {
            contracts::query_text::push_pair(&mut body, name, &hidden(&page, name));
        }
        let body = format!("{body}&confirmation={confirmation}");
        plain_form_of(&provider, "/rpc/service_bulk_apply", &address, &body)
    };
    let sent = async |confirmation: &str| {
        let answer = app.send(form(confirmation)).await;
        assert_eq!(answer.status(), StatusCode::FOUND);
        answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
    };
    let back = sent("").await;
    assert!(back.contains("/services/bulk?id=") && back.contains("__err="), "{back}");
    let result = sent("retire").await;
    let result = provider.get(&result).await.text();
    assert!(result.contains("2 retired<!></h1>") && result.contains("2 retired:<!></h2>"), "{result}");
    let page = provider.get(&address).await.text();
    assert!(page.contains("No services to retire") && page.contains("2 services can't be retired"), "{page}");
    assert!(!page.contains("name=\"digest\""), "{page}");
    let nothing = provider.get(&format!("/services/bulk/{}", uuid::Uuid::now_v7())).await;
    assert_eq!(nothing.status(), StatusCode::NOT_FOUND);
    app.assert_laws().await;
}

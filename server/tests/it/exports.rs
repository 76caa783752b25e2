//! Lists as files: a file holds what its list holds, nothing of others, and each one is recorded.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    catalog::{ServiceListQuery, ServiceSort},
    compliance::{AuditQuery, OrganisationsQuery, SecurityEventsQuery},
    identity::OrganisationKind,
    page::FileFormat,
    permission::Role,
    states::ServiceStatus,
};
use http::StatusCode;
use serde_json::{Value, json};
use services::{catalog, certificates, compliance, identity, platform::events::Alert};
use testkit::{Member, TestApp};

use crate::{
    catalog::{input, publish},
    certificates::{redeem_of, trade},
};

/// The file's rows, without its head.
async fn rows_at(who: &Member<'_>, path: &str) -> Vec<String> {
    let file = who.get(path).await;
    assert_eq!(file.status(), StatusCode::OK, "{path}: {}", file.text());
    assert_eq!(file.headers()["content-type"], "text/csv; charset=utf-8");
    file.text().lines().skip(1).map(str::to_owned).collect()
}

/// What the records of an act say, those with the fewest rows first.
pub(super) async fn find_records(admin: &Member<'_>, action: &str) -> Vec<Value> {
    let query = AuditQuery { action: action.to_owned(), ..AuditQuery::default() };
    let records = compliance::audit_list(&admin.ctx, query).await.unwrap().items;
    let mut details: Vec<Value> =
        records.iter().map(|record| serde_json::from_str(&record.details).unwrap()).collect();
    details.sort_by_key(|details| details["rows"].as_u64());
    details
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A cell as the file holds it.
fn cell(text: &str) -> String {
    if text.contains([',', '"', ';']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_services_is_the_list_of_its_caller() {
    let app = TestApp::start().await;
    let (admin, clinic) = (app.admin().await, app.organisation(OrganisationKind::Provider).await);
    let rival = app.organisation(OrganisationKind::Provider).await;
    for title in ["Knee scan", "Hip scan", "Scan of 2 hands", "Consultation"] {
        catalog::service_create(&clinic.ctx, input(title)).await.unwrap();
    }
    publish(&clinic, input("Open scan")).await;
    catalog::service_create(&rival.ctx, input("Rival scan")).await.unwrap();

    let query = ServiceListQuery {
        status: Some(ServiceStatus::Draft),
        q: "scan".into(),
        sort: ServiceSort::TitleBack,
        ..ServiceListQuery::default()
    };
    let list = catalog::service_list(&clinic.ctx, query).await.unwrap().items;
    let rows: Vec<String> = list
        .iter()
        .map(|row| {
            let (title, provider, changed) = (&row.title, &row.provider_name, time(row.updated_at));
            format!(
                "{title},Imaging,{provider},Draft,Yes,BA00,,,,EUR,12000,EUR 120.00,0,,{changed},{}",
                row.id
            )
        })
        .collect();
    assert_eq!(rows.len(), 3);
    // neither the page's size nor its place cut the file
    let wanted = "/api/services/export?status=draft&q=scan&sort=title_back&size=25";
    let further = format!("{wanted}&after={}", list[0].id);
    assert_eq!(rows_at(&clinic, wanted).await, rows);
    assert_eq!(rows_at(&clinic, &further).await, rows);
    assert_eq!(rows_at(&rival, wanted).await.len(), 1);
    assert_eq!(rows_at(&admin, wanted).await.len(), 4);
    assert_eq!(rows_at(&clinic, "/api/services/export").await.len(), 5);
    let draft = |rows: u32| json!({ "format": "csv", "rows": rows, "status": "draft" });
    assert_eq!(
        find_records(&admin, "catalog.services_exported").await,
        [draft(1), draft(3), draft(3), draft(4), json!({ "format": "csv", "rows": 5, "status": null })]
    );
    let page = clinic.get("/services?status=draft&q=scan&size=25").await.text();
    assert!(page.contains("href=\"/api/services/export?status=draft&amp;q=scan&amp;made_for="), "{page}");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_organisations_is_the_list() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for kind in [OrganisationKind::Insurer, OrganisationKind::Provider, OrganisationKind::Provider] {
        app.unverified(kind).await;
        app.organisation(kind).await;
    }
    let query = OrganisationsQuery {
        status: "unverified".into(),
        kind: "provider".into(),
        q: "PROVIDER".into(),
        ..Default::default()
    };
    let list = compliance::organisations_list(&admin.ctx, query).await.unwrap().page.items;
    let rows: Vec<String> = list
        .iter()
        .map(|one| {
            format!(
                "{},Provider,Ireland,IE,Dublin,Awaiting verification,{},{}",
                one.name,
                time(one.created_at),
                one.id
            )
        })
        .collect();
    assert_eq!(rows.len(), 2);
    let wanted = "status=unverified&kind=provider&q=PROVIDER";
    assert_eq!(rows_at(&admin, &format!("/api/organisations/export?{wanted}&after=x")).await, rows);
    assert_eq!(rows_at(&admin, "/api/organisations/export").await.len(), 6);
    assert_eq!(
        find_records(&admin, "compliance.organisations_exported").await,
        [
            json!({ "format": "csv", "rows": 2, "status": "unverified", "kind": "provider" }),
            json!({ "format": "csv", "rows": 6, "status": null, "kind": null })
        ]
    );
    let page = admin.get(&format!("/console/organisations?{wanted}")).await.text();
    let link = format!("href=\"/api/organisations/export?{}&amp;made_for=", wanted.replace('&', "&amp;"));
    assert!(page.contains(&link), "{page}");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_the_audit_trail_is_the_list_and_its_record_names_nobody() {
    let app = TestApp::start().await;
    let (admin, insurer) = (app.admin().await, app.organisation(OrganisationKind::Insurer).await);
    for turn in 0..60 {
        identity::account_update(&insurer.ctx, &format!("Name {turn}")).await.unwrap();
    }
    let clinic = app.organisation(OrganisationKind::Provider).await;
    catalog::service_create(&clinic.ctx, input("Knee scan")).await.unwrap();
    let expected = async |query: AuditQuery| -> Vec<String> {
        let list = compliance::audit_list(&admin.ctx, query).await.unwrap().items;
        list.iter()
            .map(|one| {
                let who = one.actor_name.as_deref().unwrap_or("Command");
                let (mail, whose) = (one.actor.as_deref(), one.organisation.as_deref());
                // what a spreadsheet would take for a date or a number is marked as text
                let id = &one.entity_id;
                let mark = if id.chars().all(|c| c.is_ascii_digit() || c == '-') { "'" } else { "" };
                let (thing, facts) = (one.thing.as_deref().unwrap_or_default(), one.facts.join("; "));
                format!(
                    "{},{who},{},{},{},{},{},{},{},{mark}{id},{}",
                    time(one.at),
                    mail.unwrap_or_default(),
                    whose.unwrap_or_default(),
                    one.action_label,
                    one.thing_kind,
                    cell(thing),
                    cell(&facts),
                    one.action,
                    one.request_id
                )
            })
            .collect()
    };
    let created = AuditQuery { action: "catalog.".into(), ..AuditQuery::default() };
    let rows = expected(created).await;
    assert!(rows.iter().any(|row| row.contains(",Service created,Service,Knee scan,")), "{rows:?}");
    assert_eq!(rows_at(&admin, "/api/audit/export?action=catalog.").await, rows);

    let person = AuditQuery { actor: insurer.user_id.to_string(), ..AuditQuery::default() };
    let wanted = format!("actor={}&organisation={}&from=2026-03-01", insurer.user_id, insurer.org_id);
    let in_zone = "&amp;time_zone=Europe%2FDublin";
    let file = rows_at(&admin, &format!("/api/audit/export?{wanted}&after=x&size=25")).await;
    assert_eq!((file.len(), &file[..50]), (60, &expected(person).await[..]));
    assert_eq!(
        find_records(&admin, "compliance.audit_exported").await,
        [
            json!({ "format": "csv", "rows": rows.len(), "from": null, "to": null, "organisation": null }),
            json!({ "format": "csv", "rows": 60, "from": "2026-03-01", "to": null, "organisation": insurer.org_id })
        ]
    );
    let page = admin.get(&format!("/console/audit?{wanted}&column=none")).await.text();
    let link = format!("href=\"/api/audit/export?{}{in_zone}&amp;made_for=", wanted.replace('&', "&amp;"));
    assert!(page.contains(&link), "{page}");
    assert!(!admin.get("/console/audit?from=yesterday").await.text().contains("/api/audit/export"));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_security_events_is_the_list() {
    let app = TestApp::start().await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let changed = Alert::PermissionsChanged { role: Role::Provider, changes: BTreeSet::new() };
    insurer.ctx.raise(changed.clone()).await.unwrap();
    app.clock.advance(TimeDelta::days(8));
    let admin = app.admin().await;
    for _ in 0..3 {
        insurer.ctx.raise(changed.clone()).await.unwrap();
    }
    app.system().raise(Alert::RateLimitExceeded {}).await.unwrap();
    let query = SecurityEventsQuery { severity: "high".into(), days: Some(7), ..Default::default() };
    let list = compliance::security_events_list(&admin.ctx, query).await.unwrap().items;
    let rows: Vec<String> = list
        .iter()
        .map(|one| {
            let (at, user, facts) = (time(one.at), one.user.as_deref().unwrap(), cell(&one.facts.join("; ")));
            let address = one.address.as_deref().unwrap_or_default();
            format!("{at},High,Permissions changed,,{user},{address},{facts},{},{}", one.kind, one.request_id)
        })
        .collect();
    assert_eq!(rows.len(), 3);
    let wanted = "/api/security-events/export?severity=high&days=7";
    assert_eq!(rows_at(&admin, wanted).await, rows);
    assert_eq!(
        rows_at(&admin, "/api/security-events/export?kind=excess_rate_limit_exceeded&after=x").await.len(),
        1
    );
    assert_eq!(rows_at(&admin, "/api/security-events/export").await.len(), 5);
    assert_eq!(
        find_records(&admin, "compliance.security_events_exported").await,
        [
            json!({ "format": "csv", "rows": 1, "severity": null, "days": null }),
            json!({ "format": "csv", "rows": 3, "severity": "high", "days": 7 }),
            json!({ "format": "csv", "rows": 5, "severity": null, "days": null })
        ]
    );
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_what_is_recorded_of_them_and_of_nobody_else() {
    let app = TestApp::start().await;
    let (admin, one) = (app.admin().await, app.organisation(OrganisationKind::Insurer).await);
    let other = app.organisation(OrganisationKind::Insurer).await;
    identity::account_update(&one.ctx, "Robin Winter").await.unwrap();
    identity::account_update(&other.ctx, "Kim Summer").await.unwrap();
    identity::user_disable(&admin.ctx, one.user_id).await.unwrap();
    identity::user_enable(&admin.ctx, one.user_id).await.unwrap();
    let mine = compliance::own_records_export(&one.ctx, FileFormat::Csv).await.unwrap();
    let text = String::from_utf8(mine.bytes).unwrap();
    let acts = |action: &str| text.lines().filter(|line| line.contains(action)).collect::<Vec<_>>();
    let [renamed] = acts("identity.account_updated")[..] else { panic!("{text}") };
    assert!(renamed.contains(",You,Account updated,User,"), "{renamed}");
    let [disabled] = acts("identity.user_disabled")[..] else { panic!("{text}") };
    assert!(disabled.contains(",Another person,Account disabled,User,"), "{disabled}");
    assert!(!text.contains(&admin.email), "{text}");
    assert!(!text.contains(&other.user_id.to_string()) && !text.contains("Kim Summer"));
    assert_eq!(
        find_records(&admin, "compliance.own_records_exported").await,
        [json!({ "format": "csv", "rows": mine.rows })]
    );
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_the_certificates_of_its_caller_alone() {
    let app = TestApp::start().await;
    let trade = trade(&app, 2).await;
    let code = trade.view(0).await.code;
    certificates::certificate_redeem(&trade.seller.ctx, redeem_of(&code)).await.unwrap();
    let all = trade.buyer.get("/api/certificates/export").await.text();
    assert_eq!((all.lines().count(), all.contains(&code)), (3, true), "{all}");
    let valid = trade.buyer.get("/api/certificates/export?status=issued").await.text();
    assert_eq!((valid.lines().count(), valid.contains(&code)), (2, false), "{valid}");
    let rival = app.organisation(OrganisationKind::Insurer).await;
    assert_eq!(rival.get("/api/certificates/export").await.text().lines().count(), 1);
    let said = |rows: u32, status: Option<&str>| json!({ "format": "csv", "rows": rows, "status": status, "purchase": null, "days": null });
    assert_eq!(
        find_records(&app.admin().await, "certificates.exported").await,
        [said(0, None), said(1, Some("issued")), said(2, None)]
    );
    certificates::sequence(&app.system()).await.unwrap();
    app.assert_laws().await;
}

/// Every address that answers a list as a file.
const EXPORTS: [&str; 8] = [
    "/api/services/export",
    "/api/purchases/export",
    "/api/orders/export",
    "/api/certificates/export",
    "/api/organisations/export",
    "/api/audit/export",
    "/api/security-events/export",
    "/api/account/records/export",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_cell_of_any_export_is_computed_whatever_a_spreadsheet_splits_at() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let admin = app.admin().await;
    catalog::service_create(&trade.seller.ctx, input("Scan;=cmd|x")).await.unwrap();
    catalog::service_create(&trade.seller.ctx, input("=HYPERLINK(1)")).await.unwrap();
    identity::account_update(&trade.buyer.ctx, "Robin;+cmd").await.unwrap();
    let rename = |id, name| format!("UPDATE organisations SET name = '{name}' WHERE id = '{id}';");
    app.plant(&rename(trade.buyer.org_id, "@Cover; -1")).await;
    app.plant(&rename(trade.seller.org_id, "1E50")).await;
    for path in EXPORTS {
        let mut files = Vec::new();
        for who in [&admin, &trade.buyer, &trade.seller] {
            let file = who.get(path).await;
            if file.status() == StatusCode::OK {
                files.push(file.text());
            }
        }
        assert!(!files.is_empty(), "{path}");
        for file in files {
            for cell in file.trim_start_matches('\u{feff}').split([',', ';', '\t', '\r', '\n']) {
                let begins = cell.trim_start_matches(|c: char| c == '"' || c.is_whitespace());
                assert!(!begins.starts_with(['=', '+', '-', '@']), "{path}: {cell:?} in {file}");
                assert_ne!(begins, "1E50", "{path}: {file}");
            }
        }
    }
    let services = trade.seller.get("/api/services/export").await.text();
    assert!(services.contains("\"Scan;'=cmd|x\"") && services.contains("'=HYPERLINK(1)"), "{services}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_exported_as_an_excel_workbook_too() {
    let app = TestApp::start().await;
    let (admin, insurer) = (app.admin().await, app.organisation(OrganisationKind::Insurer).await);
    for path in EXPORTS {
        let who = if path.contains("certificates") { &insurer } else { &admin };
        let file = who.get(&format!("{path}?format=xlsx")).await;
        assert_eq!(file.status(), StatusCode::OK, "{path}");
        let header = |name: &str| file.headers()[name].to_str().unwrap().to_owned();
        assert!(header("content-type").ends_with("spreadsheetml.sheet"), "{path}");
        assert!(header("content-disposition").ends_with(".xlsx\""), "{path}");
        assert!(file.bytes().starts_with(b"PK"), "{path}");
        let wrong = who.get(&format!("{path}?format=ods")).await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
    let clinic = app.organisation(OrganisationKind::Provider).await;
    catalog::service_create(&clinic.ctx, input("Knee scan")).await.unwrap();
    let page = admin.get("/services?status=draft").await.text();
    let link = "href=\"/api/services/export?status=draft&amp;format=xlsx&amp;made_for=";
    assert!(page.contains(link), "{page}");
}

//! The console: decisions about organisations, the audit trail, the permission table, the system.

use std::collections::BTreeSet;

use contracts::{
    catalog::ServiceInput,
    compliance::{
        AuditFind, AuditQuery, OrganisationDecision, OrganisationDetail, OrganisationVerification,
        OrganisationsQuery, PermissionsChange, SecurityEventsQuery,
    },
    error::ErrorCode,
    identity::{OrganisationKind, OrganisationUpdate},
    ids::{OrgId, PermissionChangeId},
    permission::{Level, Permission, Role},
    states::OrganisationStatus,
};
use diesel_async::SimpleAsyncConnection;
use http::StatusCode;
use services::{
    Error, OpCtx, compliance, identity,
    platform::{Caller, events::Alert},
};
use testkit::{Member, TestApp};

use crate::{catalog::input, payments::count};

/// Verifies on the facts of this moment.
pub(crate) async fn verify(who: &Member<'_>, id: OrgId) -> Result<OrganisationDetail, Error> {
    let facts_digest = compliance::organisation_detail(&who.ctx, id).await?.facts_digest;
    compliance::organisation_verify(&who.ctx, OrganisationVerification { id, facts_digest }).await
}

/// Facts of a clinic with this number in the register.
fn facts(number: &str) -> OrganisationUpdate {
    OrganisationUpdate {
        organisation: "Clinic".into(),
        legal_name: "Clinic Ltd".into(),
        registration_number: number.into(),
        country: "IE".into(),
        city: "Cork".into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_verifies_and_it_holds_with_the_next_request() {
    let app = TestApp::start().await;
    let (admin, insurer) = (app.admin().await, app.unverified(OrganisationKind::Insurer).await);
    let page = insurer.get("/organisation").await.text();
    assert!(page.contains("Awaiting verification"));
    let list = compliance::organisations_list(
        &admin.ctx,
        OrganisationsQuery { status: "unverified".into(), ..Default::default() },
    );
    assert_eq!(list.await.unwrap().page.items.iter().map(|one| one.id).collect::<Vec<_>>(), [insurer.org_id]);
    let detail = verify(&admin, insurer.org_id).await.unwrap();
    assert_eq!(detail.organisation.status, OrganisationStatus::Verified);
    assert_eq!(detail.history[0].by.as_deref(), Some("Robin Example"));
    assert!(!insurer.get("/organisation").await.text().contains("Awaiting verification"));
    let again = verify(&admin, insurer.org_id).await.err().unwrap();
    assert_eq!(again.code, ErrorCode::WrongState);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_organisation_reads_why_corrects_itself_and_waits_again() {
    let app = TestApp::start().await;
    let (admin, provider) = (app.admin().await, app.unverified(OrganisationKind::Provider).await);
    let decision = |reason: &str| OrganisationDecision { id: provider.org_id, reason: reason.into() };
    let silent = compliance::organisation_reject(&admin.ctx, decision(" ")).await.err().unwrap();
    assert!(silent.fields.get("reason").is_some());
    compliance::organisation_reject(&admin.ctx, decision("The register knows no such number."))
        .await
        .unwrap();
    assert!(provider.get("/organisation").await.text().contains("The register knows no such number."));
    let early = verify(&admin, provider.org_id).await.err().unwrap();
    assert_eq!(early.code, ErrorCode::WrongState, "not without a correction");
    let after = identity::organisation_update(&provider.ctx, facts("IE-77")).await.unwrap();
    assert_eq!((after.status, after.status_reason), (OrganisationStatus::Unverified, None));
    verify(&admin, provider.org_id).await.unwrap();
    compliance::organisation_suspend(&admin.ctx, decision("Licence has been withdrawn.")).await.unwrap();
    assert!(provider.get("/organisation").await.text().contains("Licence has been withdrawn."));
    compliance::organisation_resume(&admin.ctx, provider.org_id).await.unwrap();
    let detail = compliance::organisation_detail(&admin.ctx, provider.org_id).await.unwrap();
    assert_eq!(detail.history.len(), 6);
    let reasons: Vec<_> = detail.history.iter().filter_map(|change| change.reason.as_deref()).collect();
    assert_eq!(reasons, ["Licence has been withdrawn.", "The register knows no such number."]);
    let page = admin.get(&format!("/console/organisations/{}", provider.org_id)).await.text();
    assert!(page.contains("The register knows no such number."), "{page}");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_a_decision_are_in_nothing_that_is_kept_for_good() {
    let app = TestApp::start().await;
    let (admin, provider) = (app.admin().await, app.organisation(OrganisationKind::Provider).await);
    let decision =
        OrganisationDecision { id: provider.org_id, reason: "Ada Canary has lost her licence.".into() };
    compliance::organisation_suspend(&admin.ctx, decision).await.unwrap();
    for table in ["audit_records", "outbox", "state_changes", "security_events"] {
        let sql = format!("SELECT count(*) AS n FROM {table} t WHERE t::text LIKE '%Canary%'");
        assert_eq!(count(&app, &sql).await, 0, "{table}");
    }
    let given = "SELECT count(*) AS n FROM audit_records WHERE details @> '{\"reason_given\": true}'";
    assert_eq!(count(&app, given).await, 1);
    // who has a right to it can have the words taken out
    let redacted = "UPDATE organisation_reasons SET reason = 'Taken out.'";
    app.database.owner().await.batch_execute(redacted).await.unwrap();
    let detail = compliance::organisation_detail(&admin.ctx, provider.org_id).await.unwrap();
    assert_eq!(detail.history[0].reason.as_deref(), Some("Taken out."));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_verified_on_the_facts_that_were_read() {
    let app = TestApp::start().await;
    let (admin, provider) = (app.admin().await, app.unverified(OrganisationKind::Provider).await);
    let read = compliance::organisation_detail(&admin.ctx, provider.org_id).await.unwrap();
    let page = admin.get(&format!("/console/organisations/{}", provider.org_id)).await.text();
    assert!(page.contains(&format!("value=\"{}\"", read.facts_digest)), "the page says which facts it shows");
    identity::organisation_update(&provider.ctx, facts("IE-78")).await.unwrap();
    let before = app.snapshot().await;
    for facts_digest in [read.facts_digest, String::new()] {
        let command = OrganisationVerification { id: provider.org_id, facts_digest };
        let refused = compliance::organisation_verify(&admin.ctx, command).await.err().unwrap();
        assert_eq!(refused.code, ErrorCode::FactsChanged);
    }
    assert_eq!(app.snapshot().await.changed_since(&before), Vec::<&str>::new());
    verify(&admin, provider.org_id).await.unwrap();
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_organisation_is_resumed_and_never_verified_anew() {
    let app = TestApp::start().await;
    let (admin, provider) = (app.admin().await, app.organisation(OrganisationKind::Provider).await);
    let id = provider.org_id;
    let early = compliance::organisation_resume(&admin.ctx, id).await.err().unwrap();
    assert_eq!(early.code, ErrorCode::WrongState);
    let decision = OrganisationDecision { id, reason: "Licence has been withdrawn.".into() };
    compliance::organisation_suspend(&admin.ctx, decision).await.unwrap();
    assert_eq!(verify(&admin, id).await.err().unwrap().code, ErrorCode::WrongState);
    compliance::organisation_resume(&admin.ctx, id).await.unwrap();
    let resumed = AuditQuery { action: "compliance.organisation_resumed".into(), ..Default::default() };
    assert_eq!(compliance::audit_list(&admin.ctx, resumed).await.unwrap().items.len(), 1);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_is_for_administrators_of_the_fitting_level() {
    let app = TestApp::start().await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let admin = app.admin().await;
    let auditor = app
        .join(admin.org_id, OrganisationKind::Platform, OrganisationStatus::Verified, Level::Auditor)
        .await;
    for who in [&insurer, &auditor] {
        let command = OrganisationVerification { id: insurer.org_id, facts_digest: String::new() };
        let code = compliance::organisation_verify(&who.ctx, command).await.err().unwrap().code;
        assert_eq!(code, ErrorCode::NotAllowed);
    }
    let detail = format!("/console/organisations/{}", insurer.org_id);
    for path in [
        "/console/organisations",
        &detail,
        "/console/audit",
        "/console/security",
        "/console/permissions",
        "/console/system",
    ] {
        assert_eq!(insurer.get(path).await.status(), StatusCode::FORBIDDEN, "{path}");
        assert_eq!(app.get(path).await.status(), StatusCode::FOUND, "{path}");
        assert_eq!(admin.get(path).await.status(), StatusCode::OK, "{path}");
    }
    for path in ["/console/audit", "/console/security"] {
        assert_eq!(auditor.get(path).await.status(), StatusCode::OK, "{path}");
    }
    assert_eq!(auditor.get("/console/system").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(admin.get("/console/organisations/nonsense").await.status(), StatusCode::NOT_FOUND);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disabling_an_account_takes_the_right_to_delete_user_data() {
    let app = TestApp::start().await;
    let (admin, insurer) = (app.admin().await, app.organisation(OrganisationKind::Insurer).await);
    let caller = admin.ctx.caller().clone();
    let others = caller.permissions.iter().filter(|right| *right != Permission::UserDataDelete);
    let writer = Caller { permissions: others.collect(), ..caller.clone() };
    let writer = OpCtx::new(app.platform.clone(), writer);
    let refused = identity::user_disable(&writer, insurer.user_id).await.err().unwrap();
    assert_eq!(refused.code, ErrorCode::NotAllowed);
    identity::user_disable(&admin.ctx, insurer.user_id).await.unwrap();
    identity::user_enable(&writer, insurer.user_id).await.unwrap();
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_trail_filters_and_pages_without_gaps() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let one = app.organisation(OrganisationKind::Insurer).await;
    let two = app.organisation(OrganisationKind::Insurer).await;
    for turn in 0..60 {
        let who = if turn % 2 == 0 { &one } else { &two };
        identity::account_update(&who.ctx, &format!("Name {turn}")).await.unwrap();
    }
    let renamed = AuditQuery { action: "identity.account_updated".into(), ..Default::default() };
    let first = compliance::audit_list(&admin.ctx, renamed.clone()).await.unwrap();
    let after = first.next.clone().unwrap();
    let rest = compliance::audit_list(&admin.ctx, AuditQuery { after, ..renamed.clone() }).await.unwrap();
    assert_eq!((first.items.len(), rest.items.len(), first.total, rest.next.is_none()), (50, 10, 60, true));
    let mut ids: Vec<_> = first.items.iter().chain(&rest.items).map(|record| record.id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 60);
    let count =
        async |query: AuditQuery| compliance::audit_list(&admin.ctx, query).await.unwrap().items.len();
    let by = |person: &str| AuditFind { person: person.to_owned(), ..AuditFind::default() };
    let found =
        compliance::audit_find(&admin.ctx, renamed.clone(), by(&one.email.to_uppercase())).await.unwrap();
    assert_eq!((found.actor.as_str(), count(found.clone()).await), (one.user_id.to_string().as_str(), 30));
    let named = compliance::audit_find(&admin.ctx, renamed.clone(), by("name 58")).await.unwrap();
    assert_eq!(named.actor, one.user_id.to_string(), "by the name she has now");
    assert_eq!(count(AuditQuery { actor: two.user_id.to_string(), ..renamed.clone() }).await, 30);
    assert_eq!(count(AuditQuery { organisation: one.org_id.to_string(), ..renamed.clone() }).await, 30);
    assert_eq!(
        count(AuditQuery {
            entity_id: one.user_id.to_string(),
            entity_type: "user".into(),
            ..renamed.clone()
        })
        .await,
        30
    );
    assert_eq!(count(AuditQuery { from: "2026-03-03".into(), ..renamed.clone() }).await, 0);
    assert_eq!(
        count(AuditQuery { from: "2026-03-02".into(), to: "2026-03-02".into(), ..renamed.clone() }).await,
        50
    );
    assert_eq!(count(AuditQuery { action: "identity.".into(), ..Default::default() }).await, 50);
    let bad =
        compliance::audit_list(&admin.ctx, AuditQuery { after: "x".into(), ..renamed }).await.err().unwrap();
    assert_eq!(bad.code, ErrorCode::InvalidInput);
    for wrong in ["nobody@example.org", "Name 5"] {
        let refused =
            compliance::audit_find(&admin.ctx, AuditQuery::default(), by(wrong)).await.err().unwrap();
        assert!(refused.fields.get("person").is_some(), "{wrong} is nobody's or several people's");
    }
    let foreign = compliance::audit_list(&one.ctx, AuditQuery::default()).await.err().unwrap();
    assert_eq!(foreign.code, ErrorCode::NotAllowed);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_null_character_in_a_filter_is_no_failure_of_ours() {
    let app = TestApp::start().await;
    let (admin, provider) = (app.admin().await, app.organisation(OrganisationKind::Provider).await);
    for path in ["/console/audit?action=%00", "/console/organisations?q=a%00b"] {
        assert_eq!(admin.get(path).await.status(), StatusCode::OK, "{path}");
    }
    for path in ["/services?q=%00", "/certificates?q=%00", "/api/certificates?q=a%00b"] {
        assert_eq!(provider.get(path).await.status(), StatusCode::OK, "{path}");
    }
    let codes = services::catalog::icd11_codes_get(&app.anonymous(), vec!["BA\u{0}00".into()]).await.unwrap();
    assert!(codes.is_empty());
    services::catalog::icd11_search(&app.anonymous(), "hip\u{0}pain").await.unwrap();
}

/// Reviews and applies one change of the permission table.
pub(crate) async fn change_permission(
    ctx: &OpCtx,
    role: &str,
    change: &str,
) -> services::Result<PermissionChangeId> {
    let table = compliance::permission_table(ctx).await?;
    let digest = role.parse().map(|role| table.digest(role).to_owned()).unwrap_or_default();
    let (role, changes) = (role.to_owned(), vec![change.to_owned()]);
    let command = PermissionsChange { role, changes, digest, reason: "Agreed with the clinics.".into() };
    compliance::permission_change(ctx, command).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_permission_holds_with_the_next_request_and_inside_the_bounds() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let withdraw = "owner/members.manage/false";
    assert!(provider.get("/organisation").await.text().contains("Invite a person"));
    change_permission(&admin.ctx, "provider", withdraw).await.unwrap();
    let table = compliance::permission_table(&admin.ctx).await.unwrap();
    assert!(!table.holds(Role::Provider, Level::Owner, Permission::MembersManage));
    assert!(!provider.get("/organisation").await.text().contains("Invite a person"));
    let again = change_permission(&admin.ctx, "provider", withdraw).await.err().unwrap();
    assert_eq!(again.code, ErrorCode::ChangedMeanwhile);
    change_permission(&admin.ctx, "provider", "owner/members.manage/true").await.unwrap();
    for (role, outside) in [
        ("intermediary", "owner/certificates.redeem/true"),
        ("provider", "owner/system.manage/true"),
        ("admin", "auditor/user_data.write/true"),
        ("admin", "owner/system.manage/false"),
        ("insurance", "staff/own_data.read/false"),
        ("insurance", "auditor/own_data.write/false"),
        ("provider", "staff/organisation.write/true"),
        ("provider", "auditor/views.share/true"),
    ] {
        let error = change_permission(&admin.ctx, role, outside).await.err().unwrap();
        assert!(error.fields.get("changes").is_some(), "{role} {outside}");
    }
    let records = AuditQuery { entity_type: "permission_change".into(), ..Default::default() };
    assert_eq!(compliance::audit_list(&admin.ctx, records).await.unwrap().items.len(), 2);
    app.assert_laws().await;
}

/// The digest that the table's form carries now.
async fn digest_on_page(admin: &Member<'_>) -> String {
    let page = admin.get("/console/permissions?role=provider").await.text();
    page.split("name=\"digest\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn permissions_are_ticked_reviewed_given_a_reason_and_taken_back_without_javascript() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    app.join(provider.org_id, OrganisationKind::Provider, OrganisationStatus::Verified, Level::Manager).await;
    let table = admin.get("/console/permissions?role=provider").await.text();
    assert!(
        table.contains("Create and change services") && !table.contains(">services.write<"),
        "words, not ids"
    );
    let cells: Vec<&str> = table
        .split("name=\"grant\" value=\"")
        .skip(1)
        .filter(|cell| {
            cell.split('>').next().unwrap().contains(" checked")
                && !cell.split('>').next().unwrap().contains("disabled")
        })
        .map(|cell| cell.split('"').next().unwrap())
        .collect();
    let ticked: String = cells
        .iter()
        .filter(|cell| **cell != "manager/services.write")
        .map(|cell| format!("&grant={cell}"))
        .collect();
    let address =
        format!("/console/permissions/review?role=provider&digest={}{ticked}", digest_on_page(&admin).await);
    let review = admin.get(&address).await.text();
    assert!(review.contains("Create and change services<!>: ") && review.contains("Affects "), "{review}");
    assert!(
        review.contains("value=\"manager/services.write/false\"") && review.matches("changes[]").count() == 1
    );

    let digest = digest_on_page(&admin).await;
    let form = format!("role=provider&changes[]=manager/services.write/false&digest={digest}");
    let refused = admin.post_form("/rpc/permission_change", &form).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "without a reason nothing changes");
    let form = format!("{form}&reason=Managers+only+sell");
    let done = admin.post_form("/rpc/permission_change", &form).await;
    assert!(done.status().is_success(), "{}", done.text());
    let page = admin.get("/console/permissions?role=provider").await.text();
    assert!(
        page.contains("Create and change services withdrawn from Provider, Manager.")
            && page.contains("Managers only sell")
    );
    let undo =
        page.split("/console/permissions/review?undo=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let back = admin.get(&format!("/console/permissions/review?undo={undo}")).await.text();
    assert!(
        back.contains("value=\"manager/services.write/true\"") && back.contains("Undo: Managers only sell"),
        "{back}"
    );
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn permissions_ticked_in_an_outdated_table_are_marked_and_reviewed_ones_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let old = digest_on_page(&admin).await;
    change_permission(&admin.ctx, "provider", "owner/members.manage/false").await.unwrap();
    let review =
        compliance::permission_review(&admin.ctx, &format!("role=provider&digest={old}")).await.unwrap();
    assert!(review.is_outdated && !review.changes.is_empty());
    let command = PermissionsChange {
        role: "provider".into(),
        changes: vec!["manager/services.write/false".into()],
        digest: old,
        reason: "Agreed with the clinics.".into(),
    };
    let refused = compliance::permission_change(&admin.ctx, command).await.err().unwrap();
    assert_eq!(refused.code, ErrorCode::ChangedMeanwhile);
    let table = compliance::permission_table(&admin.ctx).await.unwrap();
    assert!(table.holds(Role::Provider, Level::Manager, Permission::ServicesWrite), "nothing was done");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_alone_decides_who_corrects_an_organisation_and_everybody_their_own_account() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (kind, status) = (OrganisationKind::Provider, OrganisationStatus::Unverified);
    let owner = app.unverified(kind).await;
    let manager = app.join(owner.org_id, kind, status, Level::Manager).await;
    let form = "organisation=Clinic&legal_name=Clinic+Ltd&registration_number=IE-5&country=IE&city=Cork";
    let corrects = async |who: &Member<'_>| {
        let page = who.get("/organisation").await.text();
        let done = who.post_form("/rpc/organisation_update", form).await.status();
        (page.contains("name=\"registration_number\""), done)
    };
    assert_eq!(corrects(&manager).await, (true, StatusCode::OK));
    change_permission(&admin.ctx, "provider", "manager/organisation.write/false").await.unwrap();
    assert_eq!(corrects(&manager).await, (false, StatusCode::FORBIDDEN));
    assert_eq!(corrects(&owner).await, (true, StatusCode::OK));
    let auditor = app.join(owner.org_id, kind, status, Level::Auditor).await;
    for (door, form) in [("account_update", "name=Robin+Byron"), ("sessions_end_others", "")] {
        let done = auditor.post_form(&format!("/rpc/{door}"), form).await;
        assert_eq!(done.status(), StatusCode::OK, "{door}: {}", done.text());
    }
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_page_tells_what_the_database_knows() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    app.unverified(OrganisationKind::Insurer).await;
    let status = compliance::system_status(&admin.ctx).await.unwrap();
    assert_eq!((status.organisations_waiting, status.sessions, status.outbox_dead), (1, 2, 0));
    assert!(
        status.migrations >= 6
            && status.database_bytes > 0
            && status.database_version.starts_with(char::is_numeric)
    );
    assert_eq!((status.log_size, status.log_waiting, status.checkpoint_size), (0, 0, None));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn security_events_filter_and_page_without_gaps_for_who_may_read_them() {
    let app = TestApp::start().await;
    let (admin, insurer) = (app.admin().await, app.organisation(OrganisationKind::Insurer).await);
    for _ in 0..60 {
        app.system().raise(Alert::RateLimitExceeded {}).await.unwrap();
    }
    let changed = Alert::PermissionsChanged { role: Role::Provider, changes: BTreeSet::new() };
    insurer.ctx.raise(changed).await.unwrap();
    let list =
        async |query: SecurityEventsQuery| compliance::security_events_list(&admin.ctx, query).await.unwrap();
    let first = list(SecurityEventsQuery { severity: "low".into(), ..Default::default() }).await;
    let after = first.next.clone().unwrap();
    let rest = list(SecurityEventsQuery { severity: "low".into(), after, ..Default::default() }).await;
    assert_eq!((first.items.len(), rest.items.len(), first.total, rest.next), (50, 10, 60, None));
    let changed = SecurityEventsQuery { kind: "privilege_permissions_changed".into(), ..Default::default() };
    let changed = list(changed).await.items;
    assert_eq!(changed.iter().map(|event| event.user.as_ref()).collect::<Vec<_>>(), [Some(&insurer.email)]);
    let page = admin.get("/console/security?severity=high").await.text();
    assert!(
        page.contains("kind=privilege_permissions_changed")
            && !page.contains("kind=excess_rate_limit_exceeded"),
        "{page}"
    );
    assert!(admin.get("/console/system").await.text().contains("/console/security?kind=authn_login_fail"));
    let caller = admin.ctx.caller().clone();
    let others = caller.permissions.iter().filter(|right| *right != Permission::SecurityEventsRead);
    let blind = Caller { permissions: others.collect(), ..caller.clone() };
    let blind = OpCtx::new(app.platform.clone(), blind);
    let refused = compliance::security_events_list(&blind, SecurityEventsQuery::default()).await;
    assert_eq!(refused.err().unwrap().code, ErrorCode::NotAllowed);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_trail_is_read_and_searched_in_words() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let service = services::catalog::service_create(&clinic.ctx, input("Knee scan")).await.unwrap();
    let dearer = ServiceInput { base_price: "130.00".into(), ..input("Knee scan") };
    services::catalog::service_edit(&clinic.ctx, service.preview.service_id, dearer).await.unwrap();
    let find = AuditFind { thing: "knee SCAN".into(), ..AuditFind::default() };
    let found = compliance::audit_find(&admin.ctx, AuditQuery::default(), find).await.unwrap();
    assert_eq!(found.entity_id, service.preview.service_id.to_string());
    let records = compliance::audit_list(&admin.ctx, found.clone()).await.unwrap().items;
    let edited = records.iter().find(|record| record.action_label == "Service edited").unwrap();
    assert_eq!(edited.thing.as_deref(), Some("Knee scan"));
    assert!(edited.facts.contains(&"Price: EUR 120.00 → EUR 130.00".to_owned()), "{:?}", edited.facts);
    let page = admin.get(&format!("/console/audit?{}", found.to_query_string())).await.text();
    let (_, main) = page.split_once("<main").unwrap();
    let (page, _) = main.split_once("</main>").unwrap();
    assert!(page.contains("Service: Knee scan") && page.contains("Service edited"), "{page}");
    assert!(
        !page.contains("version_id") && page.contains("option value=\"catalog.service_edited\""),
        "no JSON"
    );
    app.assert_laws().await;
}

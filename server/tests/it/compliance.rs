//! The console: decisions about organisations, the audit trail, the permission table, the system.

use contracts::{
    compliance::{
        AuditQuery, OrganisationDecision, OrganisationDetail, OrganisationVerification, OrganisationsQuery,
        PermissionChange, SecurityEventsQuery,
    },
    error::ErrorCode,
    identity::{OrganisationKind, OrganisationUpdate},
    ids::OrgId,
    permission::{Level, Permission, Role},
    states::OrganisationStatus,
};
use diesel_async::SimpleAsyncConnection;
use http::StatusCode;
use serde_json::json;
use services::{
    Error, OpCtx, compliance, identity,
    platform::{Caller, SecurityEvent},
};
use testkit::{Member, TestApp};

use crate::payments::count;

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
    let found = compliance::audit_actor_find(&admin.ctx, &one.email.to_uppercase()).await.unwrap();
    assert_eq!(count(AuditQuery { actor: found.to_string(), ..renamed.clone() }).await, 30);
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
    let nobody = compliance::audit_actor_find(&admin.ctx, "nobody@example.org").await.err().unwrap();
    assert!(nobody.fields.get("email").is_some());
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

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_permission_holds_with_the_next_request_and_inside_the_bounds() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let change = |role, level, permission, granted| PermissionChange { role, level, permission, granted };
    let members = change(Role::Provider, Level::Owner, Permission::MembersManage, false);
    assert!(provider.get("/organisation").await.text().contains("Invite a person"));
    let table = compliance::permission_change(&admin.ctx, members.clone()).await.unwrap();
    assert!(!table.holds(Role::Provider, Level::Owner, Permission::MembersManage));
    assert!(!provider.get("/organisation").await.text().contains("Invite a person"));
    let again = compliance::permission_change(&admin.ctx, members.clone()).await.err().unwrap();
    assert_eq!(again.code, ErrorCode::ChangedMeanwhile);
    compliance::permission_change(&admin.ctx, PermissionChange { granted: true, ..members }).await.unwrap();
    for outside in [
        change(Role::Intermediary, Level::Owner, Permission::CertificatesRedeem, true),
        change(Role::Provider, Level::Owner, Permission::SystemManage, true),
        change(Role::Admin, Level::Auditor, Permission::UserDataWrite, true),
        change(Role::Admin, Level::Owner, Permission::SystemManage, false),
        change(Role::Insurance, Level::Staff, Permission::OwnDataRead, false),
        change(Role::Insurance, Level::Auditor, Permission::OwnDataWrite, false),
        change(Role::Provider, Level::Staff, Permission::OrganisationWrite, true),
        change(Role::Provider, Level::Auditor, Permission::ViewsShare, true),
    ] {
        let error = compliance::permission_change(&admin.ctx, outside.clone()).await.err().unwrap();
        assert_eq!(error.code, ErrorCode::InvalidInput, "{outside:?}");
    }
    let records = AuditQuery { entity_type: "permission".into(), ..Default::default() };
    assert_eq!(compliance::audit_list(&admin.ctx, records).await.unwrap().items.len(), 2);
    let form =
        admin.post_form("/rpc/permission_change", "change=provider%2Fowner%2Fmembers.manage%2Ffalse").await;
    assert!(form.status().is_success(), "{}", form.text());
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
    let change = PermissionChange {
        role: Role::Provider,
        level: Level::Manager,
        permission: Permission::OrganisationWrite,
        granted: false,
    };
    compliance::permission_change(&admin.ctx, change).await.unwrap();
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
    let event = |kind, severity| SecurityEvent { kind, severity, user_id: None, details: json!({}) };
    for _ in 0..60 {
        app.system().security_event(event("webhook_signature_fail", "low")).await.unwrap();
    }
    insurer.ctx.security_event(event("privilege_permissions_changed", "high")).await.unwrap();
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
        page.contains("privilege_permissions_changed") && !page.contains("webhook_signature_fail"),
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

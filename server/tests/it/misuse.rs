//! What somebody does who means no good: guessing, forging, flooding, keeping what was lent for a time.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, body::Body, extract::ConnectInfo};
use chrono::TimeDelta;
use contracts::{
    catalog::ServiceInput,
    compliance::AuditQuery,
    error::ErrorCode,
    identity::{InvitationAccept, InvitationCreate, MemberLevelChange, OrganisationKind, SignIn},
    ids::ServiceId,
    permission::Level,
    states::OrganisationStatus,
};
use diesel_async::SimpleAsyncConnection;
use http::{Request, StatusCode};
use server::{
    config::Mode,
    web::{self, AppState, LegalPages, RateLimit, Site},
};
use services::{OpCtx, catalog, compliance, identity, platform::csp_reports_purge};
use testkit::{Sandbox, TestApp};
use tower::ServiceExt;
use uuid::Uuid;

use crate::{
    catalog::input,
    compliance::change_permission,
    identity::{PASSWORD, caller, sign_in_form, sign_up_form, visitor},
    payments::count,
};

const EMAIL: &str = "ada@north.example";

async fn events(app: &TestApp, kind: &str) -> i64 {
    count(app, &format!("SELECT count(*) AS n FROM security_events WHERE kind = '{kind}'")).await
}

/// The answer to a sign-in that must fail.
async fn sign_in_error(ctx: &OpCtx, form: SignIn) -> ErrorCode {
    identity::sign_in(ctx, form).await.err().unwrap().code
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_closes_its_own_door_and_nobody_elses() {
    let app = TestApp::start().await;
    identity::sign_up(&app.anonymous(), sign_up_form(EMAIL, "IE-1")).await.unwrap();
    let attacker = visitor(&app, "203.0.113.9");
    for attempt in 0..100 {
        let code = sign_in_error(&attacker, sign_in_form(EMAIL, "wrong")).await;
        let is_counted = attempt < app.platform.settings.sign_in_failures_allowed;
        let expected = if is_counted { ErrorCode::WrongCredentials } else { ErrorCode::TooManyAttempts };
        assert_eq!(code, expected, "attempt {attempt}");
    }
    // an address that tries one account after another is closed as a whole
    let sweeper = visitor(&app, "203.0.113.77");
    let mut codes = Vec::new();
    for account in 0..33 {
        codes
            .push(sign_in_error(&sweeper, sign_in_form(&format!("p{account}@north.example"), "wrong")).await);
    }
    assert!(codes[..32].iter().all(|code| *code == ErrorCode::WrongCredentials), "{codes:?}");
    assert_eq!(codes[32], ErrorCode::TooManyAttempts);
    identity::sign_in(&visitor(&app, "198.51.100.7"), sign_in_form(EMAIL, PASSWORD)).await.unwrap();
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_addresses_close_an_account_to_strangers_alone() {
    let app = TestApp::start().await;
    let (home, abroad) = (visitor(&app, "2001:db8:1:2::7"), visitor(&app, "198.51.100.7"));
    identity::sign_up(&home, sign_up_form(EMAIL, "IE-1")).await.unwrap();
    for address in ["203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4"] {
        for _ in 0..app.platform.settings.sign_in_failures_allowed {
            let code = sign_in_error(&visitor(&app, address), sign_in_form(EMAIL, "wrong")).await;
            assert_eq!(code, ErrorCode::WrongCredentials, "{address}");
        }
    }
    assert_eq!(sign_in_error(&abroad, sign_in_form(EMAIL, PASSWORD)).await, ErrorCode::TooManyAttempts);
    let neighbour = visitor(&app, "2001:db8:1:2:ffff::1");
    for known in [&home, &neighbour] {
        identity::sign_in(known, sign_in_form(EMAIL, PASSWORD)).await.unwrap();
    }
    assert_eq!(sign_in_error(&neighbour, sign_in_form(EMAIL, "wrong")).await, ErrorCode::WrongCredentials);
    assert_eq!(sign_in_error(&abroad, sign_in_form(EMAIL, PASSWORD)).await, ErrorCode::TooManyAttempts);
    assert_eq!(events(&app, "authn_login_fail_max").await, 1);
    app.assert_laws().await;
}

/// The same visitor in a browser that keeps this secret.
fn browser(app: &TestApp, address: &str, secret: &str) -> OpCtx {
    let mut caller = visitor(app, address).caller().clone();
    caller.client.device = Some(services::platform::sha256(secret));
    OpCtx::new(app.platform.clone(), caller)
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_in_a_network_leaves_known_browsers_and_known_people_in() {
    let app = TestApp::start().await;
    let network = "203.0.113.9";
    let tablet = identity::sign_up(&visitor(&app, "192.0.2.1"), sign_up_form(EMAIL, "IE-1")).await.unwrap();
    let tablet = browser(&app, network, &tablet.device.unwrap());
    identity::sign_up(&visitor(&app, network), sign_up_form("bo@north.example", "IE-2")).await.unwrap();
    identity::sign_up(&visitor(&app, "192.0.2.1"), sign_up_form("cy@north.example", "IE-3")).await.unwrap();
    for account in 0..33 {
        sign_in_error(&visitor(&app, network), sign_in_form(&format!("p{account}@north.example"), "wrong"))
            .await;
    }
    let here = visitor(&app, network);
    assert_eq!(sign_in_error(&here, sign_in_form(EMAIL, PASSWORD)).await, ErrorCode::TooManyAttempts);
    identity::sign_in(&tablet, sign_in_form(EMAIL, PASSWORD)).await.unwrap();
    identity::sign_in(&here, sign_in_form("bo@north.example", PASSWORD)).await.unwrap();
    assert_eq!(
        sign_in_error(&tablet, sign_in_form("cy@north.example", PASSWORD)).await,
        ErrorCode::TooManyAttempts,
        "a browser is known for those who have signed in with it"
    );
    // guessing stays slow in a known browser, too
    for _ in 0..app.platform.settings.sign_in_failures_allowed {
        assert_eq!(sign_in_error(&tablet, sign_in_form(EMAIL, "wrong")).await, ErrorCode::WrongCredentials);
    }
    assert_eq!(sign_in_error(&tablet, sign_in_form(EMAIL, PASSWORD)).await, ErrorCode::TooManyAttempts);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_try_whose_password_was_not_compared_is_no_failure() {
    let app = TestApp::start().await;
    let signed_up =
        identity::sign_up(&visitor(&app, "192.0.2.1"), sign_up_form(EMAIL, "IE-1")).await.unwrap();
    let here = visitor(&app, "203.0.113.9");
    // a stored hash that cannot be read makes each comparison fail
    let set = async |sql: &str| app.database.owner().await.batch_execute(sql).await.unwrap();
    set("ALTER TABLE users ADD COLUMN kept text; UPDATE users SET kept = password_hash, password_hash = 'nonsense'").await;
    for _ in 0..20 {
        assert_eq!(sign_in_error(&here, sign_in_form(EMAIL, PASSWORD)).await, ErrorCode::Internal);
    }
    set("UPDATE users SET password_hash = kept; ALTER TABLE users DROP COLUMN kept").await;
    identity::sign_in(&here, sign_in_form(EMAIL, PASSWORD)).await.unwrap();
    // many at once: some may have to wait, nobody is locked out
    let tries = (0..60).map(|_| identity::sign_in(&here, sign_in_form(EMAIL, PASSWORD)));
    for answer in futures::future::join_all(tries).await {
        let code = answer.err().map(|error| error.code);
        assert!(matches!(code, None | Some(ErrorCode::Busy)), "{code:?}");
    }
    identity::sign_in(&here, sign_in_form(EMAIL, PASSWORD)).await.unwrap();
    let own = caller(&app, &signed_up.token).await.unwrap();
    assert!(own.is_person());
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_organisation_does_not_lengthen_a_session() {
    let app = TestApp::start().await;
    let first = identity::sign_up(&app.anonymous(), sign_up_form(EMAIL, "IE-1")).await.unwrap();
    let ctx = caller(&app, &first.token).await.unwrap();
    app.clock.advance(TimeDelta::minutes(12 * 60 - 10));
    let second = identity::organisation_switch(&ctx, ctx.org_id().unwrap()).await.unwrap();
    let late = caller(&app, &second.token).await.unwrap();
    app.clock.advance(TimeDelta::minutes(10));
    assert_eq!(caller(&app, &second.token).await.err().unwrap().code, ErrorCode::SessionExpired);
    // as a request that was let in before
    let org_id = late.org_id().unwrap();
    let ended = identity::organisation_switch(&late, org_id).await.err().unwrap();
    assert_eq!(ended.code, ErrorCode::SessionExpired, "what has ended cannot be continued");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_requests_do_not_bury_real_events() {
    let app = TestApp::start().await;
    let forged = || {
        let request = Request::post("/sign-out").header("sec-fetch-site", "cross-site");
        app.send(request.body(Body::empty()).unwrap())
    };
    for _ in 0..50 {
        assert_eq!(forged().await.status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(events(&app, "malicious_csrf").await, 10);
    app.clock.advance(TimeDelta::minutes(1));
    forged().await;
    assert_eq!(events(&app, "malicious_csrf").await, 12, "the next one, and the number of those before it");
    let more = "SELECT (details ->> 'more')::bigint AS n FROM security_events WHERE details ? 'more'";
    assert_eq!(count(&app, more).await, 40);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_was_kept_from_doing_is_recorded() {
    let app = TestApp::start().await;
    let page = app.get("/").await;
    let header = |name: &str| page.headers()[name].to_str().unwrap().to_owned();
    assert!(header("content-security-policy").contains("report-uri /csp-reports; report-to csp"));
    assert_eq!(header("reporting-endpoints"), "csp=\"/csp-reports\"");
    let report = |body: &'static str| {
        let request = Request::post("/csp-reports").header("content-type", "application/csp-report");
        app.send(request.body(Body::from(body)).unwrap())
    };
    let answer = report(
        r#"{"csp-report":{"document-uri":"http://localhost/market?q=ada","effective-directive":"script-src-elem","blocked-uri":"https://evil.example/x.js"}}"#,
    );
    assert_eq!(answer.await.status(), StatusCode::NO_CONTENT);
    assert_eq!(report("no report").await.status(), StatusCode::BAD_REQUEST);
    let kept = r#"SELECT count(*) AS n FROM security_events WHERE kind = 'malicious_csp_violation'
                  AND details = '{"path": "/market", "directive": "script-src-elem", "blocked": "evil.example"}'"#;
    assert_eq!(count(&app, kept).await, 1);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_overreaches_is_recorded() {
    let app = TestApp::start().await;
    let (kind, status) = (OrganisationKind::Insurer, OrganisationStatus::Verified);
    let owner = app.organisation(kind).await;
    let auditor = app.join(owner.org_id, kind, status, Level::Auditor).await;
    let form = "email=cy@clinic.example&level=staff";
    assert_eq!(auditor.post_form("/rpc/invitation_create", form).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(auditor.get("/api/nope").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(events(&app, "authz_fail").await, 1);
    app.assert_laws().await;
}

/// A router that lets an address ask twice, then once a second.
fn strict_router(app: &TestApp) -> Router {
    web::router(AppState {
        platform: Arc::clone(&app.platform),
        site: Site::with_head("", std::path::Path::new("/nonexistent")),
        legal: LegalPages::placeholders(),
        is_demo: false,
        mode: Mode::Development,
        trusted_proxies: 0,
        rate_limit: RateLimit::new(1),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_often_is_refused_before_the_database_and_named_once() {
    let app = TestApp::start().await;
    let router = strict_router(&app);
    let ask = async |path: &str| {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 40_000))));
        router.clone().oneshot(request).await.unwrap().status()
    };
    let mut answers = Vec::new();
    for _ in 0..30 {
        answers.push(ask("/api/platform-stats").await);
    }
    assert_eq!(answers[0], StatusCode::OK);
    let refused = answers.iter().filter(|status| **status == StatusCode::TOO_MANY_REQUESTS).count();
    assert!(refused > 0, "{answers:?}");
    for health in ["/healthz", "/readyz"] {
        assert_eq!(ask(health).await, StatusCode::OK, "{health}: who asks for health is not limited");
    }
    assert_eq!(events(&app, "excess_rate_limit_exceeded").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_genuine_event_passes_beside_a_flood_of_forged_ones_from_the_same_address() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    let router = strict_router(&app);
    let send = async |body: String, headers: Vec<(&'static str, String)>| {
        let mut request =
            Request::post("/api/payments/webhook/sandbox").header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 40_000))));
        router.clone().oneshot(request).await.unwrap().status()
    };
    let mut forged = Vec::new();
    for _ in 0..10 {
        forged.push(send("{}".to_owned(), vec![("webhook-id", "evt_forged".to_owned())]).await);
    }
    assert_eq!(forged[0], StatusCode::UNAUTHORIZED);
    assert!(forged.contains(&StatusCode::TOO_MANY_REQUESTS), "{forged:?}");
    for number in 0..10 {
        let data = serde_json::json!({ "id": "pay_x", "amount": 1, "currency": "EUR", "reference": "no-payment", "status": "captured",
                                       "captured_amount": 1, "fee_amount": 0 });
        let (body, headers) = Sandbox::signed(&format!("evt_{number}"), "payment.captured", &data);
        assert_eq!(send(body, headers.into_iter().collect()).await, StatusCode::NO_CONTENT);
    }
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_that_nobody_has_verified_keeps_fifty_services() {
    let app = TestApp::start().await;
    let provider = app.unverified(OrganisationKind::Provider).await;
    let create = async || catalog::service_create(&provider.ctx, input("Knee")).await.map(drop);
    for _ in 0..50 {
        create().await.unwrap();
    }
    assert_eq!(create().await.unwrap_err().code, ErrorCode::TooManyDrafts);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_of_browsers_are_not_kept_for_good() {
    let app = TestApp::start().await;
    let plant = "INSERT INTO security_events (id, kind, severity, request_id, details, occurred_at)
                 SELECT gen_random_uuid(), kind, 'low', 'planted', '{}', '2026-01-01T00:00:00Z'
                 FROM unnest(ARRAY['malicious_csp_violation', 'authn_login_fail']) AS kind";
    app.database.owner().await.batch_execute(plant).await.unwrap();
    assert_eq!(csp_reports_purge(&app.system()).await.unwrap(), 1);
    assert_eq!(events(&app, "malicious_csp_violation").await, 0);
    assert_eq!(events(&app, "authn_login_fail").await, 1, "what we have seen ourselves stays");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_a_length_that_is_too_large_is_called_that_at_every_door() {
    let app = TestApp::start().await;
    for (path, kind) in
        [("/rpc/sign_in", "application/x-www-form-urlencoded"), ("/api/sessions", "application/json")]
    {
        let pieces = (0..48).map(|_| Ok::<_, std::convert::Infallible>(vec![b'x'; 65_536]));
        let request = Request::post(path).header("content-type", kind);
        let request = request.body(Body::from_stream(futures::stream::iter(pieces))).unwrap();
        assert_eq!(app.send(request).await.status(), StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_lists_are_refused_and_the_right_is_asked_for_first() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let endless = || ServiceInput { codes: vec!["BA00".into(); 50_000], ..ServiceInput::default() };
    let id = ServiceId(Uuid::nil());
    for (ctx, expected) in [(&app.anonymous(), ErrorCode::NotSignedIn), (&insurer.ctx, ErrorCode::NotAllowed)]
    {
        assert_eq!(catalog::service_create(ctx, endless()).await.err().unwrap().code, expected);
        assert_eq!(catalog::service_edit(ctx, id, endless()).await.err().unwrap().code, expected);
    }
    let wrong = catalog::service_create(&provider.ctx, endless()).await.err().unwrap();
    assert_eq!(wrong.fields.0.keys().collect::<Vec<_>>(), ["codes"], "the rest is not even read");
    let asked = catalog::icd11_codes_get(&app.anonymous(), vec!["BA00".into(); 21]).await.err().unwrap();
    assert!(asked.fields.get("codes").is_some());
    assert_eq!(catalog::icd11_codes_get(&app.anonymous(), vec!["BA00".into(); 20]).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_or_a_cursor_beyond_the_calendar_is_wrong_input() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let far = format!("{}.{}", i64::MAX, Uuid::nil());
    for (field, query) in [
        ("after", AuditQuery { after: far, ..AuditQuery::default() }),
        ("from", AuditQuery { from: "-0044-03-15".into(), ..AuditQuery::default() }),
        ("to", AuditQuery { to: "+20000-01-01".into(), ..AuditQuery::default() }),
    ] {
        let error = compliance::audit_list(&admin.ctx, query).await.err().unwrap();
        assert_eq!(error.fields.0.into_keys().collect::<Vec<_>>(), [field]);
    }
    let last = AuditQuery { from: "0001-01-01".into(), to: "9999-12-31".into(), ..AuditQuery::default() };
    compliance::audit_list(&admin.ctx, last).await.unwrap();
}

/// Invites somebody; the secret of the link.
async fn invite(ctx: &OpCtx, email: &str) -> String {
    let form = InvitationCreate { email: email.into(), level: "staff".into() };
    let link = identity::invitation_create(ctx, form).await.unwrap();
    link.url.rsplit('/').next().unwrap().to_owned()
}

async fn accept(app: &TestApp, token: &str) -> Result<(), ErrorCode> {
    let form = InvitationAccept { token: token.into(), name: "Bo Lind".into(), password: PASSWORD.into() };
    identity::invitation_accept(&app.anonymous(), form).await.map(drop).map_err(|error| error.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_does_not_outlive_the_power_of_who_made_it() {
    let app = TestApp::start().await;
    let (kind, status) = (OrganisationKind::Provider, OrganisationStatus::Verified);
    let owner = app.organisation(kind).await;
    let [removed, lowered, disabled, stripped] = [
        app.join(owner.org_id, kind, status, Level::Manager).await,
        app.join(owner.org_id, kind, status, Level::Manager).await,
        app.join(owner.org_id, kind, status, Level::Manager).await,
        app.join(owner.org_id, kind, status, Level::Manager).await,
    ];
    let members = identity::members_list(&owner.ctx).await.unwrap();
    let membership = |user| members.iter().find(|member| member.user_id == user).unwrap().membership_id;
    let mut links = Vec::new();
    for (position, inviter) in [&removed, &lowered, &disabled].into_iter().enumerate() {
        links.push(invite(&inviter.ctx, &format!("p{position}@clinic.example")).await);
    }
    let (kept, of_owner) =
        (invite(&stripped.ctx, "p8@clinic.example").await, invite(&owner.ctx, "p9@clinic.example").await);
    identity::member_remove(&owner.ctx, membership(removed.user_id)).await.unwrap();
    let down = MemberLevelChange { membership_id: membership(lowered.user_id), level: Level::Staff };
    identity::member_level_change(&owner.ctx, down).await.unwrap();
    let admin = app.admin().await;
    identity::user_disable(&admin.ctx, disabled.user_id).await.unwrap();
    let waiting = identity::invitations_list(&owner.ctx).await.unwrap();
    assert_eq!(waiting.len(), 2, "those of the owner and of the manager who still is one");
    for link in links {
        assert_eq!(accept(&app, &link).await, Err(ErrorCode::InvitationInvalid));
    }
    change_permission(&admin.ctx, "provider", "manager/members.manage/false").await.unwrap();
    assert_eq!(accept(&app, &kept).await, Err(ErrorCode::InvitationInvalid), "what could not be offered now");
    change_permission(&admin.ctx, "provider", "manager/members.manage/true").await.unwrap();
    assert_eq!(accept(&app, &kept).await, Ok(()));
    assert_eq!(accept(&app, &of_owner).await, Ok(()));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_does_not_let_in_an_owner_whom_an_owner_has_shut_out() {
    let app = TestApp::start().await;
    let (kind, status) = (OrganisationKind::Platform, OrganisationStatus::Verified);
    let admin = app.admin().await;
    let rogue = app.join(admin.org_id, kind, status, Level::Owner).await;
    let manager = app.join(admin.org_id, kind, status, Level::Manager).await;
    identity::user_disable(&admin.ctx, rogue.user_id).await.unwrap();
    let refused = identity::user_enable(&manager.ctx, rogue.user_id).await.err().unwrap();
    assert_eq!(refused.code, ErrorCode::NotAllowed);
    let shut_out = "SELECT count(*) AS n FROM users WHERE disabled_at IS NOT NULL";
    assert_eq!(count(&app, shut_out).await, 1);
    identity::user_enable(&admin.ctx, rogue.user_id).await.unwrap();
    assert_eq!(count(&app, shut_out).await, 0);
    app.assert_laws().await;
}

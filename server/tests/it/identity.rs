//! People and organisations: signing up and in, sessions, members, invitations.

use chrono::TimeDelta;
use contracts::{
    compliance::SecurityEventsQuery,
    error::ErrorCode,
    identity::{
        InvitationAccept, InvitationCreate, MemberLevelChange, OrganisationKind, OrganisationUpdate,
        PasswordChange, SignIn, SignUp,
    },
    permission::{Level, Permission},
    states::OrganisationStatus,
};
use http::{StatusCode, header};
use services::{
    OpCtx, identity,
    platform::{Client, RequestId},
};
use testkit::TestApp;
use uuid::Uuid;

use crate::{payments::count, plain_forms::plain_form};

pub(crate) const PASSWORD: &str = "plum tractor eleven fog";

pub(crate) fn sign_up_form(email: &str, number: &str) -> SignUp {
    SignUp {
        kind: "insurer".into(),
        organisation: "Northern Cover".into(),
        legal_name: "Northern Cover Mutual".into(),
        registration_number: number.into(),
        country: "IE".into(),
        city: "Dublin".into(),
        name: "Ada Byron".into(),
        email: email.into(),
        password: PASSWORD.into(),
    }
}

pub(crate) fn sign_in_form(email: &str, password: &str) -> SignIn {
    SignIn { email: email.into(), password: password.into() }
}

/// What the web layer makes of a token.
pub(crate) async fn caller(app: &TestApp, token: &str) -> services::Result<OpCtx> {
    identity::authenticate(&app.platform, token, RequestId(Uuid::now_v7()), Client::default()).await
}

/// A visitor from this address.
pub(crate) fn visitor(app: &TestApp, address: &str) -> OpCtx {
    let client = Client { address: address.parse().ok(), ..Client::default() };
    OpCtx::anonymous(app.platform.clone(), RequestId(Uuid::now_v7()), client)
}

async fn count_audit_records(app: &TestApp, action: &str) -> usize {
    let admin = app.admin().await;
    let query = contracts::compliance::AuditQuery { action: action.into(), ..Default::default() };
    services::compliance::audit_list(&admin.ctx, query).await.unwrap().items.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_up_makes_an_unverified_organisation_with_its_owner_signed_in() {
    let app = TestApp::start().await;
    let signed_in =
        identity::sign_up(&app.anonymous(), sign_up_form("ada@north.example", "IE-1")).await.unwrap();
    let ctx = caller(&app, &signed_in.token).await.unwrap();
    let viewer = identity::viewer_get(&ctx).await.unwrap().unwrap();
    let active = viewer.active.clone().unwrap();
    assert_eq!((active.kind, active.level), (OrganisationKind::Insurer, Level::Owner));
    assert_eq!(active.status, OrganisationStatus::Unverified);
    assert!(viewer.may(Permission::MarketplaceBuy) && !viewer.may(Permission::ServicesWrite));
    assert_eq!(ctx.require_verified().unwrap_err().code, ErrorCode::OrganisationUnverified);
    assert_eq!(count_audit_records(&app, "identity.signed_up").await, 1);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sign_up_names_the_fields_and_writes_nothing() {
    let app = TestApp::start().await;
    let refused = async |form: SignUp| {
        let error = identity::sign_up(&app.anonymous(), form).await.err().unwrap();
        error.fields.0.keys().cloned().collect::<Vec<_>>()
    };
    let all =
        ["country", "email", "kind", "legal_name", "name", "organisation", "password", "registration_number"];
    assert_eq!(refused(SignUp::default()).await, all);
    let platform = SignUp { kind: "platform".into(), ..sign_up_form("a@b.example", "IE-1") };
    assert_eq!(refused(platform).await, ["kind"]);
    for password in
        ["short", "passwordpassword", "northern cover rules", "1234567890123456", "ada.x@hcts rocks well"]
    {
        let form = SignUp { password: password.into(), ..sign_up_form("ada.x@b.example", "IE-1") };
        assert_eq!(refused(form).await, ["password"], "{password}");
    }
    assert_eq!(count_audit_records(&app, "identity.signed_up").await, 0);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_in_proves_the_password_exactly_and_renews_the_token() {
    let app = TestApp::start().await;
    let first = identity::sign_up(&app.anonymous(), sign_up_form("ada@north.example", "IE-1")).await.unwrap();
    let ctx = caller(&app, &first.token).await.unwrap();
    let second = identity::sign_in(&ctx, sign_in_form("Ada@North.example", PASSWORD)).await.unwrap();
    assert_ne!(first.token, second.token);
    assert_eq!(
        caller(&app, &first.token).await.err().unwrap().code,
        ErrorCode::SessionExpired,
        "the old one is dead"
    );
    let again = caller(&app, &second.token).await.unwrap();
    assert_eq!(again.org_id().unwrap(), ctx.org_id().unwrap());
    for (email, password) in [
        ("ada@north.example", "plum tractor eleven fog "),
        ("ada@north.example", "Plum tractor eleven fog"),
        ("nobody@north.example", PASSWORD),
    ] {
        let error = identity::sign_in(&app.anonymous(), sign_in_form(email, password)).await.err().unwrap();
        assert_eq!((error.code, error.fields.is_empty()), (ErrorCode::WrongCredentials, true), "{email}");
    }
    identity::sign_out(&again).await.unwrap();
    assert!(caller(&app, &second.token).await.is_err(), "a copied cookie is dead after signing out");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down_and_the_owner_gets_in_from_elsewhere() {
    let app = TestApp::start().await;
    identity::sign_up(&app.anonymous(), sign_up_form("ada@north.example", "IE-1")).await.unwrap();
    let attacker = visitor(&app, "203.0.113.9");
    for _ in 0..app.platform.settings.sign_in_failures_allowed {
        let error =
            identity::sign_in(&attacker, sign_in_form("ada@north.example", "wrong")).await.err().unwrap();
        assert_eq!(error.code, ErrorCode::WrongCredentials);
    }
    let blocked =
        identity::sign_in(&attacker, sign_in_form("ada@north.example", PASSWORD)).await.err().unwrap();
    assert_eq!(blocked.code, ErrorCode::TooManyAttempts, "even with the right password");
    assert_eq!(blocked.facts.get("retry_after_seconds").map(String::as_str), Some("900"));
    let owner = visitor(&app, "198.51.100.7");
    identity::sign_in(&owner, sign_in_form("ada@north.example", PASSWORD)).await.unwrap();
    app.clock.advance(TimeDelta::minutes(15));
    identity::sign_in(&attacker, sign_in_form("ada@north.example", PASSWORD)).await.unwrap();
    let admin = app.admin().await;
    let events = services::compliance::security_events_list(&admin.ctx, SecurityEventsQuery::default());
    let events = events.await.unwrap().items;
    let count = |kind: &str| events.iter().filter(|event| event.kind == kind).count();
    assert_eq!((count("authn_login_fail"), count("authn_login_fail_max")), (8, 1));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_account_is_slowed_down_like_a_known_one() {
    let app = TestApp::start().await;
    let attacker = visitor(&app, "203.0.113.9");
    let mut codes = Vec::new();
    for _ in 0..10 {
        let error =
            identity::sign_in(&attacker, sign_in_form("nobody@north.example", "wrong")).await.err().unwrap();
        codes.push(error.code);
    }
    assert!(codes[..8].iter().all(|code| *code == ErrorCode::WrongCredentials));
    assert!(codes[8..].iter().all(|code| *code == ErrorCode::TooManyAttempts));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_silence_and_at_its_absolute_age() {
    let app = TestApp::start().await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    app.clock.advance(TimeDelta::minutes(14));
    assert_eq!(insurer.get("/account").await.status(), StatusCode::OK, "and the idle time starts again");
    app.clock.advance(TimeDelta::minutes(14));
    assert_eq!(insurer.get("/account").await.status(), StatusCode::OK);
    app.clock.advance(TimeDelta::minutes(15));
    let answer = insurer.get("/account").await;
    assert_eq!(answer.status(), StatusCode::FOUND, "to the sign-in page");
    assert_eq!(answer.headers()[header::LOCATION], "/sign-in?next=%2Faccount");
    // a request that was under way while the cookie was renewed must not take the new one away
    assert!(!answer.headers().contains_key(header::SET_COOKIE));
    let other = app.organisation(OrganisationKind::Insurer).await;
    for _ in 0..51 {
        app.clock.advance(TimeDelta::minutes(14));
        assert_eq!(other.get("/account").await.status(), StatusCode::OK);
    }
    app.clock.advance(TimeDelta::minutes(6));
    assert_eq!(other.get("/account").await.status(), StatusCode::FOUND, "twelve hours are the end");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_is_thrown_away_in_time() {
    let app = TestApp::start().await;
    identity::sign_up(&app.anonymous(), sign_up_form("ada@north.example", "IE-1")).await.unwrap();
    let attacker = visitor(&app, "203.0.113.9");
    identity::sign_in(&attacker, sign_in_form("ada@north.example", "wrong")).await.err().unwrap();
    let kept = async || {
        let sessions = count(&app, "SELECT count(*) AS n FROM sessions").await;
        (sessions, count(&app, "SELECT count(*) AS n FROM sign_in_throttle").await > 0)
    };
    services::worker::round(&app.system()).await.unwrap();
    assert_eq!(kept().await, (1, true));
    app.clock.advance(TimeDelta::hours(1));
    services::worker::round(&app.system()).await.unwrap();
    assert_eq!(kept().await, (1, false), "the window is over");
    app.clock.advance(TimeDelta::days(30));
    services::worker::round(&app.system()).await.unwrap();
    assert_eq!(kept().await, (0, false));
    assert_eq!(count_audit_records(&app, "identity.purged").await, 2, "each time something went");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_user_is_out_at_once() {
    let app = TestApp::start().await;
    let signed_in =
        identity::sign_up(&app.anonymous(), sign_up_form("ada@north.example", "IE-1")).await.unwrap();
    let ctx = caller(&app, &signed_in.token).await.unwrap();
    let admin = app.admin().await;
    identity::user_disable(&admin.ctx, ctx.user_id().unwrap()).await.unwrap();
    assert!(caller(&app, &signed_in.token).await.is_err());
    let error =
        identity::sign_in(&app.anonymous(), sign_in_form("ada@north.example", PASSWORD)).await.err().unwrap();
    assert_eq!(error.code, ErrorCode::AccountDisabled);
    let error =
        identity::sign_in(&app.anonymous(), sign_in_form("ada@north.example", "wrong")).await.err().unwrap();
    assert_eq!(error.code, ErrorCode::WrongCredentials, "only who knows the password learns of it");
    let own = identity::user_disable(&admin.ctx, admin.user_id).await.err().unwrap();
    assert_eq!(own.code, ErrorCode::WrongState);
    let (kind, status) = (OrganisationKind::Platform, OrganisationStatus::Verified);
    let manager = app.join(admin.org_id, kind, status, Level::Manager).await;
    let above = identity::user_disable(&manager.ctx, admin.user_id).await.err().unwrap();
    assert_eq!(above.code, ErrorCode::NotAllowed, "a manager makes and unmakes no owner");
    let second = app.join(admin.org_id, kind, status, Level::Owner).await;
    identity::user_disable(&admin.ctx, second.user_id).await.unwrap();
    // as a request that was let in before
    let last = identity::user_disable(&second.ctx, admin.user_id).await.err().unwrap();
    assert_eq!(last.code, ErrorCode::LastOwner);
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let foreign = identity::user_disable(&insurer.ctx, admin.user_id).await.err().unwrap();
    assert_eq!(foreign.code, ErrorCode::NotAllowed);
    identity::user_enable(&admin.ctx, ctx.user_id().unwrap()).await.unwrap();
    identity::sign_in(&app.anonymous(), sign_in_form("ada@north.example", PASSWORD)).await.unwrap();
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_ends_every_other_session() {
    let app = TestApp::start().await;
    let first = identity::sign_up(&app.anonymous(), sign_up_form("ada@north.example", "IE-1")).await.unwrap();
    let second =
        identity::sign_in(&app.anonymous(), sign_in_form("ada@north.example", PASSWORD)).await.unwrap();
    let ctx = caller(&app, &second.token).await.unwrap();
    let change = |current: &str, new: &str| PasswordChange {
        current_password: current.into(),
        new_password: new.into(),
    };
    let wrong =
        identity::password_change(&ctx, change("not it", "walnut barge fifteen sky")).await.err().unwrap();
    assert!(wrong.fields.get("current_password").is_some());
    let weak =
        identity::password_change(&ctx, change(PASSWORD, "northern cover for ever")).await.err().unwrap();
    assert!(weak.fields.get("new_password").is_some());
    let third = identity::password_change(&ctx, change(PASSWORD, "walnut barge fifteen sky")).await.unwrap();
    assert!(caller(&app, &first.token).await.is_err() && caller(&app, &second.token).await.is_err());
    let ctx = caller(&app, &third.token).await.unwrap();
    assert_eq!(identity::account_get(&ctx).await.unwrap().sessions.len(), 1);
    assert!(identity::sign_in(&app.anonymous(), sign_in_form("ada@north.example", PASSWORD)).await.is_err());
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_works_once_and_not_for_ever() {
    let app = TestApp::start().await;
    let owner = app.organisation(OrganisationKind::Provider).await;
    let invite = async |email: &str| {
        let form = InvitationCreate { email: email.into(), level: "staff".into() };
        let link = identity::invitation_create(&owner.ctx, form).await.unwrap();
        link.url.rsplit('/').next().unwrap().to_owned()
    };
    let accept = async |token: &str| {
        let form =
            InvitationAccept { token: token.into(), name: "Bo Lind".into(), password: PASSWORD.into() };
        identity::invitation_accept(&app.anonymous(), form).await
    };
    let token = invite("bo@clinic.example").await;
    let twice = InvitationCreate { email: "bo@clinic.example".into(), level: "staff".into() };
    assert!(
        identity::invitation_create(&owner.ctx, twice).await.err().unwrap().fields.get("email").is_some()
    );
    let signed_in = accept(&token).await.unwrap();
    let member = caller(&app, &signed_in.token).await.unwrap();
    assert_eq!(
        (member.org_id().unwrap(), member.organisation().unwrap().level),
        (owner.org_id, Level::Staff)
    );
    assert_eq!(accept(&token).await.err().unwrap().code, ErrorCode::InvitationInvalid, "used");
    let withdrawn = invite("cy@clinic.example").await;
    let waiting = identity::invitations_list(&owner.ctx).await.unwrap();
    identity::invitation_revoke(&owner.ctx, waiting[0].id).await.unwrap();
    assert_eq!(accept(&withdrawn).await.err().unwrap().code, ErrorCode::InvitationInvalid, "withdrawn");
    let late = invite("di@clinic.example").await;
    app.clock.advance(TimeDelta::hours(24));
    assert_eq!(accept(&late).await.err().unwrap().code, ErrorCode::InvitationInvalid, "expired");
    invite("di@clinic.example").await;
    assert_eq!(accept("made-up").await.err().unwrap().code, ErrorCode::InvitationInvalid);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invited_account_signs_in_first_and_can_switch() {
    let app = TestApp::start().await;
    let home = identity::sign_up(&app.anonymous(), sign_up_form("ada@north.example", "IE-1")).await.unwrap();
    let home_org = caller(&app, &home.token).await.unwrap().org_id().unwrap();
    let owner = app.organisation(OrganisationKind::Provider).await;
    let form = InvitationCreate { email: "ada@north.example".into(), level: "manager".into() };
    let link = identity::invitation_create(&owner.ctx, form).await.unwrap();
    let token = link.url.rsplit('/').next().unwrap();
    let accept = || InvitationAccept { token: token.into(), ..InvitationAccept::default() };
    let another = identity::invitation_accept(&owner.ctx, accept()).await.err().unwrap();
    assert_eq!(another.code, ErrorCode::NotAllowed, "somebody else is signed in");
    let ada = caller(&app, &home.token).await.unwrap();
    let offer = identity::invitation_get(&ada, &token.into()).await.unwrap();
    assert!(offer.is_you && !offer.is_another);
    let joined = identity::invitation_accept(&ada, accept()).await.unwrap();
    let ctx = caller(&app, &joined.token).await.unwrap();
    assert_eq!(ctx.org_id().unwrap(), owner.org_id);
    let back = identity::organisation_switch(&ctx, home_org).await.unwrap();
    assert!(caller(&app, &joined.token).await.is_err(), "the token changes with the organisation");
    assert_eq!(caller(&app, &back.token).await.unwrap().org_id().unwrap(), home_org);
    let stranger = app.organisation(OrganisationKind::Insurer).await;
    let foreign = identity::organisation_switch(&stranger.ctx, home_org).await.err().unwrap();
    assert_eq!(foreign.code, ErrorCode::NotFound);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_keeps_an_owner_and_managers_keep_their_hands_off() {
    let app = TestApp::start().await;
    let (kind, status) = (OrganisationKind::Provider, OrganisationStatus::Verified);
    let owner = app.organisation(kind).await;
    let manager = app.join(owner.org_id, kind, status, Level::Manager).await;
    let staff = app.join(owner.org_id, kind, status, Level::Staff).await;
    let members = identity::members_list(&owner.ctx).await.unwrap();
    let of = |user| members.iter().find(|member| member.user_id == user).unwrap().membership_id;
    let to = |user, level| MemberLevelChange { membership_id: of(user), level };
    let code = |outcome: services::Result<()>| outcome.err().unwrap().code;
    let down = to(owner.user_id, Level::Staff);
    assert_eq!(code(identity::member_level_change(&owner.ctx, down).await), ErrorCode::LastOwner);
    assert_eq!(code(identity::member_remove(&owner.ctx, of(owner.user_id)).await), ErrorCode::LastOwner);
    let up = to(staff.user_id, Level::Owner);
    assert_eq!(code(identity::member_level_change(&manager.ctx, up.clone()).await), ErrorCode::NotAllowed);
    assert_eq!(code(identity::member_remove(&manager.ctx, of(owner.user_id)).await), ErrorCode::NotAllowed);
    assert_eq!(code(identity::member_remove(&staff.ctx, of(manager.user_id)).await), ErrorCode::NotAllowed);
    let stranger = app.organisation(kind).await;
    assert_eq!(code(identity::member_remove(&stranger.ctx, of(staff.user_id)).await), ErrorCode::NotFound);
    identity::member_level_change(&owner.ctx, up).await.unwrap();
    identity::member_level_change(&owner.ctx, to(owner.user_id, Level::Staff)).await.unwrap();
    let answer = manager.get("/organisation").await;
    assert_eq!(answer.status(), StatusCode::OK);
    identity::member_remove(&manager.ctx, of(owner.user_id)).await.unwrap();
    assert_eq!(identity::members_list(&manager.ctx).await.unwrap().len(), 2);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_verified_stays_as_it_was_verified() {
    let app = TestApp::start().await;
    let facts = || OrganisationUpdate {
        organisation: "New Name".into(),
        legal_name: "New Name Ltd".into(),
        registration_number: "IE-9".into(),
        country: "ie".into(),
        city: String::new(),
    };
    let verified = app.organisation(OrganisationKind::Insurer).await;
    let refused = identity::organisation_update(&verified.ctx, facts()).await.err().unwrap();
    assert_eq!(refused.code, ErrorCode::WrongState);
    let waiting = app.unverified(OrganisationKind::Insurer).await;
    let after = identity::organisation_update(&waiting.ctx, facts()).await.unwrap();
    assert_eq!((after.name.as_str(), after.country.as_str()), ("New Name", "IE"));
    let auditor = app
        .join(waiting.org_id, OrganisationKind::Insurer, OrganisationStatus::Unverified, Level::Auditor)
        .await;
    assert_eq!(
        identity::organisation_update(&auditor.ctx, facts()).await.err().unwrap().code,
        ErrorCode::NotAllowed
    );
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_administrator_comes_from_the_command_line_alone() {
    let app = TestApp::start().await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let refused =
        identity::first_admin_create(&insurer.ctx, "root@hcts.example", "Root").await.err().unwrap();
    assert_eq!(refused.code, ErrorCode::NotAllowed);
    let command = OpCtx::command(app.platform.clone());
    let lost = identity::first_admin_create(&command, "kim@hcts.example", "Kim").await.unwrap();
    assert_eq!(lost.expires_at, command.now() + TimeDelta::hours(1));
    let link = identity::first_admin_create(&command, "kim@hcts.example", "Kim").await.unwrap();
    let empty =
        identity::sign_in(&app.anonymous(), sign_in_form("kim@hcts.example", PASSWORD)).await.err().unwrap();
    assert_eq!(empty.code, ErrorCode::WrongCredentials, "nobody can sign in before the link is used");
    let accept = async |url: &str| {
        let token = url.rsplit('/').next().unwrap();
        let form =
            InvitationAccept { token: token.into(), name: "Kim Okafor".into(), password: PASSWORD.into() };
        identity::invitation_accept(&app.anonymous(), form).await
    };
    assert_eq!(accept(&lost.url).await.err().unwrap().code, ErrorCode::InvitationInvalid);
    let snare = InvitationCreate { email: "kim@hcts.example".into(), level: "staff".into() };
    let snare = identity::invitation_create(&insurer.ctx, snare).await.unwrap();
    let elsewhere = accept(&snare.url).await.unwrap();
    let elsewhere = caller(&app, &elsewhere.token).await.unwrap();
    assert_eq!(
        elsewhere.org_id().unwrap(),
        insurer.org_id,
        "another organisation's link names no administrator"
    );
    let signed_in = accept(&link.url).await.unwrap();
    let ctx = caller(&app, &signed_in.token).await.unwrap();
    assert!(ctx.require(Permission::SystemManage).is_ok());
    identity::sign_in(&app.anonymous(), sign_in_form("kim@hcts.example", PASSWORD)).await.unwrap();
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_and_switching_are_posts_from_our_own_pages() {
    let app = TestApp::start().await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    assert_ne!(insurer.get("/sign-out").await.status(), StatusCode::SEE_OTHER);
    let same = insurer.post_form("/switch-organisation", &format!("organisation={}", Uuid::nil())).await;
    assert_eq!(same.status(), StatusCode::NOT_FOUND);
    let switched =
        insurer.post_form("/switch-organisation", &format!("organisation={}", insurer.org_id)).await;
    assert_eq!(switched.status(), StatusCode::SEE_OTHER);
    assert!(switched.headers()[header::SET_COOKIE].to_str().unwrap().starts_with("__Host-session="));
    let other = app.organisation(OrganisationKind::Insurer).await;
    let out = other.post_form("/sign-out", "").await;
    assert_eq!(
        (out.status(), &out.headers()[header::LOCATION]),
        (StatusCode::SEE_OTHER, &"/".parse().unwrap())
    );
    assert_eq!(out.headers()["clear-site-data"], "\"cache\"");
    assert_eq!(other.get("/account").await.status(), StatusCode::FOUND);
    let tablet = app.organisation(OrganisationKind::Provider).await;
    let mut hands = plain_form("/sign-out?switch=true", "/redeem?code=7", "");
    hands.headers_mut().insert(header::COOKIE, tablet.cookie().parse().unwrap());
    let handed = app.send(hands).await;
    assert_eq!(handed.headers()[header::LOCATION], "/sign-in?next=%2Fredeem%3Fcode%3D7");
    assert_eq!(tablet.get("/account").await.status(), StatusCode::FOUND);
    app.assert_laws().await;
}

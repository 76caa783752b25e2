//! What somebody claims and has not proved: an address, a number in a register. It keeps the rightful one from nothing, and no answer
//! tells who is a customer.

use contracts::{
    compliance::{OrganisationDecision, OrganisationVerification},
    error::ErrorCode,
    identity::{InvitationAccept, InvitationCreate, OrganisationKind, OrganisationUpdate, SignUp},
    ids::OrgId,
};
use diesel_async::SimpleAsyncConnection;
use services::{compliance, identity};
use testkit::{Member, TestApp};

use crate::{
    identity::{PASSWORD, caller, sign_in_form, sign_up_form, visitor},
    payments::count,
};

const EMAIL: &str = "ada@north.example";
const OTHER_PASSWORD: &str = "walnut barge fifteen sky";

/// Signs up and answers for which organisation.
async fn sign_up(app: &TestApp, form: SignUp) -> OrgId {
    let signed_in = identity::sign_up(&app.anonymous(), form).await.unwrap();
    caller(app, &signed_in.token).await.unwrap().org_id().unwrap()
}

async fn verify(admin: &Member<'_>, id: OrgId) -> Result<(), ErrorCode> {
    let facts_digest = compliance::organisation_detail(&admin.ctx, id).await.unwrap().facts_digest;
    let command = OrganisationVerification { id, facts_digest };
    compliance::organisation_verify(&admin.ctx, command).await.map(drop).map_err(|error| error.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claimed_address_and_number_are_free_for_their_rightful_owner() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let claim = SignUp { password: OTHER_PASSWORD.into(), ..sign_up_form(EMAIL, "HRB 427165") };
    let squatter = sign_up(&app, claim).await;
    let rightful = sign_up(&app, sign_up_form(" ADA@north.example ", "hrb-427165")).await;
    // the password tells whose account it is
    for (password, expected) in [(OTHER_PASSWORD, squatter), (PASSWORD, rightful)] {
        let signed_in = identity::sign_in(&app.anonymous(), sign_in_form(EMAIL, password)).await.unwrap();
        assert_eq!(caller(&app, &signed_in.token).await.unwrap().org_id().unwrap(), expected);
    }
    assert_eq!(verify(&admin, rightful).await, Ok(()));
    assert_eq!(verify(&admin, squatter).await, Err(ErrorCode::RegistrationTaken));
    // once more after verification: the answer is the same
    let late = sign_up(&app, sign_up_form(EMAIL, "HRB427165")).await;
    let reason = "The register names another one.".to_owned();
    for id in [squatter, late] {
        let rejection = OrganisationDecision { id, reason: reason.clone() };
        compliance::organisation_reject(&admin.ctx, rejection).await.unwrap();
    }
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_compared_in_its_normal_form_and_within_its_country() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let first = sign_up(&app, sign_up_form("a@north.example", "HRB 427165")).await;
    assert_eq!(verify(&admin, first).await, Ok(()));
    for number in
        ["HRB 427165", "hrb-427165", "HRB427165", "HRB.427/165", "HRB\u{2013}427165", "\u{ff28}RB427165"]
    {
        let twin = sign_up(&app, sign_up_form("b@north.example", number)).await;
        assert_eq!(verify(&admin, twin).await, Err(ErrorCode::RegistrationTaken), "{number}");
    }
    let elsewhere = SignUp { country: "DE".into(), ..sign_up_form("c@north.example", "HRB 427165") };
    let elsewhere = sign_up(&app, elsewhere).await;
    assert_eq!(verify(&admin, elsewhere).await, Ok(()));
    let other = sign_up(&app, sign_up_form("d@north.example", "HRB 427166")).await;
    assert_eq!(verify(&admin, other).await, Ok(()));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_of_facts_does_not_tell_whose_number_it_is() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let first = sign_up(&app, sign_up_form("a@north.example", "IE-1")).await;
    assert_eq!(verify(&admin, first).await, Ok(()));
    let waiting = app.unverified(OrganisationKind::Insurer).await;
    let facts = OrganisationUpdate {
        organisation: "New Name".into(),
        legal_name: "New Name Ltd".into(),
        registration_number: "ie 1".into(),
        country: "IE".into(),
        city: String::new(),
    };
    identity::organisation_update(&waiting.ctx, facts).await.unwrap();
    assert_eq!(verify(&admin, waiting.org_id).await, Err(ErrorCode::RegistrationTaken));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_does_not_tell_whether_its_address_has_an_account() {
    let app = TestApp::start().await;
    let squatter = SignUp { password: OTHER_PASSWORD.into(), ..sign_up_form(EMAIL, "IE-1") };
    sign_up(&app, squatter).await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let mut pages = Vec::new();
    for email in [EMAIL, "bo@clinic.example"] {
        let form = InvitationCreate { email: email.into(), level: "staff".into() };
        let link = identity::invitation_create(&clinic.ctx, form).await.unwrap();
        let token = link.url.rsplit('/').next().unwrap().to_owned();
        let page = app.get(&format!("/invitations/{token}")).await.text();
        pages.push(page.matches("type=\"password\"").count());
        let form =
            InvitationAccept { token: token.into(), name: "Ada Byron".into(), password: PASSWORD.into() };
        let joined = identity::invitation_accept(&app.anonymous(), form).await.unwrap();
        assert_eq!(caller(&app, &joined.token).await.unwrap().org_id().unwrap(), clinic.org_id, "{email}");
        let again = identity::sign_in(&app.anonymous(), sign_in_form(email, PASSWORD)).await.unwrap();
        assert_eq!(caller(&app, &again.token).await.unwrap().org_id().unwrap(), clinic.org_id, "{email}");
    }
    assert_eq!(pages, [1, 1]);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_named_at_the_command_line_is_not_the_account_that_somebody_made_with_the_address() {
    let app = TestApp::start().await;
    let squatter = SignUp { password: OTHER_PASSWORD.into(), ..sign_up_form("kim@hcts.example", "IE-1") };
    let squatter = sign_up(&app, squatter).await;
    let command = services::OpCtx::command(app.platform.clone());
    let link = identity::first_admin_create(&command, "kim@hcts.example", "Kim").await.unwrap();
    let token = link.url.rsplit('/').next().unwrap();
    let form = InvitationAccept { token: token.into(), name: "Kim Okafor".into(), password: PASSWORD.into() };
    identity::invitation_accept(&app.anonymous(), form).await.unwrap();
    let of = async |password: &str| {
        let signed_in = identity::sign_in(&app.anonymous(), sign_in_form("kim@hcts.example", password)).await;
        caller(&app, &signed_in.unwrap().token).await.unwrap().organisation().unwrap().clone()
    };
    assert_eq!(of(PASSWORD).await.kind, OrganisationKind::Platform);
    assert_eq!(of(OTHER_PASSWORD).await.id, squatter);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_of_ones_own_gives_no_further_tries_at_the_password_of_another() {
    let app = TestApp::start().await;
    let device = |secret: &str| {
        let mut ctx = visitor(&app, "203.0.113.9").caller().clone();
        ctx.client.device = Some(services::platform::sha256(secret));
        services::OpCtx::new(app.platform.clone(), ctx)
    };
    sign_up(&app, sign_up_form(EMAIL, "IE-1")).await;
    let claim = SignUp { password: OTHER_PASSWORD.into(), ..sign_up_form(EMAIL, "IE-2") };
    identity::sign_up(&device("attacker"), claim).await.unwrap();
    let code = async |password: &str| {
        identity::sign_in(&device("attacker"), sign_in_form(EMAIL, password))
            .await
            .err()
            .map(|error| error.code)
    };
    for _ in 0..app.platform.settings.sign_in_failures_allowed {
        assert_eq!(code("wrong").await, Some(ErrorCode::WrongCredentials));
    }
    // the browser is known for the claim alone: the right password of the other account is not even compared
    assert_eq!(code(PASSWORD).await, Some(ErrorCode::WrongCredentials));
    assert_eq!(code(OTHER_PASSWORD).await, None);
    app.assert_laws().await;
}

/// The log of PostgreSQL would tell the address of whoever loses a race to a unique index: there is none for accounts, and the one of
/// invitations is asked before it is violated.
#[tokio::test(flavor = "multi_thread")]
async fn two_sign_ups_and_two_invitations_of_one_address_at_once_violate_no_unique_index() {
    let app = TestApp::start().await;
    let (one, other) =
        tokio::join!(sign_up(&app, sign_up_form(EMAIL, "IE-1")), sign_up(&app, sign_up_form(EMAIL, "IE-1")));
    assert_ne!(one, other);
    let unique = "SELECT count(*) AS n FROM pg_indexes
                  WHERE tablename = 'users' AND indexdef LIKE 'CREATE UNIQUE%' AND indexdef LIKE '%email%'";
    assert_eq!(count(&app, unique).await, 0);

    let clinic = app.organisation(OrganisationKind::Provider).await;
    // the other invitation is made by a transaction that has not ended when ours comes to the same place
    let mut other = app.database.owner().await;
    let invite = format!(
        "BEGIN; INSERT INTO invitations (id, org_id, email, level, token_hash, invited_by, created_at, expires_at)
         VALUES (gen_random_uuid(), '{}', 'bo@clinic.example', 'staff', sha256('other'), '{}', now(), '2026-03-09T09:00:00Z');
         INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id)
         VALUES (gen_random_uuid(), 'command', 'testkit.invitation_planted', 'invitation', '', 'testkit')",
        clinic.org_id, clinic.user_id
    );
    other.batch_execute(&invite).await.unwrap();
    let form = InvitationCreate { email: "bo@clinic.example".into(), level: "staff".into() };
    let ctx = clinic.ctx.clone();
    let ours = tokio::spawn(async move { identity::invitation_create(&ctx, form).await });
    let waits = "SELECT count(*) AS n FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%invitations%'";
    while count(&app, waits).await == 0 {
        assert!(!ours.is_finished(), "it did not wait for the other one");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    other.batch_execute("COMMIT").await.unwrap();
    let refused = ours.await.unwrap().unwrap_err();
    assert_eq!(refused.code, ErrorCode::InvalidInput, "{refused:?}");
    assert!(refused.fields.0["email"].contains("already been invited"));
    assert!(refused.source.is_none(), "the database has refused nothing: {refused:?}");
    app.assert_laws().await;
}

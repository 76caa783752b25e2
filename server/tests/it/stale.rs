//! Requests that began before something was taken from who sends them: what they believe of themselves no longer holds.

use contracts::{
    compliance::OrganisationDecision,
    error::ErrorCode,
    identity::{InvitationAccept, InvitationCreate, MemberLevelChange, OrganisationKind},
    ids::{MembershipId, UserId},
    money::Currency,
    permission::Level,
    states::OrganisationStatus,
};
use diesel_async::SimpleAsyncConnection;
use services::{OpCtx, compliance, identity, orders};
use testkit::{Goods, Member, TestApp};

use crate::trade::{add, order_of};

const KIND: OrganisationKind = OrganisationKind::Provider;

async fn join<'a>(app: &'a TestApp, owner: &Member<'_>, level: Level) -> Member<'a> {
    app.join(owner.org_id, KIND, OrganisationStatus::Verified, level).await
}

async fn membership(owner: &Member<'_>, user_id: UserId) -> MembershipId {
    let members = identity::members_list(&owner.ctx).await.unwrap();
    members.iter().find(|member| member.user_id == user_id).unwrap().membership_id
}

async fn invites(ctx: &OpCtx, email: &str, level: &str) -> Result<(), ErrorCode> {
    let form = InvitationCreate { email: email.into(), level: level.into() };
    identity::invitation_create(ctx, form).await.map(drop).map_err(|error| error.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_removed_or_demoted_meanwhile_invites_nobody_and_not_themselves() {
    let app = TestApp::start().await;
    let owner = app.organisation(KIND).await;
    let removed = join(&app, &owner, Level::Manager).await;
    identity::member_remove(&owner.ctx, membership(&owner, removed.user_id).await).await.unwrap();
    for email in [removed.email.as_str(), "friend@clinic.example"] {
        assert_eq!(invites(&removed.ctx, email, "manager").await, Err(ErrorCode::NotAllowed), "{email}");
    }
    for (before, after, level, outcome) in [
        (Level::Manager, Level::Staff, "staff", Err(ErrorCode::NotAllowed)),
        (Level::Owner, Level::Manager, "owner", Err(ErrorCode::NotAllowed)),
        (Level::Owner, Level::Manager, "staff", Ok(())),
    ] {
        let demoted = join(&app, &owner, before).await;
        let membership_id = membership(&owner, demoted.user_id).await;
        let change = MemberLevelChange { membership_id, level: after };
        identity::member_level_change(&owner.ctx, change).await.unwrap();
        let told = invites(&demoted.ctx, "somebody@clinic.example", level).await;
        assert_eq!(told, outcome, "{before} to {after} invites {level}");
    }
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_in_ones_own_name_opens_the_platform_alone() {
    let app = TestApp::start().await;
    let owner = app.organisation(KIND).await;
    let removed = join(&app, &owner, Level::Manager).await;
    identity::member_remove(&owner.ctx, membership(&owner, removed.user_id).await).await.unwrap();
    let planted = format!(
        "BEGIN;
         INSERT INTO invitations (id, org_id, email, level, token_hash, invited_by, created_at, expires_at)
         VALUES (gen_random_uuid(), '{}', '{}', 'manager', sha256('back'), '{}', '2026-03-02T09:00:00Z', '2026-03-03T09:00:00Z');
         INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id)
         VALUES (gen_random_uuid(), 'command', 'testkit.invitation_planted', 'invitation', '', 'testkit');
         COMMIT",
        owner.org_id, removed.email, removed.user_id
    );
    app.database.owner().await.batch_execute(&planted).await.unwrap();
    let form = InvitationAccept { token: "back".into(), name: String::new(), password: "".into() };
    let refused = identity::invitation_accept(&removed.ctx, form).await.map(drop).unwrap_err();
    assert_eq!(refused.code, ErrorCode::InvitationInvalid);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_suspended_meanwhile_buys_nothing() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    let admin = app.admin().await;
    let (clinic, insurer) = (app.organisation(KIND).await, app.organisation(OrganisationKind::Insurer).await);
    let scan = app.service(&clinic, &Goods::at(10_000, Currency::Eur)).await;
    add(&insurer, scan, 1).await;
    let order = order_of(&insurer, "while-suspended").await;
    let reason = "The licence has been withdrawn.".to_owned();
    let suspension = OrganisationDecision { id: insurer.org_id, reason };
    compliance::organisation_suspend(&admin.ctx, suspension).await.unwrap();
    let refused = orders::purchase_initiate(&insurer.ctx, order.clone()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::OrganisationSuspended);
    compliance::organisation_resume(&admin.ctx, insurer.org_id).await.unwrap();
    assert_eq!(orders::purchase_initiate(&insurer.ctx, order).await.unwrap().purchases.len(), 1);
    app.assert_laws().await;
}

//! E-mail: what is told to whom, and only of what was really done.

use chrono::TimeDelta;
use contracts::{
    compliance::OrganisationDecision,
    identity::{OrganisationKind, PasswordChange},
    permission::Level,
    states::OrganisationStatus,
};
use services::{compliance, identity, platform::outbox, worker};
use testkit::TestApp;

use crate::{
    compliance::verify,
    identity::{PASSWORD, caller, sign_up_form},
};

async fn deliver(app: &TestApp) -> usize {
    worker::deliver(&app.system()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_is_told_to_its_owner_without_it() {
    let app = TestApp::start().await;
    let address = "ada@north.example";
    let signed_in = identity::sign_up(&app.anonymous(), sign_up_form(address, "IE-1")).await.unwrap();
    let ctx = caller(&app, &signed_in.token).await.unwrap();
    let change = |current: &str| PasswordChange {
        current_password: current.into(),
        new_password: "walnut barge fifteen sky".into(),
    };
    assert!(identity::password_change(&ctx, change("not it")).await.is_err());
    assert_eq!(deliver(&app).await, 0, "what was refused is no news");
    identity::password_change(&ctx, change(PASSWORD)).await.unwrap();
    assert_eq!(deliver(&app).await, 1);
    let emails = app.mailer.take();
    assert_eq!(emails.len(), 1);
    let email = &emails[0];
    assert_eq!((email.to.as_str(), email.subject.as_str()), (address, "Your password was changed"));
    assert!(email.text.contains("2 March 2026, 09:00 UTC"));
    assert!(!email.text.contains("walnut") && !email.html.contains("walnut"));
    assert_eq!((deliver(&app).await, app.mailer.take().len()), (0, 0), "once");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_told_to_the_owners_with_its_reason() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let waiting = app.unverified(OrganisationKind::Provider).await;
    app.join(waiting.org_id, OrganisationKind::Provider, OrganisationStatus::Unverified, Level::Staff).await;
    let second = app
        .join(waiting.org_id, OrganisationKind::Provider, OrganisationStatus::Unverified, Level::Owner)
        .await;
    let decision = |reason: &str| OrganisationDecision { id: waiting.org_id, reason: reason.to_owned() };
    let told = async || {
        deliver(&app).await;
        let mut emails = app.mailer.take();
        emails.sort_by(|a, b| a.to.cmp(&b.to));
        emails
    };
    assert!(compliance::organisation_reject(&admin.ctx, decision("")).await.is_err());
    assert_eq!(told().await.len(), 0);

    verify(&admin, waiting.org_id).await.unwrap();
    let emails = told().await;
    let mut owners = [waiting.email.clone(), second.email.clone()];
    owners.sort();
    assert_eq!(emails.iter().map(|email| email.to.clone()).collect::<Vec<_>>(), owners);
    assert!(
        emails
            .iter()
            .all(|email| email.subject.ends_with(" is verified") && email.text.contains("/dashboard"))
    );

    compliance::organisation_suspend(&admin.ctx, decision("The licence has been withdrawn.")).await.unwrap();
    let emails = told().await;
    assert!(emails[0].subject.ends_with(" is suspended"));
    assert!(emails[0].text.contains("The licence has been withdrawn."));
    compliance::organisation_resume(&admin.ctx, waiting.org_id).await.unwrap();
    assert!(told().await[0].subject.ends_with(" is no longer suspended"));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_mailbox_keeps_no_letter_from_the_other_owners_and_brings_none_twice() {
    let app = TestApp::start().await;
    let (admin, kind) = (app.admin().await, OrganisationKind::Provider);
    let first = app.unverified(kind).await;
    let join = async |level| app.join(first.org_id, kind, OrganisationStatus::Unverified, level).await;
    let (second, former) = (join(Level::Owner).await, join(Level::Owner).await);
    verify(&admin, first.org_id).await.unwrap();
    let members = identity::members_list(&first.ctx).await.unwrap();
    let leaves = members.iter().find(|member| member.user_id == former.user_id).unwrap();
    identity::member_remove(&first.ctx, leaves.membership_id).await.unwrap();
    app.mailer.refuse(1);
    deliver(&app).await;
    let mut told: Vec<_> = app.mailer.take().into_iter().map(|email| email.to).collect();
    assert_eq!(told.len(), 1, "one of the two");
    for _ in 0..2 {
        app.clock.advance(TimeDelta::minutes(1));
        deliver(&app).await;
        told.extend(app.mailer.take().into_iter().map(|email| email.to));
    }
    let mut owners = [first.email.clone(), second.email.clone()];
    owners.sort();
    told.sort();
    assert_eq!(told, owners, "each once, and nobody who has left");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn delivered_news_is_forgotten_after_a_month() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let waiting = app.unverified(OrganisationKind::Insurer).await;
    verify(&admin, waiting.org_id).await.unwrap();
    assert_eq!(outbox::purge(&app.system()).await.unwrap(), 0);
    app.clock.advance(TimeDelta::days(31));
    assert_eq!(outbox::purge(&app.system()).await.unwrap(), 0, "what waits is kept");
    assert_eq!(deliver(&app).await, 1);
    app.clock.advance(TimeDelta::days(29));
    assert_eq!(outbox::purge(&app.system()).await.unwrap(), 0);
    app.clock.advance(TimeDelta::days(2));
    assert_eq!(outbox::purge(&app.system()).await.unwrap(), 1);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_was_not_taken_comes_again() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let waiting = app.unverified(OrganisationKind::Insurer).await;
    verify(&admin, waiting.org_id).await.unwrap();
    app.mailer.refuse(2);
    for _ in 0..2 {
        assert_eq!(deliver(&app).await, 1);
        assert_eq!((deliver(&app).await, app.mailer.take().len()), (0, 0), "not at once");
        app.clock.advance(TimeDelta::minutes(1));
    }
    assert_eq!((deliver(&app).await, app.mailer.take().len()), (1, 1));
    app.assert_laws().await;
}

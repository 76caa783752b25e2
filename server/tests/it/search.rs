//! The search over everything the caller may see.

use contracts::{
    compliance::OrganisationsQuery,
    identity::OrganisationKind,
    money::Currency,
    orders::TransactionFilter,
    permission::Level,
    search::{Found, HitKind},
    states::OrganisationStatus,
};
use services::{OpCtx, compliance, orders, search::search};
use testkit::{Goods, Member, TestApp};

use crate::{
    catalog::{input, publish},
    trade::{add, buy},
};

/// The ids of what was found of a kind.
fn ids(found: &Found, kind: HitKind) -> Vec<String> {
    let groups = found.groups.iter().filter(|group| group.kind == kind);
    groups.flat_map(|group| &group.hits).map(|hit| hit.id.clone()).collect()
}

async fn search_as(ctx: &OpCtx, q: &str) -> Found {
    search(ctx, q).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_finds_what_is_theirs_and_nobody_elses() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    let admin = app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let rival = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let other = app.organisation(OrganisationKind::Insurer).await;
    let title = "Mammography of both breasts";
    let service = publish(&clinic, input(title)).await;
    add(&insurer, service, 1).await;
    let purchase = buy(&insurer, "to-be-found").await.purchases.remove(0);

    // by the start of its number, as it is said on the telephone
    let start = purchase.number[..11].to_lowercase();
    for (ctx, finds) in [(&insurer.ctx, true), (&admin.ctx, true), (&other.ctx, false), (&clinic.ctx, false)]
    {
        let found = ids(&search_as(ctx, &start).await, HitKind::Purchase);
        assert_eq!(found, if finds { vec![purchase.id.to_string()] } else { Vec::new() });
    }

    let note = |found: Found, kind| {
        found.groups.into_iter().find(|group| group.kind == kind).unwrap().hits.remove(0).note
    };
    assert!(note(search_as(&insurer.ctx, &start).await, HitKind::Purchase).ends_with(", Awaiting payment"));
    assert!(note(search_as(&clinic.ctx, title).await, HitKind::Service).ends_with(", Published"));

    // what was sold by its reference, for seller, buyer and the platform
    let sold =
        orders::transaction_list(&clinic.ctx, TransactionFilter::default()).await.unwrap().items.remove(0);
    let reference = sold.id.reference();
    for (ctx, finds) in [
        (&clinic.ctx, true),
        (&insurer.ctx, true),
        (&admin.ctx, true),
        (&rival.ctx, false),
        (&other.ctx, false),
    ] {
        for typed in [reference.clone(), reference.to_lowercase(), reference[2..].to_owned()] {
            let found = ids(&search_as(ctx, &typed).await, HitKind::Order);
            assert_eq!(found, if finds { vec![sold.id.to_string()] } else { Vec::new() }, "{typed}");
        }
    }

    let listing = vec![service.to_string()];
    assert_eq!(ids(&search_as(&app.anonymous(), "mamograpy").await, HitKind::Listing), listing);
    assert_eq!(ids(&search_as(&insurer.ctx, title).await, HitKind::Listing), listing);
    assert_eq!(
        ids(&search_as(&clinic.ctx, title).await, HitKind::Service),
        listing,
        "who sells finds it where it is edited"
    );
    assert_eq!(ids(&search_as(&admin.ctx, title).await, HitKind::Service), listing);
    assert!(search_as(&rival.ctx, title).await.groups.is_empty());

    let everybody = compliance::organisations_list(&admin.ctx, OrganisationsQuery::default()).await.unwrap();
    let clinic = everybody.page.items.into_iter().find(|one| one.id == clinic.org_id).unwrap();
    let organisation = vec![clinic.id.to_string()];
    assert_eq!(ids(&search_as(&admin.ctx, &clinic.name).await, HitKind::Organisation), organisation);
    assert!(ids(&search_as(&insurer.ctx, &clinic.name).await, HitKind::Organisation).is_empty());
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_shows_a_few_and_says_that_there_are_more() {
    let app = TestApp::start().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    for price in 1..=6 {
        app.service(&clinic, &Goods::at(price * 100, Currency::Eur)).await;
    }
    let found = search_as(&clinic.ctx, "service").await;
    assert_eq!((found.groups[0].hits.len(), found.groups[0].more, found.hit_count()), (5, true, 5));
    assert_eq!(search_as(&clinic.ctx, " \u{0} ").await, Found::default());
    let long = search(&clinic.ctx, &"x".repeat(101)).await.unwrap_err();
    assert!(long.fields.get("q").is_some());
}

/// What the door of the pages finds: acts and pages, too.
async fn find_places(member: &Member<'_>, words: &str) -> Vec<String> {
    let found: Found = member.post_form("/rpc/search", &format!("q={words}")).await.json();
    let groups = found.groups.iter().filter(|group| matches!(group.kind, HitKind::Page | HitKind::Act));
    groups.flat_map(|group| &group.hits).map(|hit| format!("{} {}", hit.title, hit.id)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_and_pages_are_found_by_who_may_use_them() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let auditor = app
        .join(clinic.org_id, OrganisationKind::Provider, OrganisationStatus::Verified, Level::Auditor)
        .await;
    assert_eq!(find_places(&clinic, "service").await, ["Services /services", "New service /services/new"]);
    assert_eq!(find_places(&auditor, "service").await, ["Services /services"]);
    assert_eq!(find_places(&admin, "new+service").await, [""; 0]);
    assert_eq!(find_places(&insurer, "person+INVITE").await, ["Invite a person /organisation"]);
    assert_eq!(find_places(&insurer, "checkout").await, ["Go to checkout /checkout"]);
    assert_eq!(find_places(&clinic, "checkout").await, [""; 0]);
    assert_eq!(find_places(&insurer, "account").await, ["Your account /account"]);
    assert_eq!(find_places(&admin, "audit").await, ["Audit trail /console/audit"]);
    assert_eq!(find_places(&insurer, "sign out").await, ["Sign out /sign-out"]);
    assert_eq!(find_places(&insurer, "dark").await, ["Use dark theme /rpc/theme_set?theme=dark"]);
    let page = insurer.get("/search?q=dark").await.text();
    let form = page.split_once("<form method=\"post\" action=\"/rpc/theme_set\"").unwrap().1;
    assert!(form.split_once("</form>").unwrap().0.contains("name=\"theme\" value=\"dark\""), "{form}");
    let offered = find_places(&clinic, "").await;
    assert!(
        offered.contains(&"Orders /orders".to_owned())
            && offered.contains(&"New service /services/new".to_owned())
    );
}

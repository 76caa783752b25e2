//! Saved views: whose they are, who shares and changes them, and what the navigation opens.

use axum::body::Body;
use contracts::{
    error::ErrorCode,
    identity::OrganisationKind,
    permission::Level,
    states::OrganisationStatus,
    views::{ListName, SavedView, ViewChange, ViewOpenFor, ViewSave},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use futures::future::join_all;
use http::{Request, StatusCode, header};
use services::{
    OpCtx, Result, identity,
    views::{view_change, view_delete, view_open_for, view_save, views_list},
};
use testkit::{Member, TestApp};

use crate::{payments::count, plain_forms::plain_form_of};

fn form(name: &str, query: &str, shared: bool) -> ViewSave {
    ViewSave { list: "services".into(), name: name.into(), query: query.into(), shared }
}

/// Saves a view of the services.
async fn save(ctx: &OpCtx, name: &str, shared: bool) -> SavedView {
    view_save(ctx, form(name, "status=paused", shared)).await.unwrap();
    find_view(ctx, name).await.unwrap()
}

async fn find_view(ctx: &OpCtx, name: &str) -> Option<SavedView> {
    views_list(ctx, None).await.unwrap().into_iter().find(|view| view.name == name)
}

async fn change(ctx: &OpCtx, view: &SavedView, name: &str, shared: bool) -> Result<()> {
    view_change(ctx, ViewChange { id: view.id, name: name.into(), shared }).await
}

async fn open_for(ctx: &OpCtx, view: &SavedView, levels: &[Level]) -> Result<()> {
    view_open_for(ctx, ViewOpenFor { id: view.id, levels: levels.to_vec() }).await
}

/// What the navigation opens for somebody.
async fn opening_hrefs(ctx: &OpCtx) -> Vec<String> {
    let viewer = identity::viewer_get(ctx).await.unwrap().unwrap();
    viewer.openings.iter().map(contracts::views::Opening::href).collect()
}

fn code<T>(outcome: Result<T>) -> ErrorCode {
    outcome.map(drop).unwrap_err().code
}

fn wrong_field<T>(outcome: Result<T>) -> String {
    outcome.map(drop).unwrap_err().fields.0.into_keys().collect()
}

/// A clinic with somebody of every level.
struct Clinic<'a> {
    owner: Member<'a>,
    manager: Member<'a>,
    staff: Member<'a>,
    auditor: Member<'a>,
}

impl<'a> Clinic<'a> {
    async fn of(app: &'a TestApp) -> Self {
        let owner = app.organisation(OrganisationKind::Provider).await;
        let join = async |level| {
            app.join(owner.org_id, OrganisationKind::Provider, OrganisationStatus::Verified, level).await
        };
        let (manager, staff, auditor) =
            (join(Level::Manager).await, join(Level::Staff).await, join(Level::Auditor).await);
        Self { owner, manager, staff, auditor }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_view_is_its_owners_alone() {
    let app = TestApp::start().await;
    let clinic = Clinic::of(&app).await;
    let view = save(&clinic.auditor.ctx, "Mine", false).await;
    assert!(view.is_own && view.may_change && !view.is_shared);
    let stranger = app.organisation(OrganisationKind::Provider).await;
    let admin = app.admin().await;
    for other in [&clinic.owner, &clinic.manager, &clinic.staff, &stranger, &admin] {
        assert_eq!(find_view(&other.ctx, "Mine").await, None);
        assert_eq!(code(change(&other.ctx, &view, "Ours", true).await), ErrorCode::NotFound);
        assert_eq!(code(view_delete(&other.ctx, view.id).await), ErrorCode::NotFound);
    }
    for other in [&clinic.owner, &stranger, &admin] {
        assert_eq!(code(open_for(&other.ctx, &view, &[Level::Staff]).await), ErrorCode::NotFound);
    }
    change(&clinic.auditor.ctx, &view, "Still mine", false).await.unwrap();
    view_delete(&clinic.auditor.ctx, view.id).await.unwrap();
    assert_eq!(count(&app, "SELECT count(*) AS n FROM saved_views").await, 0);
    app.assert_laws().await;
}

#[derive(diesel::QueryableByName)]
struct Name {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

/// Where a rule above it has been forgotten, the database keeps the secret.
#[tokio::test(flavor = "multi_thread")]
async fn the_database_shows_a_private_view_to_its_owner_alone() {
    let app = TestApp::start().await;
    let clinic = Clinic::of(&app).await;
    save(&clinic.staff.ctx, "Mine", false).await;
    save(&clinic.staff.ctx, "Ours", true).await;
    let mut conn = AsyncPgConnection::establish(&app.database.app_url()).await.unwrap();
    let platform = app.admin().await;
    for (person, scope, sees) in [
        (&clinic.staff, "", &["Mine", "Ours"][..]),
        (&clinic.owner, "", &["Ours"]),
        (&clinic.owner, "system", &["Ours"]),
        (&platform, "platform", &[]),
    ] {
        let set = format!(
            "SELECT set_config('hcts.org_id', '{}', false) || set_config('hcts.actor_id', '{}', false)
               || set_config('hcts.scope', '{scope}', false) AS name",
            person.org_id, person.user_id
        );
        diesel::sql_query(set).execute(&mut conn).await.unwrap();
        let names = diesel::sql_query("SELECT name FROM saved_views ORDER BY name");
        let seen: Vec<Name> = names.load(&mut conn).await.unwrap();
        assert_eq!(seen.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), sees);
        let deleted = diesel::sql_query("UPDATE saved_views SET name = name WHERE name = 'Mine'");
        assert_eq!(deleted.execute(&mut conn).await.unwrap(), usize::from(sees.contains(&"Mine")));
    }
    // of a member nothing is forgotten, whoever asks
    let forget = format!("SELECT forget_saved_views('{}')::text AS name", clinic.staff.user_id);
    assert_eq!(diesel::sql_query(forget).get_result::<Name>(&mut conn).await.unwrap().name, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shared_is_changed_by_who_shared_it_and_by_who_manages_members() {
    let app = TestApp::start().await;
    let clinic = Clinic::of(&app).await;
    let stranger = app.organisation(OrganisationKind::Provider).await;
    let shared = form("Ours", "status=paused", true);
    assert_eq!(code(view_save(&clinic.auditor.ctx, shared).await), ErrorCode::NotAllowed, "changes nothing");
    let view = save(&clinic.staff.ctx, "Ours", true).await;
    for (member, may_change) in
        [(&clinic.owner, true), (&clinic.manager, true), (&clinic.staff, true), (&clinic.auditor, false)]
    {
        let seen = find_view(&member.ctx, "Ours").await.unwrap();
        assert_eq!((seen.may_change, seen.is_own), (may_change, member.user_id == clinic.staff.user_id));
        assert_eq!(seen.owner_name, "Robin Example");
    }
    assert_eq!(find_view(&stranger.ctx, "Ours").await, None);
    assert_eq!(code(change(&stranger.ctx, &view, "Theirs", true).await), ErrorCode::NotFound);
    for refused in [
        change(&clinic.auditor.ctx, &view, "Theirs", true).await,
        view_delete(&clinic.auditor.ctx, view.id).await,
        open_for(&clinic.staff.ctx, &view, &[Level::Staff]).await,
    ] {
        assert_eq!(code(refused), ErrorCode::NotAllowed);
    }
    let of_owner = save(&clinic.owner.ctx, "The owner's", true).await;
    assert_eq!(code(change(&clinic.staff.ctx, &of_owner, "Mine", true).await), ErrorCode::NotAllowed);
    assert_eq!(code(view_delete(&clinic.staff.ctx, of_owner.id).await), ErrorCode::NotAllowed);

    change(&clinic.manager.ctx, &view, "Everybody's", true).await.unwrap();
    let taken_away = change(&clinic.manager.ctx, &view, "Everybody's", false).await;
    assert_eq!(wrong_field(taken_away), "shared", "it would be gone for who did it");
    change(&clinic.staff.ctx, &view, "Mine again", false).await.unwrap();
    assert_eq!(find_view(&clinic.manager.ctx, "Mine again").await, None);
    view_delete(&clinic.manager.ctx, of_owner.id).await.unwrap();
    assert_eq!(find_view(&clinic.owner.ctx, "The owner's").await, None);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_opened_with_one_view_at_most_for_a_level() {
    let app = TestApp::start().await;
    let clinic = Clinic::of(&app).await;
    let (one, other) =
        (save(&clinic.owner.ctx, "One", true).await, save(&clinic.staff.ctx, "Other", true).await);
    let private = save(&clinic.owner.ctx, "Private", false).await;
    assert_eq!(wrong_field(open_for(&clinic.owner.ctx, &private, &[Level::Staff]).await), "levels");
    open_for(&clinic.owner.ctx, &one, &[Level::Staff, Level::Auditor, Level::Staff]).await.unwrap();
    assert_eq!(opening_hrefs(&clinic.staff.ctx).await, ["/services?status=paused"]);
    assert!(opening_hrefs(&clinic.owner.ctx).await.is_empty());

    open_for(&clinic.manager.ctx, &other, &[Level::Staff, Level::Owner]).await.unwrap();
    let opens_for = async |name: &str| find_view(&clinic.owner.ctx, name).await.unwrap().opens_for;
    assert_eq!(opens_for("One").await, [Level::Auditor], "the other one took the staff");
    assert_eq!(opens_for("Other").await, [Level::Owner, Level::Staff]);

    change(&clinic.staff.ctx, &other, "Other", false).await.unwrap();
    assert!(opening_hrefs(&clinic.staff.ctx).await.is_empty(), "nothing is opened with what is private");
    change(&clinic.staff.ctx, &other, "Other", true).await.unwrap();
    assert!(opening_hrefs(&clinic.staff.ctx).await.is_empty(), "and sharing it again brings nothing back");
    view_delete(&clinic.owner.ctx, one.id).await.unwrap();
    assert!(opening_hrefs(&clinic.auditor.ctx).await.is_empty());
    assert_eq!(count(&app, "SELECT count(*) AS n FROM list_openings").await, 0);
    open_for(&clinic.owner.ctx, &other, &[Level::Staff]).await.unwrap();
    open_for(&clinic.owner.ctx, &other, &[]).await.unwrap();
    assert!(opening_hrefs(&clinic.staff.ctx).await.is_empty());
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_of_a_list_that_one_may_see() {
    let app = TestApp::start().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let of_audit = ViewSave { list: "audit".into(), ..form("Sign-ins", "action=x", false) };
    assert_eq!(code(view_save(&clinic.ctx, of_audit.clone()).await), ErrorCode::NotAllowed);
    let admin = app.admin().await;
    view_save(&admin.ctx, of_audit).await.unwrap();
    save(&admin.ctx, "Paused", false).await;
    let names = async |list| -> Vec<String> {
        views_list(&admin.ctx, list).await.unwrap().into_iter().map(|view| view.name).collect()
    };
    assert_eq!(names(None).await, ["Paused", "Sign-ins"], "in the order of the lists");
    assert_eq!(names(Some(ListName::Audit)).await, ["Sign-ins"]);
    assert!(names(Some(ListName::Orders)).await.is_empty());
    let refused = code(view_save(&app.anonymous(), form("Mine", "", false)).await);
    assert_eq!(refused, ErrorCode::NotSignedIn);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_given_once_and_fifty_views_are_kept() {
    let app = TestApp::start().await;
    let clinic = Clinic::of(&app).await;
    let ctx = &clinic.owner.ctx;
    let first = save(ctx, "Paused", true).await;
    let second = save(ctx, "Retired", true).await;
    assert_eq!(wrong_field(view_save(ctx, form(" paUSed ", "", false)).await), "name");
    assert_eq!(wrong_field(change(ctx, &second, "PAUSED", true).await), "name");
    change(ctx, &first, "PAUSED", true).await.unwrap();
    // another list, and another person
    view_save(ctx, ViewSave { list: "orders".into(), ..form("Paused", "", false) }).await.unwrap();
    view_save(&clinic.staff.ctx, form("Paused", "", false)).await.unwrap();
    // the name is free as far as a manager can see, and taken by what its owner keeps private
    view_save(ctx, form("Secret", "", false)).await.unwrap();
    assert_eq!(wrong_field(change(&clinic.manager.ctx, &second, "Secret", true).await), "name");

    let more = (0..60).map(|n| async move { view_save(ctx, form(&format!("View {n}"), "", false)).await });
    let refused: Vec<String> =
        join_all(more).await.into_iter().filter(Result::is_err).map(wrong_field).collect();
    assert_eq!(refused, vec!["name"; 14]);
    assert_eq!(views_list(ctx, None).await.unwrap().iter().filter(|view| view.is_own).count(), 50);
    view_delete(ctx, second.id).await.unwrap();
    save(ctx, "Room again", false).await;
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_takes_private_views_along_and_leaves_the_shared_ones() {
    let app = TestApp::start().await;
    let clinic = Clinic::of(&app).await;
    save(&clinic.staff.ctx, "Mine", false).await;
    let shared = save(&clinic.staff.ctx, "Ours", true).await;
    save(&clinic.manager.ctx, "The manager's", false).await;
    open_for(&clinic.owner.ctx, &shared, &[Level::Auditor]).await.unwrap();
    let members = identity::members_list(&clinic.owner.ctx).await.unwrap();
    let left = members.iter().find(|member| member.user_id == clinic.staff.user_id).unwrap();
    identity::member_remove(&clinic.owner.ctx, left.membership_id).await.unwrap();
    assert_eq!(count(&app, "SELECT count(*) AS n FROM saved_views WHERE name = 'Mine'").await, 0);
    assert_eq!(count(&app, "SELECT count(*) AS n FROM saved_views").await, 2);
    assert_eq!(opening_hrefs(&clinic.auditor.ctx).await, ["/services?status=paused"]);
    let recorded = "SELECT count(*) AS n FROM audit_records
      WHERE action = 'identity.member_removed' AND details ->> 'private_views' = '1'";
    assert_eq!(count(&app, recorded).await, 1);
    // whoever was just shown out saves nothing more
    let late = view_save(&clinic.staff.ctx, form("Late", "", false)).await;
    assert_eq!(code(late), ErrorCode::NotFound);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_saved_shared_and_opened_without_javascript() {
    let app = TestApp::start().await;
    let clinic = Clinic::of(&app).await;
    let from = "/views/new?list=services&query=status%3Dpaused%26after%3Dx";
    let page = clinic.owner.get(from).await.text().replace("<!>", "");
    assert!(page.contains("<dt>status</dt><dd>paused</dd>") && page.contains("Share with "), "{page}");
    assert!(page.contains("value=\"status=paused\""), "what is no filter is left out: {page}");
    let body = "list=services&query=status%3Dpaused&name=Not+on+sale&shared=true";
    let saved = app.send(plain_form_of(&clinic.owner, "/rpc/view_save", from, body)).await;
    assert_eq!(saved.status(), StatusCode::FOUND);
    assert_eq!(saved.headers()[header::LOCATION], "/services?status=paused&view_saved=true");
    let list = clinic.owner.get("/services?status=paused&view_saved=true").await.text();
    assert!(list.contains("View “Not on sale” saved.") && list.contains("View: Not on sale"), "{list}");
    assert!(!list.contains("name=\"view_saved\""), "no form keeps it: {list}");
    let list = clinic.owner.get("/services?status=paused").await.text();
    assert!(list.contains("View: Not on sale") && !list.contains("” saved."), "{list}");
    assert!(!clinic.owner.get("/services").await.text().contains("View: Not on sale"));

    let view = find_view(&clinic.owner.ctx, "Not on sale").await.unwrap();
    let body = format!("id={}&levels%5B%5D=staff&levels%5B%5D=auditor", view.id);
    let done = app.send(plain_form_of(&clinic.owner, "/rpc/view_open_for", "/views", &body)).await;
    assert_eq!(done.headers()[header::LOCATION], "/views?done=changed");
    assert!(clinic.owner.get("/views?done=changed").await.text().contains("View saved"));
    assert!(clinic.owner.get("/views?done=deleted").await.text().contains("View deleted"));
    let link = "<a href=\"/services?status=paused\" class=\"rail-link\"";
    for (member, sees) in [(&clinic.staff, true), (&clinic.auditor, true), (&clinic.owner, false)] {
        let dashboard = member.get("/dashboard").await.text();
        assert_eq!(dashboard.contains(link), sees, "{dashboard}");
        let list = member.get("/views").await.text();
        assert!(list.contains("Not on sale") && list.contains("Staff, Auditor"), "{list}");
        assert_eq!(list.contains("action=\"/rpc/view_delete\""), member.user_id == clinic.owner.user_id);
    }

    let body = format!("id={}&name={}&shared=true", view.id, "x".repeat(61));
    let refused = app.send(plain_form_of(&clinic.owner, "/rpc/view_change", "/views", &body)).await;
    let back = refused.headers()[header::LOCATION].to_str().unwrap().replace("http://localhost", "");
    let kept = refused.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap();
    let page = Request::get(back)
        .header(header::ACCEPT, "text/html")
        .header(header::COOKIE, format!("{}; {kept}", clinic.owner.cookie()))
        .body(Body::empty())
        .unwrap();
    let page = app.send(page).await.text();
    assert!(page.contains("Name must be at most 60 characters") && page.contains(&"x".repeat(61)), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_that_saves_is_for_who_may_see_the_list() {
    let app = TestApp::start().await;
    let clinic = Clinic::of(&app).await;
    for (address, status) in [
        ("/views/new?list=services&query=", StatusCode::OK),
        ("/views/new?list=audit&query=", StatusCode::FORBIDDEN),
        ("/views/new?list=carts", StatusCode::NOT_FOUND),
        ("/views", StatusCode::OK),
    ] {
        assert_eq!(clinic.auditor.get(address).await.status(), status, "{address}");
    }
    assert!(!clinic.auditor.get("/views/new?list=services").await.text().contains("Share with "));
    assert!(clinic.auditor.get("/views").await.text().contains("No saved views yet"));
    for address in ["/views", "/views/new?list=services"] {
        let sent = app.get(address).await;
        assert!(sent.headers()[header::LOCATION].to_str().unwrap().starts_with("/sign-in?next=%2Fviews"));
    }
}

//! Two tabs of one browser: another organisation or another person in the one, a page from before in the other.

use axum::body::Body;
use contracts::{
    identity::{MadeFor, OrganisationKind},
    money::Currency,
    permission::Level,
};
use http::{Request, StatusCode, header};
use serde_json::Value;
use testkit::{Goods, Member, TestApp};

use crate::{plain_forms::plain_form, trade::add};

const KIND: OrganisationKind = OrganisationKind::Insurer;

/// A person in two organisations, and the browser's session in each of them.
struct Person<'a> {
    /// Acting for the first one.
    first: Member<'a>,
    second: MadeFor,
    /// The cookie after the switch to the second one.
    cookie: String,
}

/// Switches in another tab; the first session ends.
async fn switch_organisation(app: &TestApp) -> Person<'_> {
    let (first, other) = (app.organisation(KIND).await, app.organisation(KIND).await);
    app.also_member(first.user_id, other.org_id, Level::Owner).await;
    let answer = first.post_form("/switch-organisation", &format!("organisation={}", other.org_id)).await;
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let second = app.made_for(&cookie).await;
    assert_eq!((second.person, second.organisation), (Some(first.user_id), Some(other.org_id)));
    Person { first, second, cookie }
}

/// A form as the browser sends it by itself, from a page made for `page`, with the session it holds now.
fn form(cookie: &str, page: MadeFor, path: &str, from: &str, body: &str) -> Request<Body> {
    let mut form = plain_form(path, from, &format!("{body}&made_for={page}"));
    form.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    form
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkout_of_one_organisation_buys_nothing_for_the_other() {
    let app = TestApp::start().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let scan = app.service(&clinic, &Goods::at(10_000, Currency::Eur)).await;
    let person = switch_organisation(&app).await;
    add(&person.first, scan, 1).await;
    let before = app.snapshot().await;
    let buy = "idempotency_key=from-the-old-tab&amount_minor=10000&currency=EUR";
    let page = person.first.made_for();
    let answer = app.send(form(&person.cookie, page, "/rpc/purchase_initiate", "/checkout?x=1", buy)).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let html = answer.text();
    for part in [
        "You are now signed in as <strong>Robin Example</strong> for <strong>insurer",
        "href=\"http://localhost/checkout?x=1\">Reload the page",
        "action=\"/switch-organisation\"",
        "name=\"next\" value=\"/checkout?x=1\"",
        &format!("value=\"{}\">Switch back to insurer", person.first.org_id),
        &format!("name=\"made_for\" value=\"{}\"", person.second),
    ] {
        assert!(html.contains(part), "{part} is missing: {html}");
    }
    assert!(app.snapshot().await.changed_since(&before).is_empty(), "nothing was done");
    // the way back leads to the page
    let back = format!("organisation={}&next=%2Fcheckout%3Fx%3D1", person.first.org_id);
    let back =
        app.send(form(&person.cookie, person.second, "/switch-organisation", "/checkout", &back)).await;
    assert_eq!(
        (back.status(), &back.headers()[header::LOCATION]),
        (StatusCode::SEE_OTHER, &"/checkout?x=1".parse().unwrap())
    );
    let away = format!("organisation={}&next=%2F%2Fevil.example", person.first.org_id);
    let cookie = back.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let away = app.send(form(&cookie, person.second, "/switch-organisation", "/checkout", &away)).await;
    assert_eq!(away.headers()[header::LOCATION], "/dashboard");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_reads_nothing_of_the_organisation_switched_to() {
    let app = TestApp::start().await;
    let person = switch_organisation(&app).await;
    let ask = async |page: MadeFor| {
        let request = Request::post("/rpc/cart_get")
            .header(header::COOKIE, &person.cookie)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(MadeFor::HEADER, page.to_string())
            .header("sec-fetch-site", "same-origin");
        app.send(request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(ask(person.second).await.status(), StatusCode::OK);
    let stale = ask(person.first.made_for()).await;
    assert_eq!(stale.status(), StatusCode::CONFLICT);
    let told: Value = stale.json();
    assert_eq!(told["code"], "made_for_another");
    assert_eq!(told["facts"]["switch_back"], person.first.org_id.to_string());
    assert!(told["facts"]["organisation"].as_str().unwrap().starts_with("insurer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_downloads_nothing_of_the_organisation_switched_to() {
    let app = TestApp::start().await;
    let person = switch_organisation(&app).await;
    let export = async |page: MadeFor| {
        let address = format!("/api/purchases/export?format=csv&made_for={page}");
        let request = Request::get(address)
            .header(header::COOKIE, &person.cookie)
            .header(header::ACCEPT, "text/html")
            .body(Body::empty());
        app.send(request.unwrap()).await
    };
    assert_eq!(export(person.second).await.status(), StatusCode::OK);
    let stale = export(person.first.made_for()).await;
    assert_eq!(stale.status(), StatusCode::CONFLICT);
    assert!(stale.text().contains("You are now signed in as"), "{}", stale.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_one_person_changes_nothing_of_another() {
    let app = TestApp::start().await;
    let (old, new) = (app.organisation(KIND).await, app.organisation(KIND).await);
    let before = app.snapshot().await;
    let send = async |page: MadeFor, path: &str, body: &str| {
        let answer = app.send(form(new.cookie(), page, path, "/account", body)).await;
        (answer.status(), answer.text())
    };
    let (status, html) = send(old.made_for(), "/rpc/account_update", "name=Mallory").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(html.contains("You are now signed in as") && !html.contains("Switch back"), "{html}");
    let into = format!("organisation={}", new.org_id);
    let (status, _) = send(old.made_for(), "/switch-organisation", &into).await;
    assert_eq!(status, StatusCode::CONFLICT, "whoever chooses an organisation is the person of the page");
    assert!(app.snapshot().await.changed_since(&before).is_empty(), "nothing was done");
    let (status, _) = send(old.made_for(), "/sign-out", "").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "signing out is always right");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_for_whom_it_was_made() {
    let app = TestApp::start().await;
    let member = app.organisation(KIND).await;
    let page = member.get("/account").await.text();
    let made_for = member.made_for();
    assert!(page.contains(&format!("data-made-for=\"{made_for}\"")), "{page}");
    assert!(page.contains(&format!("name=\"made_for\" value=\"{made_for}\"")), "{page}");
    let page = app.get("/sign-in").await.text();
    assert!(page.contains("data-made-for=\".\"") && page.contains("name=\"made_for\" value=\".\""), "{page}");
}

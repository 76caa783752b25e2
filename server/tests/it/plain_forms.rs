//! Forms without JavaScript: what a refusal puts into the address, and what an address can do.

use axum::body::Body;
use base64::Engine;
use contracts::{
    cart::{CartSave, TypedUnits},
    error::ErrorCode,
    identity::{InvitationCreate, MadeFor, OrganisationKind},
    money::Currency,
};
use http::{Request, StatusCode, header};
use services::{cart, certificates, identity};
use testkit::{Answer, Goods, Member, TestApp};

use crate::{
    certificates::{redeem_of, trade},
    identity::{PASSWORD, sign_up_form},
    trade::add,
};

pub(crate) fn plain_form(path: &str, from: &str, body: &str) -> Request<Body> {
    Request::post(path)
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::HOST, "localhost")
        .header(header::REFERER, format!("http://localhost{from}"))
        // every page gives it to a browser that keeps cookies
        .header(header::COOKIE, "__Host-probe=1")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

/// The same from a page that was made for this member.
pub(crate) fn plain_form_of(member: &Member<'_>, path: &str, from: &str, body: &str) -> Request<Body> {
    let body = format!("{}={}&{body}", MadeFor::FIELD, member.made_for());
    let mut form = plain_form(path, from, &body);
    form.headers_mut().insert(header::COOKIE, member.cookie().parse().unwrap());
    form
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_work_without_javascript_and_keep_what_was_typed() {
    let app = TestApp::start().await;
    let body =
        "kind=insurer&organisation=Northern+Cover&name=Ad%C3%A9le&email=ada%40north.example&password=short";
    let refused = app.send(plain_form("/rpc/sign_up", "/sign-up", body)).await;
    assert_eq!(refused.status(), StatusCode::FOUND);
    let back = refused.headers()[header::LOCATION].to_str().unwrap().to_owned();
    let kept = refused.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(kept.starts_with("__Host-kept=") && !kept.contains("short"), "{kept}");
    let mut foreign = plain_form("/rpc/sign_up", "/sign-up", body);
    foreign.headers_mut().insert(header::REFERER, "http://evil.example/sign-up".parse().unwrap());
    assert_eq!(app.send(foreign).await.headers()[header::LOCATION], "/");
    let path = back.trim_start_matches("http://localhost");
    let page = Request::get(path)
        .header(header::COOKIE, kept.split(';').next().unwrap())
        .body(Body::empty())
        .unwrap();
    let page = app.send(page).await.text();
    for words in ["value=\"Adéle\"", "value=\"ada@north.example\"", "Choose a country.", "Error: "] {
        assert!(page.contains(words), "{words} is missing");
    }
    identity::sign_up(&app.anonymous(), sign_up_form("ada@north.example", "IE-1")).await.unwrap();
    let body = format!("email=ada%40north.example&password={}&next=%2Fmarket", PASSWORD.replace(' ', "+"));
    let signed_in = app.send(plain_form("/rpc/sign_in", "/sign-in", &body)).await;
    assert_eq!(signed_in.headers()[header::LOCATION], "/market");
    let cookie = signed_in.headers()[header::SET_COOKIE].to_str().unwrap();
    for part in ["__Host-session=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let body = body.replace("%2Fmarket", "%2F%2Fevil.example");
    let elsewhere = app.send(plain_form("/rpc/sign_in", "/sign-in", &body)).await;
    assert_eq!(elsewhere.headers()[header::LOCATION], "/dashboard");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_keeps_no_cookies_is_told_so_and_what_was_typed_stays() {
    let app = TestApp::start().await;
    let probe = app.get("/sign-up").await.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(probe.starts_with("__Host-probe=1;") && probe.contains("Secure"), "{probe}");
    identity::sign_up(&app.anonymous(), sign_up_form("ada@north.example", "IE-1")).await.unwrap();
    let before = app.snapshot().await;
    let password = PASSWORD.replace(' ', "+");
    let sign_up = format!(
        "kind=insurer&organisation=Southern+Cover&legal_name=Southern&registration_number=IE-7&country=IE&city=Cork\
         &name=Ad%C3%A9le&email=adele%40south.example&password={password}"
    );
    let sign_in = format!("email=ada%40north.example&password={password}&next=%2Fmarket");
    for (path, from, body, typed) in [
        ("/rpc/sign_up", "/sign-up", sign_up, ["value=\"Adéle\"", "value=\"Southern Cover\""]),
        (
            "/rpc/sign_in",
            "/sign-in?next=%2Fmarket",
            sign_in,
            ["value=\"ada@north.example\"", "value=\"/market\""],
        ),
    ] {
        let mut form = plain_form(path, from, &body);
        form.headers_mut().remove(header::COOKIE);
        let page = app.send(form).await;
        assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let html = page.text();
        assert!(html.contains("blocks cookies from this site"), "{html}");
        assert!(typed.iter().all(|value| html.contains(value)) && !html.contains("plum"), "{html}");
    }
    assert!(app.snapshot().await.changed_since(&before).is_empty(), "nothing was saved");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_cannot_put_words_into_our_mouth() {
    let app = TestApp::start().await;
    let refused = app.send(plain_form("/rpc/sign_up", "/sign-up", "name=Ada")).await;
    let back = refused.headers()[header::LOCATION].to_str().unwrap().to_owned();
    // the same address in a browser that was never refused: a link somebody sent
    let answer = app.get(back.trim_start_matches("http://localhost")).await;
    assert_eq!(
        (answer.status(), &answer.headers()[header::LOCATION]),
        (StatusCode::SEE_OTHER, &"/sign-up".parse().unwrap())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_code_is_in_no_address() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let (id, code) = (trade.view(0).await.id, trade.view(0).await.code);
    let scan = async |body: String| {
        app.send(plain_form_of(&trade.seller, "/rpc/certificate_scan", "/redeem?place=Desk+2", &body)).await
    };
    let found = scan(format!("code={code}&place=Desk+2")).await;
    assert_eq!(found.headers()[header::LOCATION], format!("/redeem?certificate={id}&place=Desk+2"));
    let page = trade.seller.get(&format!("/redeem?certificate={id}&place=Desk+2")).await.text();
    for part in ["Is this the right service?", "action=\"/rpc/certificate_redeem\"", "value=\"Desk 2\""] {
        assert!(page.contains(part), "{part} is missing");
    }
    let page = trade.seller.get("/redeem").await.text();
    assert!(page.contains("action=\"/rpc/certificate_scan\" method=\"post\""), "{page}");
    let unread = scan("code=nothing&place=Desk+2".to_owned()).await;
    let back = unread.headers()[header::LOCATION].to_str().unwrap();
    assert!(back.contains("__err=") && !back.contains("nothing"), "{back}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_redemption_without_javascript_says_where_on_the_page_and_not_in_the_address() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let code = trade.view(0).await.code;
    certificates::certificate_redeem(&trade.seller.ctx, redeem_of(&code)).await.unwrap();
    let body = format!("code={code}&place=Desk+9");
    let from = format!("/redeem?certificate={}", trade.view(0).await.id);
    let refused = app.send(plain_form_of(&trade.seller, "/rpc/certificate_redeem", &from, &body)).await;
    assert_eq!(refused.status(), StatusCode::FOUND);
    let back: http::Uri = refused.headers()[header::LOCATION].to_str().unwrap().parse().unwrap();
    let (_, rest) = back.query().unwrap().split_once("__err=").unwrap();
    let encoded = rest.split('&').next().unwrap().replace("%3D", "=");
    let told = base64::engine::general_purpose::URL_SAFE.decode(encoded).unwrap();
    let told = String::from_utf8(told).unwrap();
    assert!(told.contains("already_redeemed") && !told.contains("Radiology"), "{told}");
    let kept = refused.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page = Request::get(back.path_and_query().unwrap().as_str())
        .header(header::ACCEPT, "text/html")
        .header(header::COOKIE, format!("{}; {kept}", trade.seller.cookie()))
        .body(Body::empty())
        .unwrap();
    let page = app.send(page).await.text();
    assert!(page.contains("Already redeemed") && page.contains("at Radiology 2"), "{page}");
}

/// Returns the page that a refused form is sent back to, as the same browser sees it.
async fn page_after(app: &TestApp, refused: &Answer, cookie: &str) -> String {
    assert_eq!(refused.status(), StatusCode::FOUND, "{}", refused.text());
    let back: http::Uri = refused.headers()[header::LOCATION].to_str().unwrap().parse().unwrap();
    let kept = refused.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page = Request::get(back.path_and_query().unwrap().as_str())
        .header(header::ACCEPT, "text/html")
        .header(header::COOKIE, format!("{cookie}; {kept}"))
        .body(Body::empty())
        .unwrap();
    app.send(page).await.text()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_cart_keeps_all_that_was_typed_and_the_way_to_checkout_saves_it() {
    let app = TestApp::start().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let broker = app.organisation(OrganisationKind::Intermediary).await;
    let (scan, talk) = (
        app.service(&clinic, &Goods::at(10_000, Currency::Eur)).await,
        app.service(&clinic, &Goods::at(5_000, Currency::Eur)).await,
    );
    add(&broker, scan, 1).await;
    let cart = add(&broker, talk, 2).await;
    let line = |service| cart.lines().find(|line| line.service_id == service).unwrap();
    let (scan, talk) = (line(scan), line(talk));
    let body = |scan_units: &str, talk_units: &str, intent: &str| {
        let units = |line: &contracts::cart::CartLineView, typed: &str| {
            let (field, shown) = (TypedUnits::field(line.id), TypedUnits::shown_field(line.id));
            format!("{field}={typed}&{shown}={}", line.quantity).replace('[', "%5B").replace(']', "%5D")
        };
        format!(
            "{}&{}&on_behalf_of_shown=&on_behalf_of=Harbour+Mutual&intent={intent}",
            units(scan, scan_units),
            units(talk, talk_units)
        )
    };
    let before = app.snapshot().await;
    let refused = plain_form_of(&broker, "/rpc/cart_save", "/cart", &body("7", "1%2C000", "checkout"));
    let refused = app.send(refused).await;
    let html = page_after(&app, &refused, broker.cookie()).await;
    let reason = format!("{}: Units must be a whole number from 1 to 10000, in digits only.", talk.title);
    for part in [
        "value=\"Harbour Mutual\"",
        "value=\"7\"",
        "value=\"1,000\"",
        &format!("href=\"#f-{}\"", TypedUnits::field(talk.id)),
        &reason,
    ] {
        assert!(html.contains(part), "{part} is missing: {html}");
    }
    assert!(app.snapshot().await.changed_since(&before).is_empty(), "all or nothing");
    let sent = plain_form_of(&broker, "/rpc/cart_save", "/cart", &body("7", "1000", "checkout"));
    let sent = app.send(sent).await;
    assert_eq!(sent.headers()[header::LOCATION], "/checkout");
    let saved = cart::cart_get(&broker.ctx).await.unwrap();
    assert_eq!(saved.on_behalf_of.as_deref(), Some("Harbour Mutual"));
    assert_eq!(saved.lines().map(|line| line.quantity).sum::<u32>(), 1_007);
    // a line that was not touched stays as a colleague has set it meanwhile
    let again = plain_form_of(&broker, "/rpc/cart_save", "/cart", &body("1", "2", "client"));
    assert_eq!(app.send(again).await.headers()[header::LOCATION], "http://localhost/cart?");
    assert_eq!(cart::cart_get(&broker.ctx).await.unwrap().groups, saved.groups);
    // who buys for itself has no client
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let refused = cart::cart_save(&insurer.ctx, CartSave::of_client("Harbour Mutual")).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotAllowed);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sign_up_lists_its_errors_in_the_order_of_the_form_and_asks_for_the_password_again() {
    let app = TestApp::start().await;
    let body = format!("kind=insurer&email=nobody&password={}", PASSWORD.replace(' ', "+"));
    let refused = app.send(plain_form("/rpc/sign_up", "/sign-up", &body)).await;
    let html = page_after(&app, &refused, "__Host-probe=1").await;
    let (_, summary) = html.split_once("error-summary").unwrap();
    let (summary, _) = summary.split_once("</ul>").unwrap();
    let fields =
        ["organisation", "legal_name", "registration_number", "country", "city", "name", "email", "password"];
    let places: Vec<_> =
        fields.iter().filter_map(|field| summary.find(&format!("href=\"#f-{field}\""))).collect();
    assert!(places.len() >= 6 && places.is_sorted(), "{summary}");
    let ask = "Password: enter it again.";
    assert!(summary.contains(ask) && html.matches(ask).count() == 2, "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_is_refused_says_why_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let owner = app.organisation(OrganisationKind::Provider).await;
    let invite = async || {
        let form = InvitationCreate { email: "di@clinic.example".into(), level: "staff".into() };
        let link = identity::invitation_create(&owner.ctx, form).await.unwrap();
        link.url.rsplit('/').next().unwrap().to_owned()
    };
    let accept = async |token: &str, password: &str| {
        let body = format!("token={token}&name=Di+Example&password={password}");
        let from = format!("/invitations/{token}");
        let refused = app.send(plain_form("/rpc/invitation_accept", &from, &body)).await;
        page_after(&app, &refused, "__Host-probe=1").await
    };
    let token = invite().await;
    let html = accept(&token, "short").await;
    for part in ["error-summary", "href=\"#f-password\"", "value=\"Di Example\"", "Accept and continue"] {
        assert!(html.contains(part), "{part} is missing: {html}");
    }
    let waiting = identity::invitations_list(&owner.ctx).await.unwrap();
    identity::invitation_revoke(&owner.ctx, waiting[0].id).await.unwrap();
    let html = accept(&token, &PASSWORD.replace(' ', "+")).await;
    assert!(html.contains("This invitation has been used or withdrawn, or it has expired."), "{html}");
}

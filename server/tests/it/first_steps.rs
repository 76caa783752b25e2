//! Where somebody begins, and what is told to who cannot go on yet.

use axum::body::Body;
use contracts::{
    identity::{InvitationAccept, InvitationCreate, OrganisationKind},
    money::Currency,
    permission::Level,
    states::OrganisationStatus,
};
use http::{Request, StatusCode, header};
use services::{certificates, identity};
use testkit::{Goods, TestApp};

use crate::{
    certificates::{redeem_of, trade},
    identity::{PASSWORD, caller},
    plain_forms::{plain_form, plain_form_of},
    trade::add,
};

const PROVIDER: OrganisationKind = OrganisationKind::Provider;

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_that_waits_reads_what_it_can_do_meanwhile() {
    let app = TestApp::start().await;
    for (kind, step) in [(PROVIDER, "/services/new"), (OrganisationKind::Insurer, "/cart")] {
        let page = app.unverified(kind).await.get("/dashboard").await.text();
        assert!(
            page.contains("Verification is pending") && page.contains(&format!("<a href=\"{step}\">")),
            "{page}"
        );
        assert!(!page.contains("grid-stats"), "no row of zeros: {page}");
    }
    let page = app.organisation(PROVIDER).await.get("/dashboard").await.text();
    assert!(page.contains("No trade yet") && !page.contains("Verification is pending"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_of_a_provider_begins_at_redeeming() {
    let app = TestApp::start().await;
    let owner = app.organisation(PROVIDER).await;
    for (level, start) in [("staff", "/redeem"), ("manager", "/dashboard")] {
        let email = format!("{level}@clinic.example");
        let form = InvitationCreate { email: email.clone(), level: level.into() };
        let link = identity::invitation_create(&owner.ctx, form).await.unwrap();
        let token = link.url.rsplit('/').next().unwrap().into();
        let form = InvitationAccept { token, name: "Bo Lind".into(), password: PASSWORD.into() };
        identity::invitation_accept(&app.anonymous(), form).await.unwrap();
        let body = format!("email={email}&password={}&next=", PASSWORD.replace(' ', "+"));
        let signed_in = app.send(plain_form("/rpc/sign_in", "/sign-in", &body)).await;
        assert_eq!(signed_in.headers()[header::LOCATION], start, "{level}");
        let back = app.send(plain_form("/rpc/sign_in", "/sign-in", &(body + "%2Faccount"))).await;
        assert_eq!(back.headers()[header::LOCATION], "/account", "what was asked for comes first");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_redeem_is_told_why_and_not_led_there() {
    let app = TestApp::start().await;
    let owner = app.organisation(PROVIDER).await;
    let auditor = app.join(owner.org_id, PROVIDER, OrganisationStatus::Verified, Level::Auditor).await;
    let waiting = app.unverified(PROVIDER).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    for (member, why) in [
        (&auditor, "Your role cannot redeem certificates"),
        (&waiting, "Your organisation cannot redeem certificates yet"),
        (&insurer, "Only providers redeem certificates"),
    ] {
        let page = member.get("/redeem").await.text();
        assert!(page.contains(why) && !page.contains("name=\"code\""), "{page}");
        assert!(!page.contains("href=\"/redeem\""), "{page}");
    }
    let page = owner.get("/redeem").await.text();
    assert!(page.contains("name=\"code\"") && page.contains("href=\"/redeem\""), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_place_of_a_redemption_is_remembered_by_the_browser() {
    let app = TestApp::start().await;
    let trade = trade(&app, 2).await;
    let code = trade.view(0).await.code;
    let body = format!("code={code}&place=Desk+9+%26+10");
    let done = app.send(plain_form_of(&trade.seller, "/rpc/certificate_redeem", "/redeem", &body)).await;
    let cookies = done.headers().get_all(header::SET_COOKIE);
    let place = cookies
        .iter()
        .map(|cookie| cookie.to_str().unwrap())
        .find(|cookie| cookie.starts_with("__Host-place="));
    let place = place.unwrap().split(';').next().unwrap().to_owned();
    let next = trade.view(1).await.id;
    let page = Request::get(format!("/redeem?certificate={next}"))
        .header(header::COOKIE, format!("{}; {place}", trade.seller.cookie()))
        .body(Body::empty());
    let page = app.send(page.unwrap()).await.text();
    assert!(page.contains("value=\"Desk 9 &amp; 10\""), "{page}");
    assert!(certificates::certificate_redeem(&trade.seller.ctx, redeem_of(&code)).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_leads_its_provider_to_redeeming() {
    let app = TestApp::start().await;
    let trade = trade(&app, 1).await;
    let certificate = trade.view(0).await;
    let path = format!("/certificates/{}", certificate.id);
    let link = format!("href=\"/redeem?certificate={}\"", certificate.id);
    assert!(trade.seller.get(&path).await.text().contains(&link));
    assert!(!trade.buyer.get(&path).await.text().contains(&link));
    certificates::certificate_redeem(&trade.seller.ctx, redeem_of(&certificate.code)).await.unwrap();
    assert!(!trade.seller.get(&path).await.text().contains(&link), "once is enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_service_begins_where_its_provider_is() {
    let app = TestApp::start().await;
    let page = app.organisation(PROVIDER).await.get("/services/new").await.text();
    assert!(page.contains("value=\"Dublin\""), "{page}");
    assert!(page.contains("value=\"IE\" selected"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_operator_has_to_say_is_linked_where_it_counts() {
    let app = TestApp::start().await;
    for (path, title) in [
        ("/terms", "Terms of use"),
        ("/privacy", "Privacy notice"),
        ("/imprint", "Imprint"),
        ("/contact", "Contact"),
    ] {
        let page = app.get(path).await;
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        let text = page.text();
        assert!(
            text.contains(&format!("<h1>{title}</h1>")) && text.contains("has not provided this text yet"),
            "{text}"
        );
        let footer = app.get("/").await.text();
        assert!(footer.contains(&format!("href=\"{path}\"")), "{path} in the footer");
    }
    let sign_up = app.get("/sign-up").await.text();
    assert!(sign_up.contains("accept the <a href=\"/terms\""), "{sign_up}");
    let clinic = app.organisation(PROVIDER).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let service = app.service(&clinic, &Goods::at(2_500, Currency::Eur)).await;
    add(&insurer, service, 1).await;
    let checkout = insurer.get("/checkout?currency=EUR").await.text().replace("<!>", "");
    assert!(checkout.contains("By buying you accept the <a href=\"/terms\""), "{checkout}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_demo_say_that_nothing_in_them_is_real() {
    for is_demo in [false, true] {
        let app = TestApp::start().await;
        let app = if is_demo { app.with_demo_mark() } else { app };
        let insurer = app.organisation(OrganisationKind::Insurer).await;
        let public = [app.get("/").await, app.get("/market").await, app.get("/terms").await];
        let own = [insurer.get("/market").await, insurer.get("/dashboard").await];
        for page in public.iter().chain(&own) {
            assert_eq!(page.status(), StatusCode::OK);
            let page = page.text();
            assert_eq!(page.contains("people and amounts are fictitious"), is_demo, "{page}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_browser_is_signed_out_and_the_others_stay() {
    let app = TestApp::start().await;
    let member = app.organisation(OrganisationKind::Insurer).await;
    let sign_up = crate::identity::sign_up_form("ada@north.example", "IE-1");
    let first = identity::sign_up(&app.anonymous(), sign_up).await.unwrap();
    let form = crate::identity::sign_in_form("ada@north.example", PASSWORD);
    let second = identity::sign_in(&app.anonymous(), form).await.unwrap();
    let first = caller(&app, &first.token).await.unwrap();
    let other = caller(&app, &second.token).await.unwrap().caller().session.unwrap();
    let foreign = identity::session_end(&member.ctx, other).await.unwrap_err();
    assert_eq!(foreign.code, contracts::error::ErrorCode::NotFound);
    identity::session_end(&first, other).await.unwrap();
    assert!(caller(&app, &second.token).await.is_err());
    let sessions = identity::account_get(&first).await.unwrap().sessions;
    assert_eq!((sessions.len(), sessions[0].browser.as_str()), (1, "Unknown browser"));
    assert!(identity::session_end(&first, other).await.is_err(), "it is over");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_finds_redeeming_first_wherever_it_begins() {
    let app = TestApp::start().await;
    let owner = app.organisation(PROVIDER).await;
    let desk = app.join(owner.org_id, PROVIDER, OrganisationStatus::Verified, Level::Staff).await;
    for path in ["/", "/sign-in"] {
        let page = desk.get(path).await.text();
        let main = page.split_once("<main").unwrap().1;
        assert!(main.contains("href=\"/redeem\"") && main.contains("Redeem certificates"), "{path}: {main}");
        assert!(!main.contains("Go to your dashboard"), "{path}: {main}");
        assert!(owner.get(path).await.text().contains("Go to your dashboard"), "{path}");
    }
    let page = desk.get("/redeem").await.text();
    let rail = page.split_once("class=\"rail\"").unwrap().1;
    let first = rail.split_once("href=\"").unwrap().1.split('"').next().unwrap();
    assert_eq!(first, "/redeem");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_agrees_reads_to_what_and_who_is_signed_in_finds_the_legal_pages() {
    let app = TestApp::start().await;
    let owner = app.organisation(PROVIDER).await;
    let form = InvitationCreate { email: "bo@clinic.example".into(), level: "staff".into() };
    let link = identity::invitation_create(&owner.ctx, form).await.unwrap();
    let invitation = &link.url[link.url.find("/invitations/").unwrap()..];
    let (insurer, clinic) = (app.organisation(OrganisationKind::Insurer).await, &owner);
    let service = app.service(clinic, &Goods::at(20_000, Currency::Eur)).await;
    add(&insurer, service, 1).await;
    let visitor = async |path: &str| {
        let request = Request::get(path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap();
        app.send(request).await.text()
    };
    let pages = [
        (visitor("/sign-up").await, "By signing up you accept the"),
        (visitor(invitation).await, "By accepting you accept the"),
        (insurer.get("/checkout").await.text(), "By buying you accept the"),
    ];
    for (page, sentence) in pages {
        let page = page.replace("<!>", "");
        let note = page.split_once(sentence).unwrap_or_else(|| panic!("{sentence}: {page}")).1;
        let note = note.split_once("</p>").unwrap().0;
        assert!(note.contains("href=\"/terms\"") && note.contains("href=\"/privacy\""), "{sentence}: {note}");
    }
    let menu = insurer.get("/account").await.text();
    let menu = menu.split_once("id=\"person-menu\"").unwrap().1;
    for legal in ["/terms", "/privacy", "/imprint", "/contact"] {
        assert!(menu.contains(&format!("href=\"{legal}\"")), "{legal}: {menu}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_account_is_told_how_many_minutes_it_has_to_wait() {
    let app = TestApp::start().await;
    app.organisation(OrganisationKind::Insurer).await;
    let wrong = "email=nobody%40example.org&password=wrong+wrong+wrong+wrong&next=";
    let mut page = String::new();
    for _ in 0..30 {
        let refused = app.send(plain_form("/rpc/sign_in", "/sign-in", wrong)).await;
        let back = refused.headers()[header::LOCATION].to_str().unwrap().to_owned();
        let kept =
            refused.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let request = Request::get(back).header(header::ACCEPT, "text/html").header(header::COOKIE, kept);
        let request = request.body(Body::empty()).unwrap();
        page = app.send(request).await.text();
        if page.contains("Too many failed attempts") {
            break;
        }
    }
    let told =
        page.split_once("Too many failed attempts. Try again in ").unwrap_or_else(|| panic!("{page}")).1;
    let (minutes, rest) = told.split_once(' ').unwrap();
    assert!(minutes.parse::<u32>().is_ok_and(|minutes| minutes > 0) && rest.starts_with("minute"), "{told}");
}

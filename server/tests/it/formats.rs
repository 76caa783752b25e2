//! Numbers and times as the reader writes them: by the browser's language, in the organisation's time zone.

use axum::body::Body;
use chrono::TimeDelta;
use contracts::{
    identity::OrganisationKind,
    money::{Currency, Money},
    permission::Level,
    states::OrganisationStatus,
};
use http::{Request, StatusCode, header};
use services::identity;
use testkit::{Goods, Member, TestApp};

use crate::trade::{add, buy};

/// The page as a browser of this language gets it.
async fn page(app: &TestApp, who: &Member<'_>, path: &str, language: &str) -> String {
    let request = Request::get(path)
        .header(header::COOKIE, who.cookie())
        .header(header::ACCEPT_LANGUAGE, language)
        .body(Body::empty())
        .unwrap();
    let answer = app.send(request).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text()
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_and_counts_follow_the_language_of_the_browser() {
    let app = TestApp::start().await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let goods = Goods::at(123_456_750, Currency::Eur).step(1_500, 99_900).only(12_480);
    let service = app.service(&clinic, &goods).await;
    let path = format!("/market/{service}");
    for (language, amount, units) in [
        ("en-GB,en;q=0.9", "EUR\u{a0}1,234,567.50", "1,500 or more"),
        ("de-DE,de;q=0.9,en;q=0.8", "EUR\u{a0}1.234.567,50", "1.500 or more"),
        ("fr", "EUR\u{a0}1\u{202f}234\u{202f}567,50", "1\u{202f}500 or more"),
        ("de-CH", "EUR\u{a0}1’234’567.50", "1’500 or more"),
    ] {
        let page = page(&app, &insurer, &path, language).await;
        assert!(page.contains(amount) && page.contains(units), "{language}: {page}");
    }
    // documents and the API know no reader
    let file = clinic.get("/api/services/export").await.text();
    assert!(file.contains(&format!("EUR {}", Money::new(123_456_750, Currency::Eur).to_plain())), "{file}");
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_in_the_zone_of_the_country_until_the_organisation_chooses_another() {
    let app = TestApp::start().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let account = async |language: &str| page(&app, &clinic, "/account", language).await;
    assert!(account("en-GB").await.contains("2 March 2026, 09:00 GMT"), "an Irish clinic in winter");
    identity::organisation_time_zone_set(&clinic.ctx, "Asia/Tokyo").await.unwrap();
    let tokyo = account("en-GB").await;
    assert!(tokyo.contains("2 March 2026, 18:00 JST") && tokyo.contains("title=\"Asia/Tokyo\""), "{tokyo}");
    assert!(tokyo.contains("datetime=\"2026-03-02T09:00Z\""), "{tokyo}");
    assert!(account("en-US").await.contains("March 2, 2026, 18:00 JST"));
    let shown = clinic.get("/organisation").await.text();
    assert!(shown.contains("Same as the country: Europe/Dublin"), "{shown}");
    identity::organisation_time_zone_set(&clinic.ctx, "").await.unwrap();
    assert!(account("en-GB").await.contains("2 March 2026, 09:00 GMT"));
    let wrong = identity::organisation_time_zone_set(&clinic.ctx, "Mars/Base").await.unwrap_err();
    assert!(wrong.fields.get("time_zone").is_some());
    let (kind, status) = (OrganisationKind::Provider, OrganisationStatus::Verified);
    let nurse = app.join(clinic.org_id, kind, status, Level::Staff).await;
    assert!(identity::organisation_time_zone_set(&nurse.ctx, "Asia/Tokyo").await.is_err());
    app.assert_laws().await;
}

/// The rows of a list's file, without its head.
async fn rows_of_file(who: &Member<'_>, path: &str) -> usize {
    let file = who.get(path).await;
    assert_eq!(file.status(), StatusCode::OK, "{path}: {}", file.text());
    file.text().lines().count() - 1
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_lists_are_filtered_by_are_those_that_their_rows_show() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    // 2 March, 23:30 UTC: 3 March, 08:30 in Tokyo
    app.clock.advance(TimeDelta::minutes(14 * 60 + 30));
    let (admin, clinic) = (app.admin().await, app.organisation(OrganisationKind::Provider).await);
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    app.plant("UPDATE organisations SET time_zone = 'Asia/Tokyo';").await;
    let service = app.service(&clinic, &Goods::at(20_000, Currency::Eur)).await;
    add(&insurer, service, 1).await;
    let number = buy(&insurer, "late-in-the-evening").await.purchases.remove(0).number;
    let there = insurer.get("/purchases?from=2026-03-03&to=2026-03-03").await.text();
    assert!(there.contains(&number) && there.contains("3 March 2026, 08:30 JST"), "{there}");
    let before = insurer.get("/purchases?from=2026-03-02&to=2026-03-02").await.text();
    assert!(before.contains("No purchases found"), "{before}");
    let orders = |day: &str| format!("/orders?from={day}&to={day}");
    assert!(clinic.get(&orders("2026-03-03")).await.text().contains("1 order<"));
    assert!(clinic.get(&orders("2026-03-02")).await.text().contains("No orders found"));
    for path in ["/console/audit", "/purchases"] {
        let rows = async |day: &str| {
            let page = admin.get(&format!("{path}?from={day}&to={day}")).await.text();
            page.matches("<th scope=\"row\">").count()
        };
        assert_eq!((rows("2026-03-03").await > 0, rows("2026-03-02").await), (true, 0), "{path}");
    }
    // the file that a page offers holds the page's rows; the API's own days are UTC
    assert!(
        there.contains("/api/purchases/export?from=2026-03-03&amp;to=2026-03-03&amp;time_zone=Asia%2FTokyo")
    );
    let file = async |search: &str| rows_of_file(&insurer, &format!("/api/purchases/export?{search}")).await;
    assert_eq!(file("from=2026-03-03&to=2026-03-03&time_zone=Asia/Tokyo").await, 1);
    assert_eq!(file("from=2026-03-02&to=2026-03-02&time_zone=Asia/Tokyo").await, 0);
    assert_eq!(file("from=2026-03-02&to=2026-03-02").await, 1);
    let refused = insurer.get("/api/purchases/export?from=2026-03-02&time_zone=Mars/Base").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    assert!(refused.text().contains("time_zone"), "{}", refused.text());
    app.assert_laws().await;
}

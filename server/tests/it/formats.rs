//! Numbers and times as the reader writes them: by the browser's language, in the organisation's time zone.

use axum::body::Body;
use contracts::{
    identity::OrganisationKind,
    money::{Currency, Money},
    permission::Level,
    states::OrganisationStatus,
};
use http::{Request, StatusCode, header};
use services::identity;
use testkit::{Goods, Member, TestApp};

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

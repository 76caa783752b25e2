//! Services from draft to market: versions, search, fences, and ICD-11 imports.

use std::collections::HashSet;

use contracts::{
    catalog::{
        ListedPrice, MarketPage, MarketQuery, MarketSort, ServiceInput, ServiceListQuery, ServiceSort,
        ServiceView, StepInput, VersionPart,
    },
    compliance::OrganisationDecision,
    error::ErrorCode,
    identity::OrganisationKind,
    ids::ServiceId,
    money::{Currency, Money},
    states::ServiceStatus,
};
use diesel_async::SimpleAsyncConnection;
use http::StatusCode;
use services::{OpCtx, catalog, compliance};
use testkit::{Member, TestApp};

pub(crate) fn input(title: &str) -> ServiceInput {
    ServiceInput {
        title: title.into(),
        description: "## Included\n\n- Preparation and **report**\n- One visit".into(),
        category: "imaging".into(),
        modality: "on_site".into(),
        country: "DE".into(),
        city: "Berlin".into(),
        duration_minutes: "45".into(),
        validity_days: "365".into(),
        capacity: String::new(),
        currency: "EUR".into(),
        base_price: "120.00".into(),
        steps: vec![StepInput { min_quantity: "10".into(), unit_price: "99.50".into() }],
        codes: vec!["BA00".into()],
    }
}

pub(crate) async fn publish(provider: &Member<'_>, input: ServiceInput) -> ServiceId {
    let service = catalog::service_create(&provider.ctx, input).await.unwrap();
    catalog::service_publish(&provider.ctx, service.preview.service_id).await.unwrap();
    service.preview.service_id
}

async fn search(ctx: &OpCtx, query: &str) -> MarketPage {
    catalog::market_search(ctx, MarketQuery::parse(query).unwrap()).await.unwrap()
}

fn titles(page: &MarketPage) -> Vec<&str> {
    page.items.iter().map(|item| item.title.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_service_is_found_by_words_prefix_code_and_misspelt() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let anybody = app.anonymous();
    assert_eq!(search(&anybody, "").await.items, []);
    publish(&provider, input("Mammography of both breasts")).await;
    publish(
        &provider,
        ServiceInput { codes: vec!["5A11".into()], ..input("Diabetes review by an endocrinologist") },
    )
    .await;
    publish(&provider, ServiceInput { codes: vec!["ME84.2".into()], ..input("Back school") }).await;
    for query in ["q=ME84.2", "q=ME84+2", "q=me84-2", "q=ME84+2+back"] {
        assert_eq!(titles(&search(&anybody, query).await), ["Back school"], "{query}");
    }
    for query in
        ["q=mammography", "q=mammo", "q=breast", "q=both+breasts+of+the+mammogr", "q=BA00", "q=hypertension"]
    {
        assert_eq!(titles(&search(&anybody, query).await), ["Mammography of both breasts"], "{query}");
    }
    let misspelt = search(&anybody, "q=mamograpy").await;
    assert_eq!(titles(&misspelt), ["Mammography of both breasts"]);
    assert_eq!(misspelt.did_you_mean.unwrap().q, "mammography");
    let exact = search(&anybody, "q=mamograpy&exact=1").await;
    assert_eq!((titles(&exact).len(), exact.did_you_mean), (0, None));
    assert_eq!(search(&anybody, "q=Berlin").await.total.count, 3);
    for hostile in ["q=%27%29%3A%2A%7C%26%3C-%3E", "q=%25%5F%5C", "q=a%00b", "q=%F0%9F%92%89"] {
        search(&anybody, hostile).await;
    }
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_shows_the_price_that_buyers_see_and_marks_that_of_a_draft() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let priced = |title: &str, price: &str| ServiceInput {
        base_price: price.into(),
        steps: Vec::new(),
        ..input(title)
    };
    let changing = publish(&provider, priced("Changing", "120")).await;
    catalog::service_edit(&provider.ctx, changing, priced("Changing", "150")).await.unwrap();
    let reworded = publish(&provider, priced("Same price", "130")).await;
    catalog::service_edit(&provider.ctx, reworded, priced("Same price, reworded", "130")).await.unwrap();
    catalog::service_create(&provider.ctx, priced("Never published", "110")).await.unwrap();
    let query = ServiceListQuery { sort: ServiceSort::Cheapest, ..ServiceListQuery::default() };
    let list = catalog::service_list(&provider.ctx, query).await.unwrap().items;
    let euro = |whole: i64| Money::new(whole * 100, Currency::Eur);
    let prices: Vec<ListedPrice> = list.iter().map(|row| row.price).collect();
    assert_eq!(
        prices,
        [
            ListedPrice::Draft(euro(110)),
            ListedPrice::Changing { published: euro(120), draft: euro(150) },
            ListedPrice::Published(euro(130)),
        ]
    );
    let page = provider.get("/services?sort=cheapest").await.text();
    assert_eq!(page.matches("Draft: ").count(), 2, "{page}");
    for price in ["120.00", "150.00", "110.00"] {
        assert!(page.contains(price), "{price}: {page}");
    }
    let own = provider.get(&format!("/services/{changing}")).await.text();
    assert!(own.contains("Price in this draft") && own.contains("Buyers see"), "{own}");
    let changes = |service: &contracts::catalog::ServiceEditView| {
        service.versions.iter().map(|version| version.changes.clone()).collect::<Vec<_>>()
    };
    let service = catalog::service_get(&provider.ctx, changing).await.unwrap();
    assert_eq!(changes(&service), [Some(vec![VersionPart::Price]), None]);
    let moved = ServiceInput { codes: vec!["5A11".into()], city: "Bonn".into(), ..priced("Moved", "150") };
    catalog::service_edit(&provider.ctx, changing, moved).await.unwrap();
    let service = catalog::service_get(&provider.ctx, changing).await.unwrap();
    assert_eq!(changes(&service)[0], Some(vec![VersionPart::Title, VersionPart::Place, VersionPart::Codes]));
    assert!(own.contains("First version"), "{own}");
    let (acts, history) = (own.find("Publish changes").unwrap(), own.find("Versions, newest first").unwrap());
    assert!(acts < history, "what can be done stands above the history");
    app.assert_laws().await;
}

#[expect(clippy::too_many_lines, reason = "one scenario, told in order")]
#[tokio::test(flavor = "multi_thread")]
async fn filters_count_and_narrow() {
    let app = TestApp::start().await;
    let (one, two) = (
        app.organisation(OrganisationKind::Provider).await,
        app.organisation(OrganisationKind::Provider).await,
    );
    publish(&one, input("First scan")).await;
    publish(
        &one,
        ServiceInput { category: "laboratory".into(), city: "Bonn".into(), ..input("Blood count") },
    )
    .await;
    let dollars = ServiceInput {
        currency: "USD".into(),
        base_price: "80".into(),
        steps: vec![],
        ..input("Second scan")
    };
    publish(
        &two,
        ServiceInput { country: "US".into(), city: "Boston".into(), codes: vec!["5A11".into()], ..dollars },
    )
    .await;
    let anybody = app.anonymous();
    let everything = search(&anybody, "").await;
    assert_eq!(everything.total.count, 3);
    let count = |name: &str, value: &str| {
        let facet = everything.facets.iter().find(|facet| facet.name.as_str() == name);
        facet
            .and_then(|facet| facet.values.iter().find(|known| known.value == value))
            .map_or(0, |known| known.count)
    };
    assert_eq!((count("category", "imaging"), count("category", "laboratory")), (2, 1));
    assert_eq!((count("country", "DE"), count("currency", "USD"), count("city", "Bonn")), (2, 1, 1));
    assert_eq!((count("chapter", "11"), count("chapter", "05")), (2, 1));
    assert_eq!(count("provider", &one.org_id.to_string()), 2);
    for (query, found) in [
        ("category=imaging", 2),
        ("category=imaging&country=US", 1),
        ("city=berlin", 1),
        ("chapter=05", 1),
        ("code=BA00", 2),
        ("currency=EUR&price_max=119.99", 0),
        ("currency=EUR&price_min=120&price_max=120", 2),
        ("currency=USD&price_max=80", 1),
        ("modality=remote", 0),
        (&format!("provider={}", two.org_id), 1),
        ("q=scan&category=laboratory", 0),
        ("q=scan&category=imaging", 2),
    ] {
        assert_eq!(search(&anybody, query).await.total.count, found, "{query}");
    }
    // what is said of the order is the order
    for (query, order) in [
        ("", MarketSort::Newest),
        ("q=scan", MarketSort::Relevance),
        ("q=scan&sort=price", MarketSort::PriceAscending),
    ] {
        assert_eq!(search(&anybody, query).await.sort, order, "{query}");
    }
    // the other values of a chosen filter can still be chosen
    let imaging = search(&anybody, "category=imaging").await;
    let categories = imaging.facets.iter().find(|facet| facet.name.as_str() == "category").unwrap();
    assert_eq!(categories.values.len(), 2);
    let block = &search(&anybody, "chapter=11").await.facets;
    let blocks = block.iter().find(|facet| facet.name.as_str() == "block").unwrap();
    assert_eq!(
        search(&anybody, &format!("chapter=11&block={}", blocks.values[0].value)).await.total.count,
        2
    );
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_have_no_gaps_and_no_duplicates_under_equal_keys() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let mut all = HashSet::new();
    for _ in 0..53 {
        // one clock, one title, one price: nothing but the id tells them apart
        all.insert(publish(&provider, input("Equal scan")).await);
    }
    let anybody = app.anonymous();
    for start in
        ["", "sort=newest", "sort=price", "sort=-price", "sort=title", "q=equal", "q=equal&sort=price"]
    {
        let mut query = MarketQuery::parse(start).unwrap();
        let (mut seen, mut pages) = (Vec::new(), 0);
        loop {
            let page = catalog::market_search(&anybody, query.clone()).await.unwrap();
            seen.extend(page.items.iter().map(|item| item.service_id));
            pages += 1;
            let Some(next) = page.next else { break };
            query.after = Some(next);
        }
        assert_eq!(pages, 3, "{start}");
        assert_eq!(seen.len(), 53, "{start}");
        // and back over the same pages
        let mut back = Vec::new();
        loop {
            let page = catalog::market_search(&anybody, query.clone()).await.unwrap();
            back.splice(0..0, page.items.iter().map(|item| item.service_id));
            let Some(previous) = page.previous else { break };
            query.after = Some(previous).filter(|cursor| !cursor.is_empty());
        }
        assert_eq!(back, seen, "{start}");
        assert_eq!(seen.into_iter().collect::<HashSet<_>>(), all, "{start}");
    }
    let foreign =
        catalog::market_search(&anybody, MarketQuery::parse("sort=title&after=n.1.x").unwrap()).await;
    assert_eq!(foreign.unwrap_err().code, ErrorCode::InvalidInput);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_another_process_reach_the_market() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let (moved, gone) =
        (publish(&provider, input("Foot scan")).await, publish(&provider, input("Hand scan")).await);
    let anybody = app.anonymous();
    assert_eq!(search(&anybody, "city=Berlin").await.total.count, 2);
    // the database alone knows: no service of this process has a hand in it
    let change = format!(
        "UPDATE market_listings SET city = 'Potsdam' WHERE service_id = '{moved}'; DELETE FROM market_listings WHERE service_id = '{gone}'"
    );
    app.database.owner().await.batch_execute(&change).await.unwrap();
    catalog::market_invalidate(&anybody);
    let market = search(&anybody, "").await;
    assert_eq!((titles(&market), market.total.count), (vec!["Foot scan"], 1));
    assert_eq!(search(&anybody, "city=potsdam").await.total.count, 1);
    assert_eq!(search(&anybody, "city=Berlin").await.items, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn buyers_see_the_version_they_bought() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let anybody = app.anonymous();
    let id = publish(&provider, input("Knee scan")).await;
    let bought = catalog::market_service_get(&anybody, id).await.unwrap();
    catalog::service_edit(
        &provider.ctx,
        id,
        ServiceInput { base_price: "150".into(), ..input("Knee scan, both sides") },
    )
    .await
    .unwrap();
    let still = catalog::market_service_get(&anybody, id).await.unwrap();
    assert_eq!((still.title.as_str(), still.version_no, still.is_on_sale), ("Knee scan", 1, true));
    assert_eq!(titles(&search(&anybody, "").await), ["Knee scan"]);
    catalog::service_publish(&provider.ctx, id).await.unwrap();
    let now = catalog::market_service_get(&anybody, id).await.unwrap();
    assert_eq!((now.title.as_str(), now.version_no), ("Knee scan, both sides", 2));
    let then = catalog::service_version_get(&anybody, id, bought.version_id).await.unwrap();
    let other = publish(&provider, input("Back school")).await;
    let refused = catalog::service_version_get(&anybody, other, bought.version_id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotFound, "a version belongs to its service");
    assert_eq!((then.title, then.pricing, then.is_on_sale), (bought.title, bought.pricing, false));
    assert_eq!(search(&anybody, "q=sides").await.total.count, 1);
    let owner = catalog::service_get(&provider.ctx, id).await.unwrap();
    assert_eq!(owner.versions.len(), 2);
    assert_eq!(catalog::service_publish(&provider.ctx, id).await.unwrap_err().code, ErrorCode::WrongState);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn saving_what_is_stored_makes_no_version_and_leaves_no_record() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let id = publish(&provider, input("Knee scan")).await;
    let before = app.snapshot().await;
    let crlf = input("Knee scan").description.replace('\n', "\r\n");
    for same in [input("Knee scan"), ServiceInput { description: crlf, ..input(" Knee scan ") }] {
        let saved = catalog::service_edit(&provider.ctx, id, same).await.unwrap();
        assert_eq!((saved.versions.len(), saved.has_unpublished_changes), (1, false));
    }
    assert_eq!(app.snapshot().await, before);
    let wider = ServiceInput { capacity: "40".into(), ..input("Knee scan") };
    let saved = catalog::service_edit(&provider.ctx, id, wider).await.unwrap();
    assert_eq!(
        (saved.versions.len(), saved.preview.available),
        (1, Some(40)),
        "the capacity is of no version"
    );
    let steps = vec![StepInput { min_quantity: "20".into(), unit_price: "99.50".into() }];
    let saved = catalog::service_edit(&provider.ctx, id, ServiceInput { steps, ..input("Knee scan") }).await;
    assert_eq!(saved.unwrap().versions.len(), 2);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_moves_only_along_its_states() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let anybody = app.anonymous();
    let draft = catalog::service_create(&provider.ctx, input("Draft scan")).await.unwrap().preview.service_id;
    for refused in [
        catalog::service_pause(&provider.ctx, draft).await,
        catalog::service_resume(&provider.ctx, draft).await,
    ] {
        assert_eq!(refused.unwrap_err().code, ErrorCode::WrongState);
    }
    let id = publish(&provider, input("Moving scan")).await;
    assert_eq!(catalog::service_pause(&provider.ctx, id).await.unwrap(), ServiceStatus::Paused);
    assert_eq!(search(&anybody, "").await.total.count, 0);
    assert_eq!(catalog::market_service_get(&anybody, id).await.unwrap().status, ServiceStatus::Paused);
    catalog::service_resume(&provider.ctx, id).await.unwrap();
    assert_eq!(search(&anybody, "q=movin").await.total.count, 1);
    catalog::service_retire(&provider.ctx, id).await.unwrap();
    assert_eq!(search(&anybody, "").await.total.count, 0);
    for refused in
        [catalog::service_publish(&provider.ctx, id).await, catalog::service_resume(&provider.ctx, id).await]
    {
        assert_eq!(refused.unwrap_err().code, ErrorCode::WrongState);
    }
    let edited = catalog::service_edit(&provider.ctx, id, input("Too late")).await;
    assert_eq!(edited.unwrap_err().code, ErrorCode::WrongState);
    let list = catalog::service_list(&provider.ctx, ServiceListQuery::default()).await.unwrap();
    assert_eq!(list.items.len(), 2);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unverified_organisation_prepares_but_does_not_publish() {
    let app = TestApp::start().await;
    let provider = app.unverified(OrganisationKind::Provider).await;
    let id = catalog::service_create(&provider.ctx, input("Early scan")).await.unwrap().preview.service_id;
    let refused = catalog::service_publish(&provider.ctx, id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::OrganisationUnverified);
    assert_eq!(catalog::service_get(&provider.ctx, id).await.unwrap().status, ServiceStatus::Draft);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organisations_draft_is_not_found() {
    let app = TestApp::start().await;
    let (owner, other) = (
        app.organisation(OrganisationKind::Provider).await,
        app.organisation(OrganisationKind::Provider).await,
    );
    let draft = catalog::service_create(&owner.ctx, input("Secret scan")).await.unwrap().preview.service_id;
    let on_sale = publish(&owner, input("Open scan")).await;
    for id in [draft, on_sale] {
        assert_eq!(catalog::service_get(&other.ctx, id).await.unwrap_err().code, ErrorCode::NotFound);
        let edited = catalog::service_edit(&other.ctx, id, input("Mine now")).await;
        assert_eq!(edited.unwrap_err().code, ErrorCode::NotFound);
        for refused in [
            catalog::service_publish(&other.ctx, id).await,
            catalog::service_pause(&other.ctx, id).await,
            catalog::service_retire(&other.ctx, id).await,
        ] {
            assert_eq!(refused.unwrap_err().code, ErrorCode::NotFound);
        }
    }
    assert_eq!(app.get(&format!("/api/services/{draft}")).await.status(), StatusCode::NOT_FOUND);
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let created = catalog::service_create(&insurer.ctx, input("Not a seller")).await;
    assert_eq!(created.unwrap_err().code, ErrorCode::NotAllowed);
    let nobody = catalog::service_create(&app.anonymous(), input("Nobody")).await;
    assert_eq!(nobody.unwrap_err().code, ErrorCode::NotSignedIn);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_form_names_the_field_and_writes_nothing() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let unknown = ServiceInput { codes: vec!["BA00".into(), "ZZ99".into()], ..input("Scan") };
    let refused = catalog::service_create(&provider.ctx, unknown).await.unwrap_err();
    assert!(refused.fields.get("codes").unwrap().contains("ZZ99"));
    let list = catalog::service_list(&provider.ctx, ServiceListQuery::default()).await.unwrap();
    assert_eq!(list.items, []);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_providers_list_is_counted_and_sorted_across_pages() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    for number in 0..52 {
        let price = if number == 7 { "100.00" } else { "120.00" };
        let service = ServiceInput { base_price: price.into(), ..input(&format!("Scan {number:02}")) };
        catalog::service_create(&provider.ctx, service).await.unwrap();
    }
    let list = async |sort: ServiceSort, after: Option<String>| {
        let query = ServiceListQuery { sort, after, ..ServiceListQuery::default() };
        catalog::service_list(&provider.ctx, query).await.unwrap()
    };
    let first = list(ServiceSort::Title, None).await;
    let second = list(ServiceSort::Title, first.next.clone()).await;
    assert_eq!((first.items.len(), first.total, second.total), (50, 52, 52));
    let in_order: Vec<&str> =
        first.items.iter().chain(&second.items).map(|service| service.title.as_str()).collect();
    assert!(in_order.is_sorted() && second.next.is_none(), "{in_order:?}");
    assert_eq!(in_order.len(), 52);
    let foremost = async |sort| list(sort, None).await.items.remove(0).title;
    assert_eq!(foremost(ServiceSort::TitleBack).await, "Scan 51");
    assert_eq!(foremost(ServiceSort::Cheapest).await, "Scan 07");
    let found = ServiceListQuery { q: "scan 0".into(), ..ServiceListQuery::default() };
    assert_eq!(catalog::service_list(&provider.ctx, found).await.unwrap().total, 10);
    let lost = ServiceListQuery { after: Some("x".into()), ..ServiceListQuery::default() };
    let refused = catalog::service_list(&provider.ctx, lost).await.unwrap_err();
    assert!(refused.fields.get("after").is_some());
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn descriptions_reach_buyers_inert() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let attack = "Hello <script>alert(1)</script> <img src=x onerror=alert(1)>\n\n[go](javascript:alert(1)) [safe](https://example.org)";
    let id = publish(&provider, ServiceInput { description: attack.into(), ..input("Plain scan") }).await;
    let view: ServiceView = app.get(&format!("/api/services/{id}")).await.json();
    assert!(view.description_html.contains("href=\"https://example.org\" rel=\"nofollow noopener\""));
    for page in [format!("/market/{id}"), "/market".to_owned()] {
        let text = app.get(&page).await.text();
        assert!(text.contains("Plain scan"), "{page}");
        for sign in ["<script>alert", "<img src=x", "href=\"javascript:"] {
            assert!(!text.contains(sign), "{sign} in {page}");
        }
    }
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_market_answers_over_rest_and_as_a_page() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    publish(&provider, input("Mammography")).await;
    let page: MarketPage = app.get("/api/marketplace/services?q=mamograpy").await.json();
    assert_eq!(page.total.count, 1);
    let wrong = app.get("/api/marketplace/services?category=magic&price_min=3").await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem: serde_json::Value = wrong.json();
    assert!(problem["fields"]["category"].is_string() && problem["fields"]["currency"].is_string());
    let html = app.get("/market?q=mamograpy").await.text();
    for words in ["Showing results for", "1 service", "Imaging", "EUR"] {
        assert!(html.contains(words), "{words}");
    }
    assert_eq!(app.get("/market?category=magic").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.get("/market/nothing").await.status(), StatusCode::NOT_FOUND);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_cannot_be_is_told_at_its_field_and_the_market_stays() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    publish(&provider, input("Mammography")).await;
    for (typed, field, reason) in [
        ("price_min=100", "currency", "Choose a currency for the price range."),
        ("currency=EUR&price_max=ten", "price_max", "ten"),
        (
            "currency=EUR&price_min=900&price_max=5",
            "price_max",
            "Maximum price must not be below the minimum price.",
        ),
    ] {
        let html = app.get(&format!("/market?q=mammography&{typed}")).await.text();
        assert!(html.contains("Mammography") && html.contains("1 service"), "{typed}");
        let (_, prices) = html.split_once("Price per unit").unwrap();
        let (prices, _) = prices.split_once("</form>").unwrap();
        assert!(
            prices.contains(&format!("id=\"f-{field}-error\"")) && html.contains(reason),
            "{typed}: {prices}"
        );
        for value in typed.split('&').filter_map(|pair| pair.split_once('=')) {
            assert!(prices.contains(&format!("value=\"{}\"", value.1)), "{typed}: {prices}");
        }
        assert!(html.contains(&format!("href=\"#f-{field}\"")) && html.contains("<title>Error: "), "{typed}");
    }
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_found_while_typing() {
    let app = TestApp::start().await;
    let anybody = app.anonymous();
    let first = |hits: Vec<contracts::catalog::Icd11Hit>| hits.first().map(|hit| hit.entity.code.clone());
    for (typed, code) in
        [("BA0", "BA00"), ("ba00", "BA00"), ("essential hyp", "BA00"), ("hipertension", "BA00")]
    {
        assert_eq!(
            first(catalog::icd11_search(&anybody, typed).await.unwrap()).as_deref(),
            Some(code),
            "{typed}"
        );
    }
    for typed in ["ME84.2", "ME84 2", "me84-2", "ME84 2."] {
        let hits = catalog::icd11_search(&anybody, typed).await.unwrap();
        assert_eq!(first(hits).as_deref(), Some("ME84.2"), "{typed}");
    }
    for typed in ["BA00,", "(BA00)", " ba00 "] {
        let hits = catalog::icd11_search(&anybody, typed).await.unwrap();
        assert_eq!(first(hits).as_deref(), Some("BA00"), "{typed}");
    }
    for nothing in ["", "b", "'; drop table users", "%%%%", "::**"] {
        catalog::icd11_search(&anybody, nothing).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_or_altered_file_is_refused_whole() {
    let app = TestApp::start().await;
    let owner = app.database.owner_url();
    let releases = async || catalog::icd11_release_list(&app.anonymous()).await.unwrap();
    let before = releases().await;
    assert_eq!(before.len(), 1);
    assert!(before[0].is_current && !before[0].complete);
    let cut = &icd11::STARTER[..icd11::STARTER.len() - 40];
    let refused = catalog::icd11::import(owner, cut, false).await.unwrap_err();
    assert!(refused.fields.get("file").unwrap().starts_with("line "), "{:?}", refused.fields);
    let altered = String::from_utf8(icd11::STARTER.to_vec()).unwrap().replacen("BA00\t", "CA00\t", 1);
    let refused = catalog::icd11::import(owner, altered.as_bytes(), false).await.unwrap_err();
    assert!(refused.fields.get("file").unwrap().starts_with("line "));
    let part = catalog::icd11::import(owner, icd11::STARTER, true).await.unwrap_err();
    assert_eq!(part.code, ErrorCode::InvalidInput);
    assert!(catalog::icd11::import(owner, icd11::STARTER, false).await.unwrap().was_there);
    assert_eq!(releases().await, before);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_provider_leaves_the_market_until_it_may_trade_again() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let admin = app.admin().await;
    let id = publish(&provider, input("Lumbar scan")).await;
    let draft = catalog::service_create(&provider.ctx, input("Lumbar scan, again")).await.unwrap();
    let anybody = app.anonymous();
    assert!(catalog::market_service_get(&anybody, id).await.unwrap().is_on_sale);
    let reason = OrganisationDecision { id: provider.org_id, reason: "Licence has been withdrawn.".into() };
    compliance::organisation_suspend(&admin.ctx, reason).await.unwrap();
    assert_eq!(titles(&search(&anybody, "q=lumbar").await), Vec::<&str>::new());
    assert!(!catalog::market_service_get(&anybody, id).await.unwrap().is_on_sale);
    // the request was let in before the decision
    let late = catalog::service_publish(&provider.ctx, draft.preview.service_id).await.err().unwrap();
    assert_eq!(late.code, ErrorCode::OrganisationSuspended);
    compliance::organisation_resume(&admin.ctx, provider.org_id).await.unwrap();
    assert_eq!(titles(&search(&anybody, "q=lumbar").await), ["Lumbar scan"]);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_is_text_wherever_a_page_shows_it() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    let hostile = "MRI</title><meta http-equiv=refresh content=\"0;url=https://evil.example/\">";
    let id = publish(&provider, input(hostile)).await;
    let page = app.get(&format!("/market/{id}")).await.text();
    assert!(page.contains("<title>MRI&lt;/title>&lt;meta"), "{page}");
    assert!(!page.contains("<meta http-equiv=refresh"), "{page}");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn extension_codes_alone_are_refused_and_what_has_them_already_is_shown_to_its_provider() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    // the starter set has no codes of chapter X: one of it under that chapter
    let extension = "UPDATE icd11_entities SET code = 'XM3UA2', chapter_no = 'X' WHERE code = 'BA01'";
    app.database.owner().await.batch_execute(extension).await.unwrap();
    let coded = |codes: &[&str]| ServiceInput {
        codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        ..input("Scan with a tracer")
    };
    let refused = catalog::service_create(&provider.ctx, coded(&["XM3UA2"])).await.unwrap_err();
    assert!(refused.fields.get("codes").unwrap().contains("stem code"), "{refused:?}");
    let service = publish(&provider, coded(&["BA00", "XM3UA2"])).await;
    let refused = catalog::service_edit(&provider.ctx, service, coded(&["XM3UA2"])).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::InvalidInput);
    // saved before there was a rule
    let old = "SET session_replication_role = replica; DELETE FROM service_codes WHERE code = 'BA00'";
    app.database.owner().await.batch_execute(old).await.unwrap();
    let page = provider.get("/services").await.text();
    assert!(page.contains("Stem code missing"), "{page}");
    let page = provider.get(&format!("/services/{service}")).await.text();
    assert!(page.contains("A stem code is missing"), "{page}");
    catalog::service_pause(&provider.ctx, service).await.unwrap();
    let refused = catalog::service_resume(&provider.ctx, service).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::StemCodeMissing);
    let form = format!("id={service}");
    assert_eq!(
        provider.post_form("/rpc/service_publish", &form).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    catalog::service_edit(&provider.ctx, service, coded(&["BA00", "XM3UA2"])).await.unwrap();
    catalog::service_publish(&provider.ctx, service).await.unwrap();
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_without_their_hyphen_short_misspelt_ones_and_towns_are_found_on_the_market() {
    let app = TestApp::start().await;
    let provider = app.organisation(OrganisationKind::Provider).await;
    publish(&provider, input("X-ray of the knee")).await;
    for q in ["xray", "x-ray", "kne xray", "kne x-ray", "xray Berlin"] {
        let found = search(&app.anonymous(), &format!("q={}", q.replace(' ', "+"))).await;
        assert_eq!(titles(&found), ["X-ray of the knee"], "{q}");
    }
    assert_eq!(search(&app.anonymous(), "q=xray+Lisbon").await.total.count, 0);
    app.assert_laws().await;
}

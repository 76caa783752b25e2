//! Lists, as pages show them: how many rows there are, how many stand on a page, which columns they have; all in the address.

use contracts::{
    catalog::{MarketQuery, MarketSort, ServiceInput, ServiceListQuery, ServiceSort},
    identity::OrganisationKind,
    page::PageSize,
};
use services::catalog;
use testkit::{Member, TestApp};

use crate::catalog::{input, publish};

async fn clinic_with_services(app: &TestApp, count: u32) -> Member<'_> {
    let clinic = app.organisation(OrganisationKind::Provider).await;
    for number in 0..count {
        let service: ServiceInput = input(&format!("Scan {number:02}"));
        catalog::service_create(&clinic.ctx, service).await.unwrap();
    }
    clinic
}

fn rows_of(page: &str) -> usize {
    page.matches("<th scope=\"row\">").count()
}

fn columns_of(page: &str) -> Vec<String> {
    let (head, _) = page.split_once("</thead>").unwrap();
    let (_, head) = head.rsplit_once("<thead>").unwrap();
    head.split("<th scope=\"col\"")
        .skip(1)
        .map(|cell| {
            let text = cell.split_once('>').unwrap().1;
            let text = if text.starts_with("<a") { text.split_once('>').unwrap().1 } else { text };
            text.split('<').next().unwrap().to_owned()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_size_of_a_page_is_in_its_address_and_stays_on_the_next_page() {
    let app = TestApp::start().await;
    let clinic = clinic_with_services(&app, 27).await;
    let whole = clinic.get("/services").await.text();
    assert_eq!(rows_of(&whole), 27);
    assert!(whole.contains("27 services"));
    let first = clinic.get("/services?size=25&sort=title&status=draft").await.text();
    assert_eq!(rows_of(&first), 25);
    assert!(first.contains("27 services") && first.contains("value=\"25\" selected"), "{first}");
    let (_, next) = first.split_once("rel=\"next\" href=\"").unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    assert!(next.starts_with("/services?size=25&sort=title&status=draft&after="), "{next}");
    let second = clinic.get(&next).await.text();
    assert_eq!(rows_of(&second), 2);
    assert!(second.contains("href=\"/services?size=25&amp;sort=title&amp;status=draft\""), "First page");
    // an address that somebody wrote by hand
    assert_eq!(rows_of(&clinic.get("/services?size=7").await.text()), 27);
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_chosen_in_the_address_and_the_name_of_a_row_always_stays() {
    let app = TestApp::start().await;
    let clinic = clinic_with_services(&app, 1).await;
    let all = ["Title", "Status", "Codes", "Per unit", "Sold", "Last changed"];
    assert_eq!(columns_of(&clinic.get("/services").await.text()), all);
    let some = clinic.get("/services?column=none&column=state&column=sold").await.text();
    assert_eq!(columns_of(&some), ["Title", "Status", "Sold"]);
    // the way to sort keeps them
    assert!(some.contains("href=\"/services?column=none&amp;column=state&amp;column=sold&amp;sort=title\""));
    assert_eq!(columns_of(&clinic.get("/services?column=none").await.text()), ["Title"]);
    let admin = app.admin().await;
    assert_eq!(columns_of(&admin.get("/services").await.text())[1], "Provider");
    for (path, name) in [("/console/organisations", "Name"), ("/console/audit", "Date and time")] {
        let page = admin.get(&format!("{path}?column=none")).await.text();
        assert_eq!(columns_of(&page), [name], "{path}");
    }
}

/// In the order of an English dictionary: accents stand beside their letters.
const TITLES: [&str; 6] = [
    "Ambulance to the ward",
    "Ärztliche Untersuchung",
    "Azure dye test",
    "École du dos",
    "Łódź city walk",
    "Zygoma scan",
];

#[tokio::test(flavor = "multi_thread")]
async fn titles_sort_alike_in_the_market_and_in_lists_with_accents_beside_their_letters() {
    let app = TestApp::start().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    for title in [TITLES[3], TITLES[5], TITLES[0], TITLES[4], TITLES[1], TITLES[2]] {
        publish(&clinic, input(title)).await;
    }
    let query = MarketQuery { sort: Some(MarketSort::Title), ..MarketQuery::default() };
    let market = catalog::market_search(&app.anonymous(), query).await.unwrap();
    assert_eq!(market.items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(), TITLES);
    for (sort, mut expected) in [
        (ServiceSort::Title, TITLES.to_vec()),
        (ServiceSort::TitleBack, TITLES.iter().rev().copied().collect()),
    ] {
        let query = ServiceListQuery { sort, size: PageSize::TwentyFive, ..ServiceListQuery::default() };
        let list = catalog::service_list(&clinic.ctx, query).await.unwrap().items;
        assert_eq!(list.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(), expected, "{sort}");
        // a page begins after its cursor in the same order
        let after = Some(list[1].id.to_string());
        let query = ServiceListQuery { sort, after, ..ServiceListQuery::default() };
        let rest = catalog::service_list(&clinic.ctx, query).await.unwrap().items;
        expected.drain(..2);
        assert_eq!(rest.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(), expected, "{sort}");
    }
    app.assert_laws().await;
}

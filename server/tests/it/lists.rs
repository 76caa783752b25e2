//! Lists, as pages show them: how many rows there are, how many stand on a page, which columns they have; all in the address.

use contracts::{
    cart::CartSave,
    catalog::{MarketQuery, MarketSort, ServiceInput, ServiceListQuery, ServiceSort},
    certificates::{CertificateQuery, CertificateSort},
    compliance::{OrganisationSort, OrganisationsQuery},
    identity::OrganisationKind,
    money::Currency,
    orders::{PurchaseComplete, PurchaseFilter, TradeSort, TransactionFilter},
    page::{Page, PageSize},
};
use services::{cart, catalog, certificates, compliance, orders, settlement};
use testkit::{Goods, Member, TestApp, card};

use crate::{
    catalog::{input, publish},
    certificates::trade,
    trade::{add, buy},
};

/// The cursors of a page: `after` and `before`.
type Cursors = (Option<String>, Option<String>);

/// Walks a list to its end and back to its beginning; answers the rows of each page on both ways.
async fn walk<T>(load: impl AsyncFn(Cursors) -> Page<T>, id: impl Fn(&T) -> String) -> [Vec<Vec<String>>; 2] {
    let ids = |page: &Page<T>| page.items.iter().map(&id).collect::<Vec<_>>();
    let mut page = load((None, None)).await;
    assert_eq!(page.previous, None, "nothing stands before the first page");
    let mut there = vec![ids(&page)];
    while let Some(next) = page.next.take() {
        page = load((Some(next), None)).await;
        there.push(ids(&page));
    }
    let mut back = vec![ids(&page)];
    while let Some(previous) = page.previous.take() {
        page = load((None, Some(previous))).await;
        back.push(ids(&page));
    }
    back.reverse();
    [there, back]
}

fn assert_walked([there, back]: [Vec<Vec<String>>; 2], rows: usize, sort: &str) {
    let all: std::collections::BTreeSet<&String> = there.iter().flatten().collect();
    assert_eq!((all.len(), there.iter().flatten().count()), (rows, rows), "{sort}: each row once");
    assert!(there.len() > 1, "{sort}");
    assert_eq!(there, back, "{sort}: the same pages on the way back");
}

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

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_services_is_walked_to_the_end_and_back_over_the_same_pages() {
    let app = TestApp::start().await;
    let clinic = clinic_with_services(&app, 60).await;
    for sort in ServiceSort::ALL {
        let load = async |(after, before): Cursors| {
            let query = ServiceListQuery {
                sort: *sort,
                after,
                before,
                size: PageSize::TwentyFive,
                ..Default::default()
            };
            catalog::service_list(&clinic.ctx, query).await.unwrap()
        };
        assert_walked(walk(load, |row| row.id.to_string()).await, 60, sort.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_certificates_is_walked_to_the_end_and_back_over_the_same_pages() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let trade = trade(&app, 30).await;
    for ctx in [&trade.buyer.ctx, &trade.seller.ctx, &admin.ctx] {
        for sort in CertificateSort::ALL {
            let load = async |(after, before): Cursors| {
                let query = CertificateQuery {
                    sort: *sort,
                    after,
                    before,
                    size: PageSize::TwentyFive,
                    ..Default::default()
                };
                certificates::certificate_list(ctx, query).await.unwrap()
            };
            assert_walked(walk(load, |row| row.id.to_string()).await, 30, sort.as_str());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_organisations_is_walked_to_the_end_and_back_over_the_same_pages() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for _ in 0..27 {
        app.organisation(OrganisationKind::Insurer).await;
    }
    for sort in OrganisationSort::ALL {
        let load = async |(after, before): Cursors| {
            let (after, before) = (after.unwrap_or_default(), before.unwrap_or_default());
            let query = OrganisationsQuery {
                sort: *sort,
                after,
                before,
                size: PageSize::TwentyFive,
                ..Default::default()
            };
            compliance::organisations_list(&admin.ctx, query).await.unwrap().page
        };
        assert_walked(walk(load, |row| row.id.to_string()).await, 27, sort.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn purchases_and_orders_are_found_and_sorted_by_amount_party_day_and_state() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    let admin = app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let mut numbers = Vec::new();
    for (key, price) in [("purchase-one", 20_000), ("purchase-two", 10_000), ("purchase-three", 30_000)] {
        let service = app.service(&clinic, &Goods::at(price, Currency::Eur)).await;
        add(&insurer, service, 1).await;
        numbers.push(buy(&insurer, key).await.purchases.remove(0).number);
    }
    let list = async |filter: PurchaseFilter| {
        let page = orders::purchase_list(&insurer.ctx, filter).await.unwrap();
        assert_eq!(page.total, page.items.len() as u64);
        page.items.into_iter().map(|one| one.number).collect::<Vec<_>>()
    };
    let of = |places: &[usize]| places.iter().map(|place| numbers[*place].clone()).collect::<Vec<_>>();
    let sorted = async |sort| list(PurchaseFilter { sort, ..Default::default() }).await;
    assert_eq!(sorted(TradeSort::Cheapest).await, of(&[1, 0, 2]));
    assert_eq!(sorted(TradeSort::Dearest).await, of(&[2, 0, 1]));
    assert_eq!(sorted(TradeSort::Oldest).await.len(), 3);
    for sort in TradeSort::ALL {
        let filter = TransactionFilter { sort: *sort, ..Default::default() };
        assert_eq!(orders::transaction_list(&clinic.ctx, filter).await.unwrap().items.len(), 3, "{sort}");
    }
    let within =
        PurchaseFilter { currency: "EUR".into(), min: "150".into(), max: "200".into(), ..Default::default() };
    assert_eq!(list(within).await, of(&[0]));
    let today = insurer.ctx.now().date_naive().to_string();
    let days =
        |from: &str, to: &str| PurchaseFilter { from: from.into(), to: to.into(), ..Default::default() };
    assert_eq!(list(days(&today, &today)).await.len(), 3);
    assert_eq!(list(days("", "2020-01-01")).await.len(), 0);
    let seller = compliance::organisation_detail(&admin.ctx, clinic.org_id).await.unwrap().organisation.name;
    let found = |q: &str| PurchaseFilter { q: q.to_lowercase(), ..Default::default() };
    assert_eq!(list(found(&seller)).await.len(), 3);
    let words_reversed = seller.split_whitespace().rev().collect::<Vec<_>>().join(" ");
    assert_eq!(list(found(&words_reversed)).await.len(), 3, "each word on its own");
    assert_eq!(list(found(&numbers[1][..11])).await, of(&[1]));
    assert_eq!(list(found(&numbers[1][7..])).await, of(&[1]), "without P and year");
    let buyer = compliance::organisation_detail(&admin.ctx, insurer.org_id).await.unwrap().organisation.name;
    let sold = TransactionFilter { q: buyer, ..Default::default() };
    assert_eq!(orders::transaction_list(&clinic.ctx, sold).await.unwrap().total, 3);
    let wrong = PurchaseFilter { min: "10".into(), from: "soon".into(), ..Default::default() };
    let refused = orders::purchase_list(&insurer.ctx, wrong).await.unwrap_err();
    assert_eq!(refused.fields.0.into_keys().collect::<Vec<_>>(), ["currency", "from"]);
    let page = insurer.get("/purchases?min=10&from=soon").await.text();
    assert!(page.contains("Choose the currency of the amount.") && page.contains("error-summary"), "{page}");
    assert!(!page.contains("No purchases found"), "a filter that was refused has found nothing out: {page}");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_found_by_their_visible_code_and_provider_and_services_by_code_and_provider() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let trade = trade(&app, 3).await;
    let code = trade.view(0).await.code;
    let found = async |q: &str| {
        let query = CertificateQuery { q: Some(q.to_owned()), ..Default::default() };
        let page = certificates::certificate_list(&trade.buyer.ctx, query).await.unwrap();
        page.items.into_iter().map(|one| one.code).collect::<Vec<_>>()
    };
    // as the list shows it
    let visible = code.split('-').take(2).collect::<Vec<_>>().join("-");
    assert_eq!(found(&visible).await, std::slice::from_ref(&code));
    assert_eq!(found(&code).await, std::slice::from_ref(&code));
    let seller =
        compliance::organisation_detail(&admin.ctx, trade.seller.org_id).await.unwrap().organisation.name;
    assert_eq!(found(&seller.to_lowercase()).await.len(), 3);
    assert_eq!(found("no such provider").await.len(), 0);

    let clinic = clinic_with_services(&app, 1).await;
    let listed = async |ctx, q: &str| {
        catalog::service_list(ctx, ServiceListQuery { q: q.into(), ..Default::default() })
            .await
            .unwrap()
            .total
    };
    assert_eq!(listed(&clinic.ctx, "ba0").await, 1);
    assert_eq!(listed(&clinic.ctx, "FA33").await, 0);
    let name = compliance::organisation_detail(&admin.ctx, clinic.org_id).await.unwrap().organisation.name;
    assert_eq!(listed(&admin.ctx, &name).await, 1);
    assert_eq!(listed(&clinic.ctx, &name).await, 0, "all of its services have its name");
    catalog::service_create(&clinic.ctx, input("MRI of the knee")).await.unwrap();
    for (q, rows) in [("knee mri", 1), ("  MRI   ba0 ", 1), ("knee scan", 0), ("knee fa33", 0)] {
        assert_eq!(listed(&clinic.ctx, q).await, rows, "each word on its own: {q}");
    }
    assert_eq!(listed(&admin.ctx, &format!("knee {name}")).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_sort_as_titles_do_with_accents_beside_their_letters() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    for title in [TITLES[5], TITLES[1], TITLES[2], TITLES[0]] {
        let service = publish(&clinic, input(title)).await;
        add(&insurer, service, 1).await;
    }
    let paid = buy(&insurer, "four-services").await.purchases.remove(0);
    sandbox.pay(&paid.payment.hosted_url.unwrap(), card::APPROVE).await;
    settlement::purchase_complete(&insurer.ctx, PurchaseComplete { purchase_id: paid.id }).await.unwrap();
    for (sort, expected) in [
        (CertificateSort::Title, [TITLES[0], TITLES[1], TITLES[2], TITLES[5]]),
        (CertificateSort::TitleBack, [TITLES[5], TITLES[2], TITLES[1], TITLES[0]]),
    ] {
        let query = CertificateQuery { sort, ..CertificateQuery::default() };
        let list = certificates::certificate_list(&insurer.ctx, query).await.unwrap().items;
        assert_eq!(list.iter().map(|one| one.title.as_str()).collect::<Vec<_>>(), expected, "{sort}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_sorted_by_seller_and_purchases_by_client_to_the_end_and_back() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    let admin = app.admin().await;
    let broker = app.organisation(OrganisationKind::Intermediary).await;
    let (first, second) = (
        app.organisation(OrganisationKind::Provider).await,
        app.organisation(OrganisationKind::Provider).await,
    );
    app.plant(&format!("UPDATE organisations SET name = 'Zebra Clinic' WHERE id = '{}';", first.org_id))
        .await;
    app.plant(&format!("UPDATE organisations SET name = 'apple clinic' WHERE id = '{}';", second.org_id))
        .await;
    let clients = ["Mutual of Cork", "Acme", "zurich mutual"];
    for (client, clinic) in clients.iter().zip([&first, &second, &first]) {
        let service = app.service(clinic, &Goods::at(20_000, Currency::Eur)).await;
        add(&broker, service, 1).await;
        let named = CartSave::of_client(*client);
        cart::cart_save(&broker.ctx, named).await.unwrap();
        buy(&broker, &format!("purchase for {client}").replace(' ', "-")).await;
    }
    let clients_by = async |ctx, sort| {
        let page = orders::purchase_list(ctx, PurchaseFilter { sort, ..Default::default() }).await.unwrap();
        page.items.into_iter().filter_map(|one| one.on_behalf_of).collect::<Vec<_>>()
    };
    assert_eq!(clients_by(&broker.ctx, TradeSort::Client).await, ["Acme", "Mutual of Cork", "zurich mutual"]);
    assert_eq!(
        clients_by(&admin.ctx, TradeSort::ClientBack).await,
        ["zurich mutual", "Mutual of Cork", "Acme"]
    );
    let sellers_by = async |ctx, sort| {
        let filter = TransactionFilter { sort, ..Default::default() };
        let page = orders::transaction_list(ctx, filter).await.unwrap();
        page.items.into_iter().map(|one| one.seller_name).collect::<Vec<_>>()
    };
    assert_eq!(
        sellers_by(&broker.ctx, TradeSort::Seller).await,
        ["apple clinic", "Zebra Clinic", "Zebra Clinic"]
    );
    assert_eq!(
        sellers_by(&admin.ctx, TradeSort::SellerBack).await,
        ["Zebra Clinic", "Zebra Clinic", "apple clinic"]
    );
    assert!(broker.get("/purchases").await.text().contains("href=\"/purchases?sort=client\""));
    assert!(broker.get("/orders").await.text().contains("href=\"/orders?sort=seller\""));
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_trades_is_walked_to_the_end_and_back_over_the_same_pages() {
    let (app, _sandbox) = TestApp::with_sandbox().await;
    let admin = app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let service = app.service(&clinic, &Goods::at(20_000, Currency::Eur)).await;
    for number in 0..27 {
        let insurer = app.organisation(OrganisationKind::Insurer).await;
        add(&insurer, service, 1).await;
        buy(&insurer, &format!("purchase-{number}")).await;
    }
    for sort in TradeSort::ALL {
        let load = async |(after, before): Cursors| {
            let filter = PurchaseFilter {
                sort: *sort,
                after,
                before,
                size: PageSize::TwentyFive,
                ..Default::default()
            };
            orders::purchase_list(&admin.ctx, filter).await.unwrap()
        };
        assert_walked(walk(load, |row| row.id.to_string()).await, 27, sort.as_str());
    }
    for sort in TradeSort::ALL {
        let load = async |(after, before): Cursors| {
            let filter = TransactionFilter {
                sort: *sort,
                after,
                before,
                size: PageSize::TwentyFive,
                ..Default::default()
            };
            orders::transaction_list(&clinic.ctx, filter).await.unwrap()
        };
        assert_walked(walk(load, |row| row.id.to_string()).await, 27, sort.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_range_of_days_is_an_error_of_its_field_on_every_list() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for path in ["/purchases", "/orders", "/certificates", "/console/organisations", "/console/audit"] {
        let page = admin.get(&format!("{path}?from=2026-03-03&to=2026-03-02")).await;
        let (status, page) = (page.status(), page.text());
        assert_eq!(status, http::StatusCode::OK, "{path}: {page}");
        assert!(page.contains("error-summary"), "{path}: {page}");
        assert!(page.contains("End date must not be before the start date."), "{path}: {page}");
        assert!(page.contains("value=\"2026-03-03\""), "{path} keeps what was typed: {page}");
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
    for (sort, expected) in [
        (ServiceSort::Title, TITLES.to_vec()),
        (ServiceSort::TitleBack, TITLES.iter().rev().copied().collect()),
    ] {
        let query = ServiceListQuery { sort, size: PageSize::TwentyFive, ..ServiceListQuery::default() };
        let list = catalog::service_list(&clinic.ctx, query).await.unwrap().items;
        assert_eq!(list.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(), expected, "{sort}");
    }
    app.assert_laws().await;
}

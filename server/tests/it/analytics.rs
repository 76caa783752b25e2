//! Dashboards: their figures are those of the rows behind them.

use chrono::TimeDelta;
use contracts::{
    analytics::{DashboardView, Figure, Tile},
    identity::OrganisationKind,
    money::{Currency, Money},
    orders::PurchaseFilter,
};
use services::{analytics::dashboard_get, identity, orders};
use testkit::{Goods, Member, TestApp, card};

use crate::payments::{deal, finish};

async fn dashboard(member: &Member<'_>) -> DashboardView {
    dashboard_get(&member.ctx).await.unwrap()
}

fn tile(dashboard: &DashboardView, label: &str) -> Tile {
    dashboard.tiles.iter().find(|tile| tile.label == label).unwrap().clone()
}

/// Every figure that counts rows of a list leads to a list of as many rows.
async fn assert_leads_to_its_rows(member: &Member<'_>) {
    for tile in dashboard(member).await.tiles {
        if let Figure::Count(count) = tile.figure {
            let page = member.get(&tile.href).await.text();
            let rows = page.split_once("table-count").map_or("0", |(_, rest)| {
                let (_, text) = rest.split_once('>').unwrap();
                text.split_once(' ').unwrap().0
            });
            assert_eq!(rows, count.to_string(), "{} at {}", tile.label, tile.href);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_bought_is_counted_now_and_compared_a_month_later() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    let deal = deal(&app, Goods::at(1_250, Currency::Eur), 2).await;
    assert_eq!(tile(&dashboard(&deal.insurer).await, "Awaiting payment").figure, Figure::Count(1));
    sandbox.pay(deal.page(), card::APPROVE).await;
    deal.refresh().await;
    deal.assert_paid().await;

    let today = dashboard(&deal.insurer).await;
    let bought = tile(&today, "Purchases");
    assert_eq!((bought.figure, bought.course.last(), bought.before()), (Figure::Count(1), Some(&1), Some(0)));
    assert_eq!(tile(&today, "Spent").figure, Figure::Money(Money::new(2_500, Currency::Eur)));
    assert_eq!(tile(&today, "Awaiting payment").figure, Figure::Count(0));
    assert_eq!(tile(&today, "Valid certificates").figure, Figure::Count(2));
    assert_eq!(today.months.values.last(), Some(&1));
    let admin = app.admin().await;
    for member in [&deal.insurer, &deal.clinic, &admin] {
        assert_leads_to_its_rows(member).await;
    }

    app.clock.advance(TimeDelta::days(31));
    let later = dashboard(&deal.insurer).await;
    let bought = tile(&later, "Purchases");
    assert_eq!((bought.figure, bought.before()), (Figure::Count(0), Some(1)));
    let spent = tile(&later, "Spent");
    assert_eq!((spent.figure, spent.before()), (Figure::Money(Money::zero(Currency::Eur)), Some(2_500)));
    let bought = async |days| {
        let filter = PurchaseFilter { days, ..PurchaseFilter::default() };
        orders::purchase_list(&deal.insurer.ctx, filter).await.unwrap().total
    };
    assert_eq!((bought(Some(30)).await, bought(Some(60)).await, bought(None).await), (0, 1, 1));
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_begins_where_the_organisation_is() {
    let (app, sandbox) = TestApp::with_sandbox().await;
    // 31 March, 22:30 UTC: 23:30 in Dublin, 1 April in Tokyo
    app.clock.advance(TimeDelta::days(29) + TimeDelta::minutes(13 * 60 + 30));
    let deal = deal(&app, Goods::at(1_250, Currency::Eur), 2).await;
    sandbox.pay(deal.page(), card::APPROVE).await;
    deal.refresh().await;
    app.clock.advance(TimeDelta::days(30));
    let last = async || {
        let months = dashboard(&deal.insurer).await.months;
        (months.starts.last().unwrap().to_string(), months.values[10], months.values[11])
    };
    assert_eq!(last().await, ("2026-04-01".to_owned(), 1, 0), "in Ireland it was March");
    identity::organisation_time_zone_set(&deal.insurer.ctx, "Asia/Tokyo").await.unwrap();
    assert_eq!(last().await, ("2026-05-01".to_owned(), 1, 0));
    finish(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verified_organisation_without_trade_is_told_what_it_can_do_and_shown_no_zeros() {
    let app = TestApp::start().await;
    for kind in [OrganisationKind::Provider, OrganisationKind::Insurer, OrganisationKind::Intermediary] {
        let page = app.organisation(kind).await.get("/dashboard").await.text();
        assert!(page.contains("What you can do now") && page.contains("No trade yet"), "{kind}: {page}");
        assert!(!page.contains("stat-value") && !page.contains("chart-plot"), "{kind}: {page}");
    }
}

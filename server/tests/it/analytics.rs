//! Dashboards: their figures are those of the rows behind them.

use chrono::TimeDelta;
use contracts::{
    analytics::{DashboardView, Figure, Tile},
    money::{Currency, Money},
    orders::PurchaseFilter,
};
use services::{analytics::dashboard_get, orders};
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

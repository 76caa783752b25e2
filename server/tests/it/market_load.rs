//! The market while much is asked of it: searching takes nobody else's connection, and a change of the market keeps no reader waiting.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use contracts::{
    catalog::{MarketPage, MarketQuery},
    error::ErrorCode,
    identity::OrganisationKind,
    money::Currency,
};
use diesel_async::SimpleAsyncConnection;
use futures::future::join_all;
use services::{
    OpCtx, catalog, orders,
    platform::{Client, Platform, RequestId},
};
use testkit::{Goods, TestApp};
use tokio::{
    sync::{Notify, oneshot},
    time::{sleep, timeout},
};
use uuid::Uuid;

use crate::{
    catalog::{input, publish},
    outages::platform_with_pool,
    trade::{add, order_of},
};

const AT_MOST: Duration = Duration::from_secs(30);

fn visitor(platform: &Arc<Platform>) -> OpCtx {
    OpCtx::anonymous(Arc::clone(platform), RequestId(Uuid::now_v7()), Client::default())
}

async fn search(ctx: &OpCtx, query: &str) -> Result<MarketPage, ErrorCode> {
    catalog::market_search(ctx, MarketQuery::parse(query).unwrap()).await.map_err(|error| error.code)
}

async fn count(ctx: &OpCtx, query: &str) -> u64 {
    search(ctx, query).await.unwrap().total.count
}

/// Asks until the market has so many listings: another process has changed it.
async fn wait_until(ctx: &OpCtx, listings: u64) {
    let until_then = async {
        while count(ctx, "").await != listings {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(AT_MOST, until_then).await.expect("the change is seen");
}

/// Runs `work` while the only connection of visitors' searches is in use.
async fn while_searches_are_busy<T>(platform: &Arc<Platform>, work: impl Future<Output = T>) -> T {
    let (holder, end) = (visitor(platform), Notify::new());
    let (held, is_held) = oneshot::channel();
    let holding = holder.search_read(async |_| {
        held.send(()).unwrap();
        end.notified().await;
        Ok(())
    });
    let working = async {
        is_held.await.unwrap();
        let done = work.await;
        end.notify_one();
        done
    };
    let (held, done) = tokio::join!(holding, working);
    held.unwrap();
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_without_a_connection_of_its_own_says_so_and_everything_else_goes_on() {
    let app = TestApp::start().await;
    app.admin().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    publish(&clinic, input("Knee scan")).await;
    let service = app.service(&clinic, &Goods::at(2_500, Currency::Eur)).await;
    add(&insurer, service, 1).await;
    let order = order_of(&insurer, "beside-searches").await;
    // a market of its own beside the one that the test changes: four connections, and one for searches
    let market = platform_with_pool(&app, &app.database.app_url(), 4, Duration::from_secs(7));
    let (anybody, buyer) = (visitor(&market), OpCtx::new(Arc::clone(&market), insurer.ctx.caller().clone()));

    // the words have to be looked up; what they match is known under another spelling
    assert_eq!(count(&anybody, "q=knee&sort=price").await, 1);
    let looked_up = while_searches_are_busy(&market, search(&anybody, "q=knee%21&sort=price")).await;
    // the words are known, and so are their matches; the order is not
    let ranked = while_searches_are_busy(&market, search(&anybody, "q=knee")).await;
    // the words are known; their matches in the changed market are not
    publish(&clinic, input("Hip scan")).await;
    wait_until(&anybody, 2).await;
    let matched = while_searches_are_busy(&market, search(&anybody, "q=knee&sort=price")).await;
    let refusals = [looked_up, ranked, matched].map(Result::err);
    assert_eq!(refusals, [Some(ErrorCode::SearchTooSlow); 3], "looking words up, ranking, matching");

    let bought = while_searches_are_busy(&market, async {
        let queries: Vec<String> = (0..8).map(|at| format!("q=misspelt+{at}")).collect();
        let searches = join_all(queries.iter().map(|query| search(&anybody, query)));
        let buying = async {
            let began = Instant::now();
            assert_eq!(count(&anybody, "category=imaging").await, 2, "a search without words");
            (orders::purchase_initiate(&buyer, order).await.unwrap(), began.elapsed())
        };
        let (searches, (bought, took)) = tokio::join!(searches, buying);
        assert!(searches.into_iter().all(|found| found.err() == Some(ErrorCode::SearchTooSlow)));
        assert!(took < Duration::from_secs(1), "{took:?}");
        bought
    })
    .await;
    assert_eq!(bought.purchases.len(), 1);
    assert_eq!(count(&anybody, "q=knee").await, 1, "searching goes on afterwards");
    app.assert_laws().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_get_the_last_snapshot_of_the_market_while_another_one_is_made() {
    let app = TestApp::start().await;
    let clinic = app.organisation(OrganisationKind::Provider).await;
    publish(&clinic, input("Knee scan")).await;
    let anybody = app.anonymous();
    assert_eq!(count(&anybody, "").await, 1);
    publish(&clinic, input("Hip scan")).await;
    // the next snapshot takes as long as this lock is held
    let mut owner = app.database.owner().await;
    owner.batch_execute("BEGIN; LOCK TABLE market_changes IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let first = app.anonymous();
    let first = tokio::spawn(async move { count(&first, "").await });
    let waits = "SELECT count(*) AS n FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%market_changes%'";
    let is_waiting = async {
        while crate::payments::count(&app, waits).await == 0 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(AT_MOST, is_waiting).await.expect("a snapshot is being made");
    let began = Instant::now();
    let readers = join_all((0..20).map(|_| search(&anybody, ""))).await;
    let took = began.elapsed();
    for found in readers {
        let found = found.unwrap();
        assert_eq!((found.total.count, found.items[0].title.as_str()), (1, "Knee scan"));
    }
    assert!(took < Duration::from_millis(2_500), "{took:?}");
    assert!(!first.is_finished());
    owner.batch_execute("COMMIT").await.unwrap();
    assert_eq!(first.await.unwrap(), 2);
    assert_eq!(count(&anybody, "").await, 2);
    app.assert_laws().await;
}

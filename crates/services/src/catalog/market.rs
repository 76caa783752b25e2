//! The market: words and filters in, a page of results with counts out.

use std::{collections::HashMap, sync::Arc};

use contracts::{
    catalog::{MarketItem, MarketPage, MarketQuery, SearchedInstead, Total},
    ids::ServiceId,
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{
    MARKET_PAGE,
    market_sql::{ItemRow, Items},
    order::{After, Order},
    window::{self, Window},
    words::{Meanings, meaning},
};
use crate::platform::{OpCtx, Result};

/// Up to so many matches are judged by how well they fit the words.
const DENSE: u64 = 800;

/// Searches the published services. Anybody may; nothing that is not published is ever read.
///
/// # Errors
/// `invalid_input` for a cursor of another question's order.
pub async fn market_search(ctx: &OpCtx, query: MarketQuery) -> Result<MarketPage> {
    let window = window::current(ctx).await?;
    let meaning = meaning(ctx, &query.q, query.exact).await?;
    let tsquery = meaning.tsquery.as_deref();
    let counted = window.tally(ctx, &query, tsquery).await?;
    let order = order_of(&query, tsquery, counted.total > DENSE);
    let after = query.after.as_deref().map(|cursor| After::read(order, cursor)).transpose()?;
    let mut places = match (order, tsquery) {
        (Order::Rank, Some(tsquery)) => {
            window.best(ctx, &counted, tsquery, after.as_ref(), MARKET_PAGE + 1).await?
        }
        _ => window.page(&counted, order, after.as_ref(), MARKET_PAGE + 1),
    };
    let more = places.len() > MARKET_PAGE;
    places.truncate(MARKET_PAGE);
    Ok(MarketPage {
        items: items(ctx, &window, &places).await?,
        total: Total::from_count(counted.total),
        sort: order.sort(),
        next: places.last().filter(|_| more).map(After::write),
        facets: Arc::clone(&counted.facets),
        searched_instead: meaning.instead.clone().map(|q| SearchedInstead { q }),
    })
}

/// A cursor keeps the order it was made for, whatever the counts say meanwhile.
fn order_of(query: &MarketQuery, tsquery: Option<&str>, is_dense: bool) -> Order {
    let ranks = match query.after.as_deref() {
        Some(cursor) if tsquery.is_some() => cursor.starts_with("r."),
        _ => !is_dense,
    };
    Order::of(query.order(), tsquery.is_some(), !ranks)
}

/// The listings at these places; those that were shown lately are still at hand. One that has left the window this very moment is
/// left out.
async fn items(ctx: &OpCtx, window: &Window, places: &[After]) -> Result<Vec<Arc<MarketItem>>> {
    let ids = || places.iter().map(|place| ServiceId(place.id()));
    let mut shown = HashMap::with_capacity(places.len());
    for id in ids() {
        if let Some(item) = window.items.get(&id).await {
            shown.insert(id, item);
        }
    }
    let missing: Vec<Uuid> = ids().filter(|id| !shown.contains_key(id)).map(|id| id.0).collect();
    if !missing.is_empty() {
        let wanted = Items(missing);
        let rows: Vec<ItemRow> = ctx.public_read(async |conn| Ok(wanted.get_results(conn).await?)).await?;
        for row in rows {
            let (id, item) = (row.service_id, Arc::new(row.into_item()?));
            window.items.insert(id, Arc::clone(&item)).await;
            shown.insert(id, item);
        }
    }
    Ok(ids().filter_map(|id| shown.remove(&id)).collect())
}

/// Forgets what this process remembers of the market; called after each change to it.
pub fn market_forget(ctx: &OpCtx) {
    window::look_again(ctx);
    ctx.platform().db.caches().of::<Meanings>().forget();
}

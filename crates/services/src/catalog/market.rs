//! The market: words and filters in, a page of results with counts out.

use contracts::catalog::{MarketPage, MarketQuery, SearchedInstead, Total};
use diesel_async::RunQueryDsl;

use super::{
    MARKET_PAGE,
    facets::{Tallies, tally},
    market_sql::{After, Filter, ItemRow, Items, Order},
    words::{Meanings, meaning},
};
use crate::platform::{Error, OpCtx, Result};

/// Up to so many matches are collected and put in order; of more, the order's own index is walked until the page is full.
const DENSE: u64 = 800;

/// Searches the published services. Anybody may; nothing that is not published is ever read.
///
/// # Errors
/// `invalid_input` for a cursor of another question's order.
pub async fn market_search(ctx: &OpCtx, query: MarketQuery) -> Result<MarketPage> {
    let meaning = meaning(ctx, &query.q, query.exact).await?;
    let has_words = meaning.tsquery.is_some();
    let filter = Filter { tsquery: meaning.tsquery.clone(), query };
    let counted = tally(ctx, &filter).await?;
    let (order, scan) = order_of(&filter.query, has_words, counted.total > DENSE);
    let after = filter.query.after.as_deref().map(|cursor| After::read(order, cursor)).transpose()?;
    let limit = i64::try_from(MARKET_PAGE + 1).map_err(Error::internal)?;
    let items = Items { filter, order, after, scan, limit };
    let mut rows: Vec<ItemRow> = ctx.public_read(async |conn| Ok(items.get_results(conn).await?)).await?;
    let more = rows.len() > MARKET_PAGE;
    rows.truncate(MARKET_PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.cursor(order));
    Ok(MarketPage {
        items: rows.into_iter().map(ItemRow::into_item).collect::<Result<_>>()?,
        total: Total::capped(counted.total),
        next,
        facets: counted.facets.clone(),
        searched_instead: meaning.instead.clone().map(|q| SearchedInstead { q }),
    })
}

/// A cursor keeps the order it was made for, whatever the counts say meanwhile.
fn order_of(query: &MarketQuery, has_words: bool, is_dense: bool) -> (Order, bool) {
    let ranks = match query.after.as_deref() {
        Some(cursor) if has_words => cursor.starts_with("r."),
        _ => !is_dense,
    };
    (Order::of(query.order(), has_words, !ranks), is_dense && !(has_words && ranks))
}

/// Forgets what this process remembers of the market; called after each change to it.
pub fn market_forget(ctx: &OpCtx) {
    let caches = ctx.platform().db.caches();
    caches.of::<Tallies>().forget();
    caches.of::<Meanings>().forget();
}

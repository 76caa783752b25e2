//! The market: words and filters in, a page of results with counts out.

use std::{collections::HashMap, sync::Arc};

use contracts::{
    catalog::{DidYouMean, MarketItem, MarketPage, MarketQuery, Total},
    ids::ServiceId,
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{
    MARKET_PAGE,
    market_index::{self, MarketIndex},
    market_sql::{ItemRow, Items},
    search_terms::{SearchTermsCache, parse_search_terms},
    sort_order::{Cursor, SortOrder},
};
use crate::platform::{OpCtx, Result};

/// Maximum number of matches that are ranked by how well they match the words.
const MAX_RANKED: u64 = 800;

/// Searches the published services. Anybody may; nothing that is not published is ever read.
///
/// # Errors
/// `invalid_input` for a cursor of another question's order.
pub async fn market_search(ctx: &OpCtx, query: MarketQuery) -> Result<MarketPage> {
    let index = market_index::snapshot(ctx).await?;
    let terms = parse_search_terms(ctx, &query.q, query.exact).await?;
    let tsquery = terms.tsquery.as_deref();
    let found = index.faceted_matches(ctx, &query, tsquery).await?;
    let order = order_of(&query, tsquery, found.total > MAX_RANKED);
    let after = query.after.as_deref().map(|cursor| Cursor::read(order, cursor)).transpose()?;
    let mut places = match (order, tsquery) {
        (SortOrder::Rank, Some(tsquery)) => {
            index.top_ranked(ctx, &found, tsquery, after.as_ref(), MARKET_PAGE + 1).await?
        }
        _ => index.page(&found, order, after.as_ref(), MARKET_PAGE + 1),
    };
    let before = match (after.as_ref(), order, tsquery) {
        (None, ..) => None,
        (Some(after), SortOrder::Rank, Some(tsquery)) => {
            Some(index.ranked_before(ctx, &found, tsquery, after, MARKET_PAGE).await?)
        }
        (Some(after), ..) => Some(index.page_before(&found, order, after, MARKET_PAGE)),
    };
    let more = places.len() > MARKET_PAGE;
    places.truncate(MARKET_PAGE);
    Ok(MarketPage {
        items: items(ctx, &index, &places).await?,
        total: Total::from_count(found.total),
        sort: order.sort(),
        next: places.last().filter(|_| more).map(Cursor::write),
        previous: before.map(|place| place.as_ref().map(Cursor::write).unwrap_or_default()),
        facets: Arc::clone(&found.facets),
        did_you_mean: terms.did_you_mean.clone().map(|q| DidYouMean { q }),
    })
}

/// Returns the sort order of a query. A cursor keeps the order it was made for, whatever the number of matches is now.
fn order_of(query: &MarketQuery, tsquery: Option<&str>, too_many_to_rank: bool) -> SortOrder {
    let ranks = match query.after.as_deref() {
        Some(cursor) if tsquery.is_some() => cursor.starts_with("r."),
        _ => !too_many_to_rank,
    };
    SortOrder::of(query.order(), tsquery.is_some(), !ranks)
}

/// Loads the listings at these cursors; those that were shown recently come from a cache. A listing that was removed in the meantime is left
/// out.
async fn items(ctx: &OpCtx, index: &MarketIndex, places: &[Cursor]) -> Result<Vec<Arc<MarketItem>>> {
    let ids = || places.iter().map(|place| ServiceId(place.id()));
    let mut shown = HashMap::with_capacity(places.len());
    for id in ids() {
        if let Some(item) = index.items.get(&id).await {
            shown.insert(id, item);
        }
    }
    let missing: Vec<Uuid> = ids().filter(|id| !shown.contains_key(id)).map(|id| id.0).collect();
    if !missing.is_empty() {
        let wanted = Items(missing);
        let rows: Vec<ItemRow> = ctx.public_read(async |conn| Ok(wanted.get_results(conn).await?)).await?;
        for row in rows {
            let (id, item) = (row.service_id, Arc::new(row.into_item()?));
            index.items.insert(id, Arc::clone(&item)).await;
            shown.insert(id, item);
        }
    }
    Ok(ids().filter_map(|id| shown.remove(&id)).collect())
}

/// Invalidates what this process caches of the market. Call it after each change to it.
pub fn market_invalidate(ctx: &OpCtx) {
    market_index::invalidate(ctx);
    ctx.platform().db.caches().of::<SearchTermsCache>().invalidate();
}

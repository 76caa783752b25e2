//! The index of the market in memory. Counting a hundred thousand rows for every query costs PostgreSQL a hundred times what the rest of a
//! page costs; here it takes a millisecond, once per query. The table `market_listings` stays the truth: the transaction that changes it also
//! numbers the change, and a snapshot that was not refreshed for a second is refreshed before it answers. Start reading at [`snapshot`].

mod changes;
mod counts;
mod index;
mod interner;
mod titles;

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use contracts::{
    catalog::{Facet, MarketItem, MarketQuery},
    error::ErrorCode,
    ids::ServiceId,
};
use diesel_async::RunQueryDsl;
use moka::future::Cache;
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

pub(super) use counts::Count;
use index::Index;
use interner::{RowBitset, RowSet};

use super::{
    facets::arrange,
    market_sql::Titles,
    sort_order::{Cursor, SortOrder},
};
use crate::platform::{Error, OpCtx, Result};

/// Time for which a snapshot answers without a refresh. Changes by this process invalidate it at once.
const FRESH_FOR: Duration = Duration::from_secs(1);
/// Maximum wait for another request that refreshes it.
const PATIENCE: Duration = Duration::from_secs(1);

/// A snapshot of the listings at one generation, with caches of the queries that were asked of it.
pub(super) struct MarketIndex {
    generation: i64,
    index: Index,
    faceted: Cache<(MarketQuery, Option<String>), Arc<FacetedMatches>>,
    words: Cache<String, Arc<RowBitset>>,
    /// Results that were shown recently, as they are in this generation.
    pub(super) items: Cache<ServiceId, Arc<MarketItem>>,
}

/// The listings that match a query, with the counts of its facets.
pub(super) struct FacetedMatches {
    /// Number of all matches.
    pub(super) total: u64,
    /// The facets with their counts.
    pub(super) facets: Arc<Vec<Facet>>,
    matches: RowSet,
    /// Rank and row, best first; computed when it is first asked for.
    ranked: OnceCell<Vec<(f32, u32)>>,
}

struct HeldSnapshot {
    market: Arc<MarketIndex>,
    refreshed: Instant,
}

#[derive(Default)]
struct Snapshots {
    held: Mutex<Option<HeldSnapshot>>,
    /// The newest snapshot, for requests that cannot wait for a refresh.
    newest: RwLock<Option<Arc<MarketIndex>>>,
    is_stale: AtomicBool,
}

/// Returns a fresh snapshot, or the newest one when another request needs more than a second to refresh it.
///
/// # Errors
/// `busy` when there is no snapshot yet and none is made in time.
pub(super) async fn snapshot(ctx: &OpCtx) -> Result<Arc<MarketIndex>> {
    let snapshots = ctx.platform().db.caches().of::<Snapshots>();
    let Ok(mut held) = tokio::time::timeout(PATIENCE, snapshots.held.lock()).await else {
        let newest = snapshots.newest.read().unwrap_or_else(PoisonError::into_inner).clone();
        return newest.ok_or_else(|| Error::new(ErrorCode::Busy));
    };
    let is_stale = snapshots.is_stale.swap(false, Ordering::AcqRel);
    let known = match &*held {
        Some(held) if !is_stale && held.refreshed.elapsed() < FRESH_FOR => {
            return Ok(Arc::clone(&held.market));
        }
        held => held.as_ref().map(|held| Arc::clone(&held.market)),
    };
    let refreshed = Instant::now();
    let market =
        refresh(ctx, known).await.inspect_err(|_| snapshots.is_stale.store(true, Ordering::Release))?;
    *snapshots.newest.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&market));
    *held = Some(HeldSnapshot { market: Arc::clone(&market), refreshed });
    Ok(market)
}

/// Marks the snapshot stale: it is refreshed before it answers the next query.
pub(super) fn invalidate(ctx: &OpCtx) {
    ctx.platform().db.caches().of::<Snapshots>().is_stale.store(true, Ordering::Release);
}

/// Returns the known snapshot if nothing has changed since, else a new one with the changes.
async fn refresh(ctx: &OpCtx, known: Option<Arc<MarketIndex>>) -> Result<Arc<MarketIndex>> {
    let generation = ctx.public_read(async |conn| changes::generation(conn).await).await?;
    let (since, index) = match known {
        Some(market) if market.generation == generation => return Ok(market),
        Some(market) => (Some(market.generation), market.index.clone()),
        None => (None, Index::default()),
    };
    let mut index = ctx.public_read(async move |conn| changes::apply(conn, since, index).await).await?;
    let index = tokio::task::spawn_blocking(move || {
        index.arrange();
        index
    })
    .await?;
    let (faceted, words, items) = (Cache::new(400), Cache::new(100), Cache::new(2_000));
    Ok(Arc::new(MarketIndex { generation, index, faceted, words, items }))
}

impl MarketIndex {
    /// Returns the matches of `query`, cached; `tsquery` is the parsed form of its words.
    pub(super) async fn faceted_matches(
        &self,
        ctx: &OpCtx,
        query: &MarketQuery,
        tsquery: Option<&str>,
    ) -> Result<Arc<FacetedMatches>> {
        let key = (query.filter_only(), tsquery.map(ToOwned::to_owned));
        let matches = self
            .faceted
            .try_get_with(key, async { self.compute_matches(ctx, query, tsquery).await.map(Arc::new) });
        matches.await.map_err(Error::from_shared)
    }

    async fn compute_matches(
        &self,
        ctx: &OpCtx,
        query: &MarketQuery,
        tsquery: Option<&str>,
    ) -> Result<FacetedMatches> {
        let words = match tsquery {
            Some(tsquery) => Some(self.rows_with(ctx, tsquery).await?),
            None => None,
        };
        let chapters = Titles(query.chapter.clone().into_iter().collect());
        let titles: Vec<(String, String, i32)> =
            ctx.public_read(async |conn| Ok(chapters.get_results(conn).await?)).await?;
        let counted = counts::count(&self.index, query, words);
        Ok(FacetedMatches {
            total: counted.total,
            facets: Arc::new(arrange(counted.counts, &titles, query, |provider| {
                self.index.provider_name(provider)
            })),
            matches: counted.matches,
            ranked: OnceCell::new(),
        })
    }

    /// Returns the rows that match the words, cached.
    async fn rows_with(&self, ctx: &OpCtx, tsquery: &str) -> Result<Arc<RowBitset>> {
        let rows = self.words.try_get_with(tsquery.to_owned(), async {
            let ids = ctx.search_read(async |conn| changes::with_words(conn, tsquery).await).await?;
            let mut rows = RowBitset::none(self.index.rows.len());
            ids.into_iter().filter_map(|id| self.index.find(id)).for_each(|row| rows.add(row));
            Ok::<_, Error>(Arc::new(rows))
        });
        rows.await.map_err(Error::from_shared)
    }

    /// Returns the cursors of the first `most` rows after `after`, in an order other than by rank.
    pub(super) fn page(
        &self,
        found: &FacetedMatches,
        order: SortOrder,
        after: Option<&Cursor>,
        most: usize,
    ) -> Vec<Cursor> {
        let total = usize::try_from(found.total).unwrap_or(usize::MAX);
        let rows = self.index.page(&found.matches, total, order, after, most);
        rows.into_iter().filter_map(|row| self.index.place(row, order)).collect()
    }

    /// Returns the cursor after which the page before the one after `after` begins, in an order other than by rank; `None` when that is the
    /// first page. A page has `size` rows.
    pub(super) fn page_before(
        &self,
        found: &FacetedMatches,
        order: SortOrder,
        after: &Cursor,
        size: usize,
    ) -> Option<Cursor> {
        let total = usize::try_from(found.total).unwrap_or(usize::MAX);
        let rows = self.index.preceding(&found.matches, total, order, after, size + 1);
        rows.get(size).and_then(|row| self.index.place(*row, order))
    }

    /// Returns what [`Self::page_before`] does, best match first. Ranks all matches on the first call.
    pub(super) async fn ranked_before(
        &self,
        ctx: &OpCtx,
        found: &FacetedMatches,
        tsquery: &str,
        after: &Cursor,
        size: usize,
    ) -> Result<Option<Cursor>> {
        let ranked = found.ranked.get_or_try_init(|| self.rank(ctx, &found.matches, tsquery)).await?;
        let row =
            self.ranked_after(ranked, Some(after)).checked_sub(size + 1).and_then(|place| ranked.get(place));
        Ok(row.map(|(rank, row)| Cursor::Rank(*rank, self.index.id(*row))))
    }

    /// Returns the place in `ranked` of the first row after `after`.
    fn ranked_after(&self, ranked: &[(f32, u32)], after: Option<&Cursor>) -> usize {
        match after {
            Some(Cursor::Rank(rank, id)) => ranked.partition_point(|(other, row)| {
                rank.total_cmp(other).then(id.cmp(&self.index.id(*row))).is_le()
            }),
            _ => 0,
        }
    }

    /// Returns the cursors of the first `most` rows after `after`, best match first. Ranks all matches on the first call.
    pub(super) async fn top_ranked(
        &self,
        ctx: &OpCtx,
        found: &FacetedMatches,
        tsquery: &str,
        after: Option<&Cursor>,
        most: usize,
    ) -> Result<Vec<Cursor>> {
        let ranked = found.ranked.get_or_try_init(|| self.rank(ctx, &found.matches, tsquery)).await?;
        let page = ranked.iter().skip(self.ranked_after(ranked, after)).take(most);
        Ok(page.map(|(rank, row)| Cursor::Rank(*rank, self.index.id(*row))).collect())
    }

    /// Ranks the matches in PostgreSQL; returns (rank, row), best first.
    async fn rank(&self, ctx: &OpCtx, matches: &RowSet, tsquery: &str) -> Result<Vec<(f32, u32)>> {
        let ids: Vec<Uuid> = matches.rows_from(0).map(|row| self.index.id(row)).collect();
        let ranks = ctx.search_read(async move |conn| changes::ranks(conn, tsquery, ids).await).await?;
        let mut ranked: Vec<(f32, u32)> =
            ranks.into_iter().filter_map(|(id, rank)| self.index.find(id).map(|row| (rank, row))).collect();
        ranked.sort_unstable_by(|(rank, row), (other, than)| {
            other.total_cmp(rank).then_with(|| self.index.id(*than).cmp(&self.index.id(*row)))
        });
        Ok(ranked)
    }
}

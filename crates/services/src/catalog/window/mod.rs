//! The shop window in memory. Counting a hundred thousand rows for every question costs PostgreSQL a hundred times what the rest
//! of a page costs; here it takes a millisecond, once per question. The table stays the truth: the transaction that changes it
//! also numbers the change, and a copy that was not compared for a second is compared before it answers.

mod changes;
mod counts;
mod index;
mod names;
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
use names::{Bits, Rows};

use super::{
    facets::arrange,
    market_sql::Titles,
    order::{After, Order},
};
use crate::platform::{Error, OpCtx, Result};

/// How long a copy answers without being compared. Changes made by this process are seen at once.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// Longest wait for somebody else who compares it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The listings at one moment, and what has been asked of them since.
pub(super) struct Window {
    generation: i64,
    index: Index,
    tallies: Cache<(MarketQuery, Option<String>), Arc<Tally>>,
    words: Cache<String, Arc<Bits>>,
    /// Results that were shown lately, as they are in this generation.
    pub(super) items: Cache<ServiceId, Arc<MarketItem>>,
}

/// What a question leaves of the window.
pub(super) struct Tally {
    /// All results.
    pub(super) total: u64,
    /// The filters with their counts.
    pub(super) facets: Arc<Vec<Facet>>,
    matches: Rows,
    /// Best first; judged when it is first asked for.
    best: OnceCell<Vec<(f32, u32)>>,
}

struct Held {
    window: Arc<Window>,
    compared: Instant,
}

#[derive(Default)]
struct Windows {
    held: Mutex<Option<Held>>,
    /// The newest copy, for those who will not wait until it was compared.
    newest: RwLock<Option<Arc<Window>>>,
    look_again: AtomicBool,
}

/// Returns the copy of today, or the newest one where comparing it takes longer than a second.
///
/// # Errors
/// `busy` when there is no copy yet and none is made in time.
pub(super) async fn current(ctx: &OpCtx) -> Result<Arc<Window>> {
    let windows = ctx.platform().db.caches().of::<Windows>();
    let Ok(mut held) = tokio::time::timeout(PATIENCE, windows.held.lock()).await else {
        let newest = windows.newest.read().unwrap_or_else(PoisonError::into_inner).clone();
        return newest.ok_or_else(|| Error::new(ErrorCode::Busy));
    };
    let must_look = windows.look_again.swap(false, Ordering::AcqRel);
    let known = match &*held {
        Some(held) if !must_look && held.compared.elapsed() < TRUSTED_FOR => {
            return Ok(Arc::clone(&held.window));
        }
        held => held.as_ref().map(|held| Arc::clone(&held.window)),
    };
    let compared = Instant::now();
    let window =
        compare(ctx, known).await.inspect_err(|_| windows.look_again.store(true, Ordering::Release))?;
    *windows.newest.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&window));
    *held = Some(Held { window: Arc::clone(&window), compared });
    Ok(window)
}

/// The next question is answered only after the copy was compared.
pub(super) fn look_again(ctx: &OpCtx) {
    ctx.platform().db.caches().of::<Windows>().look_again.store(true, Ordering::Release);
}

/// The known window if nothing has changed, else one with the changes.
async fn compare(ctx: &OpCtx, known: Option<Arc<Window>>) -> Result<Arc<Window>> {
    let generation = ctx.public_read(async |conn| changes::generation(conn).await).await?;
    let (since, index) = match known {
        Some(window) if window.generation == generation => return Ok(window),
        Some(window) => (Some(window.generation), window.index.clone()),
        None => (None, Index::default()),
    };
    let mut index = ctx.public_read(async move |conn| changes::apply(conn, since, index).await).await?;
    let index = tokio::task::spawn_blocking(move || {
        index.arrange();
        index
    })
    .await?;
    let (tallies, words, items) = (Cache::new(400), Cache::new(100), Cache::new(2_000));
    Ok(Arc::new(Window { generation, index, tallies, words, items }))
}

impl Window {
    /// What `query` leaves; `tsquery` is what its words mean.
    pub(super) async fn tally(
        &self,
        ctx: &OpCtx,
        query: &MarketQuery,
        tsquery: Option<&str>,
    ) -> Result<Arc<Tally>> {
        let key = (query.filter_only(), tsquery.map(ToOwned::to_owned));
        let tally =
            self.tallies.try_get_with(key, async { self.count(ctx, query, tsquery).await.map(Arc::new) });
        tally.await.map_err(Error::from_shared)
    }

    async fn count(&self, ctx: &OpCtx, query: &MarketQuery, tsquery: Option<&str>) -> Result<Tally> {
        let words = match tsquery {
            Some(tsquery) => Some(self.rows_with(ctx, tsquery).await?),
            None => None,
        };
        let chapters = Titles(query.chapter.clone().into_iter().collect());
        let titles: Vec<(String, String, i32)> =
            ctx.public_read(async |conn| Ok(chapters.get_results(conn).await?)).await?;
        let counted = counts::count(&self.index, query, words);
        Ok(Tally {
            total: counted.total,
            facets: Arc::new(arrange(counted.counts, &titles, query, |provider| {
                self.index.provider_name(provider)
            })),
            matches: counted.matches,
            best: OnceCell::new(),
        })
    }

    /// The rows that have the words.
    async fn rows_with(&self, ctx: &OpCtx, tsquery: &str) -> Result<Arc<Bits>> {
        let rows = self.words.try_get_with(tsquery.to_owned(), async {
            let ids = ctx.search_read(async |conn| changes::with_words(conn, tsquery).await).await?;
            let mut rows = Bits::none(self.index.rows.len());
            ids.into_iter().filter_map(|id| self.index.find(id)).for_each(|row| rows.add(row));
            Ok::<_, Error>(Arc::new(rows))
        });
        rows.await.map_err(Error::from_shared)
    }

    /// The first `most` places after `after`, in an order other than by rank.
    pub(super) fn page(&self, tally: &Tally, order: Order, after: Option<&After>, most: usize) -> Vec<After> {
        let total = usize::try_from(tally.total).unwrap_or(usize::MAX);
        let rows = self.index.page(&tally.matches, total, order, after, most);
        rows.into_iter().filter_map(|row| self.index.place(row, order)).collect()
    }

    /// The first `most` places after `after`, those that fit the words best before others.
    pub(super) async fn best(
        &self,
        ctx: &OpCtx,
        tally: &Tally,
        tsquery: &str,
        after: Option<&After>,
        most: usize,
    ) -> Result<Vec<After>> {
        let best = tally.best.get_or_try_init(|| self.judge(ctx, &tally.matches, tsquery)).await?;
        let start = match after {
            Some(After::Rank(rank, id)) => best.partition_point(|(other, row)| {
                rank.total_cmp(other).then(id.cmp(&self.index.id(*row))).is_le()
            }),
            _ => 0,
        };
        let page = best.iter().skip(start).take(most);
        Ok(page.map(|(rank, row)| After::Rank(*rank, self.index.id(*row))).collect())
    }

    async fn judge(&self, ctx: &OpCtx, matches: &Rows, tsquery: &str) -> Result<Vec<(f32, u32)>> {
        let ids: Vec<Uuid> = matches.rows_from(0).map(|row| self.index.id(row)).collect();
        let ranks = ctx.search_read(async move |conn| changes::ranks(conn, tsquery, ids).await).await?;
        let mut best: Vec<(f32, u32)> =
            ranks.into_iter().filter_map(|(id, rank)| self.index.find(id).map(|row| (rank, row))).collect();
        best.sort_unstable_by(|(rank, row), (other, than)| {
            other.total_cmp(rank).then_with(|| self.index.id(*than).cmp(&self.index.id(*row)))
        });
        Ok(best)
    }
}

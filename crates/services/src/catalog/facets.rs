//! How many results there are, and how many each filter would leave. Counting reads every match, so it is remembered for
//! a few seconds and shared by everybody who asks the same.

use std::{collections::HashMap, sync::Arc, time::Duration};

use contracts::catalog::{Category, Facet, FacetName, FacetValue, MarketQuery, Modality};
use diesel_async::RunQueryDsl;
use moka::future::Cache;

use super::market_sql::{Counted, Counts, Filter, Titles};
use crate::platform::{Conn, Error, OpCtx, Result};

/// Values shown of filters that have many.
const MOST_VALUES: usize = 14;

/// Counts for one question.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// All results.
    pub(super) total: u64,
    /// The filters.
    pub(super) facets: Vec<Facet>,
}

/// Remembered counts, by the question without order and place.
pub(super) struct Tallies(Cache<MarketQuery, Arc<Tally>>);

impl Default for Tallies {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(1_000).time_to_live(Duration::from_secs(5)).build())
    }
}

impl Tallies {
    pub(super) fn forget(&self) {
        self.0.invalidate_all();
    }
}

/// The counts for `filter`.
pub(super) async fn tally(ctx: &OpCtx, filter: &Filter) -> Result<Arc<Tally>> {
    let cache = ctx.platform().db.caches().of::<Tallies>();
    let key = filter.query.filter_only();
    let counted = cache.0.try_get_with(key, async {
        ctx.public_read(async |conn| count(conn, filter).await).await.map(Arc::new)
    });
    counted.await.map_err(Error::shared)
}

type Row = (String, String, String, i64);

async fn count(conn: &mut Conn, filter: &Filter) -> Result<Tally> {
    let ask = |what| Counts { filter: filter.clone(), what };
    let mut rows: Vec<Row> = ask(Counted::Everything).get_results(conn).await?;
    // a filter that is on is counted without itself, so that its other values can be chosen
    rows.retain(|(name, ..)| {
        name == "total" || name.parse().is_ok_and(|facet| filter.query.facet(facet).is_none())
    });
    for facet in FacetName::ALL.iter().copied() {
        let is_apart = match facet {
            FacetName::Chapter => true,
            FacetName::Block => filter.query.chapter.is_some(),
            other => filter.query.facet(other).is_some(),
        };
        if is_apart {
            rows.extend(ask(Counted::Facet(facet)).get_results::<Row>(conn).await?);
        }
    }
    let titles: Vec<(String, String, i32)> =
        Titles(filter.query.chapter.clone().into_iter().collect()).get_results(conn).await?;
    Ok(arrange(rows, &titles, &filter.query))
}

fn arrange(rows: Vec<Row>, titles: &[(String, String, i32)], query: &MarketQuery) -> Tally {
    let titles: HashMap<&str, (&str, i32)> =
        titles.iter().map(|(key, title, depth)| (key.as_str(), (title.as_str(), *depth))).collect();
    let mut tally = Tally::default();
    let mut by_name: HashMap<FacetName, Vec<FacetValue>> = HashMap::new();
    for (name, value, label, count) in rows {
        let count = u64::try_from(count).unwrap_or_default();
        let Ok(name) = name.parse::<FacetName>() else {
            tally.total = count;
            continue;
        };
        let Some(label) = label_of(name, &value, label, &titles) else { continue };
        by_name.entry(name).or_default().push(FacetValue { value, label, count });
    }
    for name in FacetName::ALL.iter().copied() {
        let mut values = by_name.remove(&name).unwrap_or_default();
        order(&mut values, name, query.facet(name).as_deref());
        if !values.is_empty() {
            tally.facets.push(Facet { name, values });
        }
    }
    tally
}

fn label_of(
    name: FacetName,
    value: &str,
    label: String,
    titles: &HashMap<&str, (&str, i32)>,
) -> Option<String> {
    match name {
        FacetName::Category => value.parse::<Category>().ok().map(|word| word.label().to_owned()),
        FacetName::Modality => value.parse::<Modality>().ok().map(|word| word.label().to_owned()),
        FacetName::Provider => Some(label),
        FacetName::Country | FacetName::Currency => Some(value.to_owned()),
        FacetName::City => (!value.is_empty()).then(|| value.to_owned()),
        FacetName::Chapter => {
            Some(titles.get(value).map_or_else(|| value.to_owned(), |(title, _)| (*title).to_owned()))
        }
        // blocks stand inside blocks; the outermost ones make a list short enough to read, and other chapters' are not asked for
        FacetName::Block => {
            titles.get(value).filter(|(_, depth)| *depth == 1).map(|(title, _)| (*title).to_owned())
        }
    }
}

/// Most frequent first; chapters in their own order. The chosen value is always there.
fn order(values: &mut Vec<FacetValue>, name: FacetName, chosen: Option<&str>) {
    if name == FacetName::Chapter {
        values.sort_by(|a, b| a.value.cmp(&b.value));
        return;
    }
    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
    if values.len() > MOST_VALUES {
        let rest = values.split_off(MOST_VALUES);
        values.extend(rest.into_iter().filter(|value| Some(value.value.as_str()) == chosen));
    }
}

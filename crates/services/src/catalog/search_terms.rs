//! Parses the words of a market search: stems, a prefix for the last one, and the closest known word for one that matches nothing.

use std::{sync::Arc, time::Duration};

use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use moka::future::Cache;

use crate::platform::{Conn, Error, OpCtx, Prepare, Result};

/// The words of a search, parsed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SearchTerms {
    /// Text of a `tsquery`; `None` when no word is left to search for.
    pub(super) tsquery: Option<String>,
    /// The text that is searched for instead; `None` when no word was replaced.
    pub(super) did_you_mean: Option<String>,
}

#[derive(Default, QueryableByName)]
struct Word {
    #[diesel(sql_type = sql_types::Text)]
    word: String,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    stem: Option<String>,
    #[diesel(sql_type = sql_types::Bool)]
    is_last: bool,
    #[diesel(sql_type = sql_types::Bool)]
    is_known: bool,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    closest: Option<String>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    closest_stem: Option<String>,
    /// An unknown word as a letter and the rest, where listings have both in a row: `xray` is `x <-> ray`.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    split: Option<String>,
}

/// Words are letters and digits only (`market_tokens`), so they can stand in a `tsquery` without quotes.
const LOOK_UP: &str = "
    WITH typed AS (
      SELECT t.word, t.place FROM regexp_split_to_table(market_tokens($1), ' ') WITH ORDINALITY AS t(word, place)
      WHERE t.word <> '' ORDER BY t.place LIMIT 8),
    shaped AS (
      SELECT word, place, place = max(place) OVER () AS is_last, (ts_lexize('english_stem', word))[1] AS stem FROM typed),
    judged AS (
      SELECT s.*, EXISTS (SELECT FROM market_listings l WHERE l.search @@
        (s.word || CASE WHEN s.is_last THEN ':*' ELSE '' END || coalesce(' | ' || s.stem, ''))::tsquery) AS is_known
      FROM shaped s),
    parted AS (
      SELECT j.*, left(j.word, 1) || ' <-> ' || substr(j.word, 2) AS parts FROM judged j)
    SELECT j.word, j.stem, j.is_last, j.is_known, near.word AS closest, (ts_lexize('english_stem', near.word))[1] AS closest_stem,
      -- a vowel alone is a word of its own, and in nearly every listing
      CASE WHEN NOT j.is_known AND j.word ~ '^[b-df-hj-np-tv-z][a-z]{2,}$'
             AND EXISTS (SELECT FROM market_listings l WHERE l.search @@ j.parts::tsquery) THEN j.parts END AS split
    FROM parted j LEFT JOIN LATERAL (
      SELECT m.word FROM market_words m
      WHERE NOT j.is_known AND length(j.word) >= 3 AND m.listings > 0 AND m.word % j.word
      ORDER BY similarity(m.word, j.word) DESC, m.listings DESC, m.word LIMIT 1) near ON true
    ORDER BY j.place";

/// Caches parsed words for ten seconds: people page and filter with the same words.
pub(super) struct SearchTermsCache(Cache<(String, bool), Arc<SearchTerms>>);

impl Default for SearchTermsCache {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(2_000).time_to_live(Duration::from_secs(10)).build())
    }
}

impl SearchTermsCache {
    pub(super) fn invalidate(&self) {
        self.0.invalidate_all();
    }
}

/// Parses `q` against the words that listings have now. `exact`: replaces no word.
pub(super) async fn parse_search_terms(ctx: &OpCtx, q: &str, exact: bool) -> Result<Arc<SearchTerms>> {
    if q.is_empty() {
        return Ok(Arc::default());
    }
    let cache = ctx.platform().db.caches().of::<SearchTermsCache>();
    let found = cache.0.try_get_with((q.to_owned(), exact), async {
        let q = join_code_parts(q);
        let words = ctx.search_read(async |conn| look_up(conn, &q).await).await?;
        Ok::<_, Error>(Arc::new(to_tsquery(words, exact)))
    });
    found.await.map_err(Error::from_shared)
}

/// Returns a search text in which a code that was typed with a space or a hyphen for its dot (`ME84 2`) is one word, as listings have it.
/// What follows the stem of a code is taken for its rest only if it begins as one does: with a digit, Y or Z.
fn join_code_parts(q: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for part in q.split(|c: char| c.is_whitespace() || c == '-').filter(|part| !part.is_empty()) {
        let is_rest = part.starts_with(|c: char| c.is_ascii_digit() || matches!(c, 'y' | 'Y' | 'z' | 'Z'));
        let bare = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let code =
            words.last().map(|stem| [stem, ".", bare].concat()).filter(|code| is_rest && is_code(code));
        match (code, words.last_mut()) {
            (Some(code), Some(stem)) => *stem = code,
            _ => words.push(part.to_owned()),
        }
    }
    words.join(" ")
}

fn is_code(text: &str) -> bool {
    text.to_ascii_uppercase().parse::<icd11::Code>().is_ok()
}

/// Reads from the database, for each word of `q`, whether listings have it and which known word is the closest.
async fn look_up(conn: &mut Conn, q: &str) -> Result<Vec<Word>> {
    Ok(diesel::sql_query(LOOK_UP).bind::<sql_types::Text, _>(q).prepared().load(conn).await?)
}

/// Joins the words to a `tsquery`; words that match nothing are replaced unless `exact`.
fn to_tsquery(words: Vec<Word>, exact: bool) -> SearchTerms {
    let mut terms = Vec::new();
    let mut shown = Vec::new();
    let mut replaced = false;
    for word in words {
        // "of", "the": no stem; only the last may be the start of a longer word
        let is_filler = word.stem.is_none() && !(word.is_last && word.is_known);
        if let Some(split) = word.split.filter(|_| !exact) {
            terms.push(format!("({split})"));
            shown.push(word.word);
            continue;
        }
        let replacement = word.closest.filter(|_| !exact && !word.is_known && !is_filler);
        if let Some(closest) = replacement {
            terms.push(term(&closest, word.closest_stem.as_deref(), false));
            shown.push(closest);
            replaced = true;
            continue;
        }
        if !is_filler {
            terms.push(term(&word.word, word.stem.as_deref(), word.is_last));
        }
        shown.push(word.word);
    }
    SearchTerms {
        tsquery: (!terms.is_empty()).then(|| terms.join(" & ")),
        did_you_mean: replaced.then(|| shown.join(" ")),
    }
}

fn term(word: &str, stem: Option<&str>, is_prefix: bool) -> String {
    let prefix = if is_prefix { ":*" } else { "" };
    match stem {
        Some(stem) => format!("({word}{prefix} | {stem})"),
        None => format!("{word}{prefix}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(word: &str, stem: Option<&str>) -> Word {
        Word { word: word.into(), stem: stem.map(Into::into), is_known: true, ..Word::default() }
    }

    #[test]
    fn fillers_fall_out_and_the_last_word_is_a_prefix() {
        let last = Word { is_last: true, ..word("kne", Some("kne")) };
        let terms = to_tsquery(vec![word("mri", Some("mri")), word("of", None), last], false);
        assert_eq!(terms.tsquery.as_deref(), Some("(mri | mri) & (kne:* | kne)"));
        assert_eq!(terms.did_you_mean, None);
    }

    #[test]
    fn a_word_without_its_hyphen_is_searched_as_its_parts() {
        let xray = || Word {
            is_known: false,
            is_last: true,
            split: Some("x <-> ray".into()),
            ..word("xray", Some("xray"))
        };
        let terms = to_tsquery(vec![word("knee", Some("knee")), xray()], false);
        assert_eq!(terms.tsquery.as_deref(), Some("(knee | knee) & (x <-> ray)"));
        assert_eq!(terms.did_you_mean, None);
        assert_eq!(to_tsquery(vec![xray()], true).tsquery.as_deref(), Some("(xray:* | xray)"));
    }

    #[test]
    fn a_code_without_its_dot_is_one_word() {
        for (typed, joined) in [
            ("ME84 2", "ME84.2"),
            ("me84-2z,", "me84.2z"),
            ("knee ME84 2 berlin", "knee ME84.2 berlin"),
            ("BA00 in Berlin", "BA00 in Berlin"),
            ("BA00 hypertension", "BA00 hypertension"),
            ("mri 3 tesla", "mri 3 tesla"),
            ("type-2 diabetes", "type 2 diabetes"),
            ("ME84.2 3", "ME84.2 3"),
        ] {
            assert_eq!(join_code_parts(typed), joined, "{typed}");
        }
    }

    #[test]
    fn a_misspelt_word_is_replaced_unless_it_is_meant() {
        let misspelt = || Word {
            is_known: false,
            closest: Some("mammography".into()),
            closest_stem: Some("mammographi".into()),
            is_last: true,
            ..word("mamograpy", Some("mamograpi"))
        };
        let terms = to_tsquery(vec![misspelt()], false);
        assert_eq!(terms.tsquery.as_deref(), Some("(mammography | mammographi)"));
        assert_eq!(terms.did_you_mean.as_deref(), Some("mammography"));
        let exact = to_tsquery(vec![misspelt()], true);
        assert_eq!(exact.tsquery.as_deref(), Some("(mamograpy:* | mamograpi)"));
        assert_eq!(exact.did_you_mean, None);
    }
}

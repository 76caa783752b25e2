//! Finds ICD-11 codes while somebody types: by the start of a code, by the starts of words, and past a typing error.

use contracts::{
    catalog::{CodeView, Icd11Hit, Icd11ReleaseView, MOST_CODES_READ},
    validate,
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;

use crate::platform::{Conn, Error, OpCtx, Prepare, Result};

const MOST_HITS: usize = 20;

#[derive(QueryableByName)]
struct HitRow {
    #[diesel(sql_type = sql_types::Text)]
    release_id: String,
    #[diesel(sql_type = sql_types::Text)]
    uri: String,
    #[diesel(sql_type = sql_types::Text)]
    code: String,
    #[diesel(sql_type = sql_types::Text)]
    title: String,
    #[diesel(sql_type = sql_types::Text)]
    chapter_no: String,
    #[diesel(sql_type = sql_types::Text)]
    chapter_title: String,
    #[diesel(sql_type = sql_types::Bool)]
    is_leaf: bool,
}

impl From<HitRow> for Icd11Hit {
    fn from(row: HitRow) -> Self {
        Self {
            entity: CodeView { release: row.release_id, uri: row.uri, code: row.code, title: row.title },
            chapter: row.chapter_no,
            chapter_title: row.chapter_title,
            is_leaf: row.is_leaf,
        }
    }
}

/// Clinical chapters come before V, X and 26; the exact code first, then shorter titles before longer ones.
macro_rules! hits {
    ($condition:literal, $order:literal) => {
        concat!(
            "SELECT e.release_id, e.uri, e.code, e.title, e.chapter_no, e.is_leaf, coalesce((SELECT c.title FROM icd11_entities c \
             WHERE c.release_id = e.release_id AND c.parent_uri IS NULL AND c.chapter_no = e.chapter_no LIMIT 1), '') AS chapter_title \
             FROM icd11_entities e WHERE e.release_id = (SELECT id FROM icd11_releases WHERE is_current) AND e.code IS NOT NULL AND ",
            $condition,
            " ORDER BY e.chapter_no IN ('26', 'V', 'X'), e.is_residual, ",
            $order,
            " LIMIT 20"
        )
    };
}

// '~' sorts after every character of a code
const BY_CODE: &str = hits!("e.code ~>=~ $1 AND e.code ~<~ ($1 || '~')", "length(e.code), e.code");
const BY_WORDS: &str = hits!(
    "e.search @@ to_tsquery('english', $1)",
    "ts_rank(e.search, to_tsquery('english', $1), 1) DESC, length(e.title), e.code"
);
const BY_LIKENESS: &str =
    hits!("$1 <% e.title", "word_similarity($1, e.title) DESC, length(e.title), e.code");

/// Codes of the current release for what is typed so far: at most 20, best first. Two characters are needed.
pub async fn icd11_search(ctx: &OpCtx, query: &str) -> Result<Vec<Icd11Hit>> {
    let typed: String = validate::words(query).chars().take(80).collect();
    if typed.chars().count() < 2 {
        return Ok(Vec::new());
    }
    ctx.public_read(async move |conn| {
        let mut hits = Vec::new();
        if is_code_like(&typed) {
            add(conn, &mut hits, BY_CODE, &typed.to_uppercase()).await?;
        }
        if let Some(words) = words_query(&typed)
            && hits.len() < MOST_HITS
        {
            add(conn, &mut hits, BY_WORDS, &words).await?;
        }
        if hits.is_empty() && typed.chars().count() >= 4 {
            add(conn, &mut hits, BY_LIKENESS, &typed).await?;
        }
        hits.truncate(MOST_HITS);
        Ok(hits)
    })
    .await
}

async fn add(conn: &mut Conn, hits: &mut Vec<Icd11Hit>, sql: &'static str, value: &str) -> Result<()> {
    let rows: Vec<HitRow> =
        diesel::sql_query(sql).bind::<sql_types::Text, _>(value).prepared().load(conn).await?;
    for hit in rows.into_iter().map(Icd11Hit::from) {
        if hits.iter().all(|known| known.entity.uri != hit.entity.uri) {
            hits.push(hit);
        }
    }
    Ok(())
}

/// Could be the start of a code: short, one word, with a digit where a code has one.
fn is_code_like(typed: &str) -> bool {
    typed.len() <= 8
        && typed.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
        && typed.bytes().take(3).any(|byte| byte.is_ascii_digit() || byte == b'X' || byte == b'x')
}

/// Every word as a prefix; only letters and digits reach the query.
fn words_query(typed: &str) -> Option<String> {
    let words: Vec<_> = typed
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(8)
        .map(|word| format!("{}:*", word.to_lowercase()))
        .collect();
    (!words.is_empty()).then(|| words.join(" & "))
}

#[derive(QueryableByName)]
struct CodeRow {
    #[diesel(sql_type = sql_types::Text)]
    release_id: String,
    #[diesel(sql_type = sql_types::Text)]
    uri: String,
    #[diesel(sql_type = sql_types::Text)]
    code: String,
    #[diesel(sql_type = sql_types::Text)]
    title: String,
}

/// These codes in the current release; the ones it does not have are missing.
pub(super) async fn codes_of_current(conn: &mut Conn, codes: &[String]) -> Result<Vec<CodeView>> {
    let rows: Vec<CodeRow> = diesel::sql_query(
        "SELECT release_id, uri, code, title FROM icd11_entities
         WHERE release_id = (SELECT id FROM icd11_releases WHERE is_current) AND code = ANY ($1)",
    )
    .bind::<sql_types::Array<sql_types::Text>, _>(codes)
    .prepared()
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| CodeView { release: row.release_id, uri: row.uri, code: row.code, title: row.title })
        .collect())
}

/// These codes in the current release, for a form that shows what was chosen.
///
/// # Errors
/// `invalid_input` for more codes than a form sends.
pub async fn icd11_codes_get(ctx: &OpCtx, codes: Vec<String>) -> Result<Vec<CodeView>> {
    if codes.len() > MOST_CODES_READ {
        return Err(Error::invalid_field("codes", format!("Ask for at most {MOST_CODES_READ} codes.")));
    }
    let codes: Vec<String> = codes.iter().map(|code| validate::words(code)).collect();
    ctx.public_read(async move |conn| codes_of_current(conn, &codes).await).await
}

/// All releases, newest first.
pub async fn icd11_release_list(ctx: &OpCtx) -> Result<Vec<Icd11ReleaseView>> {
    ctx.public_read(async |conn| super::icd11::releases(conn).await).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_letters_and_digits_reach_the_query() {
        assert_eq!(words_query("type-2 diabetes!").as_deref(), Some("type:* & 2:* & diabetes:*"));
        assert_eq!(words_query("'):*|&<->"), None);
    }

    #[test]
    fn pages_and_views_attribute_alike() {
        assert_eq!(contracts::catalog::ICD11_ATTRIBUTION, icd11::ATTRIBUTION);
    }

    #[test]
    fn knows_the_start_of_a_code() {
        for code in ["BA", "BA0", "ba00", "5A11.", "XM7"] {
            assert_eq!(is_code_like(code), code != "BA", "{code}");
        }
        assert!(!is_code_like("hip pain") && !is_code_like("cholera"));
    }
}

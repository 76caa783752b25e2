//! Finds ICD-11 codes while somebody types: by the start of a code, by the starts of words, and past a typing error.

use contracts::{
    catalog::{CodeView, Icd11Hit, Icd11ReleaseView, MAX_CODES_READ},
    validate,
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;

use crate::platform::{Conn, Error, OpCtx, Prepare, Result};

const MAX_HITS: usize = 20;

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
    "e.search @@ to_tsquery('english', strip_accents($1))",
    "ts_rank(e.search, to_tsquery('english', strip_accents($1)), 1) DESC, length(e.title), e.code"
);
const BY_LIKENESS: &str = hits!(
    "strip_accents($1) <% strip_accents(e.title)",
    "word_similarity(strip_accents($1), strip_accents(e.title)) DESC, length(e.title), e.code"
);

/// Codes of the current release for what is typed so far: at most 20, best first. Two characters are needed.
pub async fn icd11_search(ctx: &OpCtx, query: &str) -> Result<Vec<Icd11Hit>> {
    let typed: String = validate::words(query).chars().take(80).collect();
    if typed.chars().count() < 2 {
        return Ok(Vec::new());
    }
    ctx.search_read(async move |conn| {
        let mut hits = Vec::new();
        if let Some(code) = code_prefix(&typed) {
            add(conn, &mut hits, BY_CODE, &code).await?;
        }
        if let Some(words) = words_query(&typed)
            && hits.len() < MAX_HITS
        {
            add(conn, &mut hits, BY_WORDS, &words).await?;
        }
        if hits.is_empty() && typed.chars().count() >= 4 {
            add(conn, &mut hits, BY_LIKENESS, &typed).await?;
        }
        hits.truncate(MAX_HITS);
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

/// Returns the start of a code as the table writes it, from what was typed or pasted: `(BA00)`, `BA00,` and `ME84 2` too. `None` for what
/// has no digit where a code has one.
fn code_prefix(typed: &str) -> Option<String> {
    let bare = typed.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let mut parts = bare.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let (stem, digits, more) = (parts.next()?, parts.next(), parts.next());
    let has_digit = stem.bytes().take(3).any(|byte| byte.is_ascii_digit() || matches!(byte, b'X' | b'x'));
    let fits = stem.len() <= 6 && digits.is_none_or(|digits| digits.len() <= 2) && more.is_none();
    let code = digits.map_or_else(|| stem.to_owned(), |digits| [stem, ".", digits].concat());
    (has_digit && fits && bare.is_ascii()).then(|| code.to_uppercase())
}

/// American spellings beside WHO's British ones, as parts of words.
const SPELLINGS: [(&str, &str); 22] = [
    ("anesth", "anaesth"),
    ("behavior", "behaviour"),
    ("cecum", "caecum"),
    ("celiac", "coeliac"),
    ("color", "colour"),
    ("edema", "oedema"),
    ("emia", "aemia"),
    ("emic", "aemic"),
    ("esoph", "oesoph"),
    ("estrogen", "oestrogen"),
    ("etiolog", "aetiolog"),
    ("feca", "faeca"),
    ("fiber", "fibre"),
    ("gynec", "gynaec"),
    ("hemo", "haemo"),
    ("hema", "haema"),
    ("labor", "labour"),
    ("orthoped", "orthopaed"),
    ("pediatr", "paediatr"),
    ("pnea", "pnoea"),
    ("rrhea", "rrhoea"),
    ("tumor", "tumour"),
];

/// Returns the word in British spelling, or in American if it is British; `None` where both are alike.
fn other_spelling(word: &str) -> Option<String> {
    // "oedema" has "edema" in it, and is British already
    let british = SPELLINGS.iter().fold(word.to_owned(), |word, (american, british)| {
        if word.contains(british) { word } else { word.replace(american, british) }
    });
    if british != word {
        return Some(british);
    }
    let american =
        SPELLINGS.iter().fold(word.to_owned(), |word, (american, british)| word.replace(british, american));
    (american != word).then_some(american)
}

/// Every word as a prefix, in either spelling; only letters and digits reach the query.
fn words_query(typed: &str) -> Option<String> {
    let words: Vec<_> = typed
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(8)
        .map(|word| {
            let word = word.to_lowercase();
            match other_spelling(&word) {
                Some(other) => format!("({word}:* | {other}:*)"),
                None => format!("{word}:*"),
            }
        })
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
    if codes.len() > MAX_CODES_READ {
        return Err(Error::invalid_field("codes", format!("Send at most {MAX_CODES_READ} ICD-11 codes.")));
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
        for (typed, code) in [
            ("BA0", "BA0"),
            ("ba00", "BA00"),
            ("5A11.", "5A11"),
            ("XM7", "XM7"),
            ("BA00,", "BA00"),
            ("(BA00)", "BA00"),
            ("ME84 2", "ME84.2"),
            ("me84-2z.", "ME84.2Z"),
        ] {
            assert_eq!(code_prefix(typed).as_deref(), Some(code), "{typed}");
        }
        for words in ["BA", "hip pain", "cholera", "x-ray of the knee", "", "…"] {
            assert_eq!(code_prefix(words), None, "{words}");
        }
    }

    #[test]
    fn a_word_is_looked_for_in_both_spellings() {
        for (american, british) in [
            ("anemia", "anaemia"),
            ("edema", "oedema"),
            ("tumor", "tumour"),
            ("hemorrhage", "haemorrhage"),
            ("leukemia", "leukaemia"),
        ] {
            assert_eq!(other_spelling(american).as_deref(), Some(british));
            assert_eq!(other_spelling(british).as_deref(), Some(american));
        }
        assert_eq!(other_spelling("asthma"), None);
        assert_eq!(words_query("lung tumor").as_deref(), Some("lung:* & (tumor:* | tumour:*)"));
    }
}

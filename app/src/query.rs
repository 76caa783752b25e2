//! What the address of a page asks for, as it was written.

use contracts::catalog::query_pairs;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The text behind a key of the query, decoded once. The router's own map decodes what is decoded (`leptos_router` 0.8), which ruins
/// a text with a percent sign, such as that of a QR code.
pub fn use_query_text(key: &'static str) -> Memo<Option<String>> {
    let search = use_location().search;
    Memo::new(move |_| search.with(|search| text_of(search, key)))
}

fn text_of(search: &str, key: &str) -> Option<String> {
    query_pairs(search).into_iter().find(|(name, _)| name == key).map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_sign_stays_one() {
        let text = "HCTS1:%41 B+%2B";
        let mut search = "pdf=x".to_owned();
        contracts::catalog::push_pair(&mut search, "code", text);
        assert_eq!(text_of(&search, "code").as_deref(), Some(text));
        assert_eq!(text_of(&search, "place"), None);
    }
}

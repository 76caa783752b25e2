//! What the address of a page asks for, as it was written.

use contracts::catalog::query_pairs;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The query of an address, each text decoded once. The router's own map decodes what is decoded (`leptos_router` 0.8), which ruins
/// a text with a percent sign, such as that of a QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    fn of(search: &str) -> Self {
        Self(query_pairs(search))
    }

    /// The text behind a key: the first one of this name.
    pub fn get(&self, key: &str) -> Option<String> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, text)| text.clone())
    }
}

/// The query of the page's address; follows it.
pub fn use_query() -> Memo<Query> {
    let search = use_location().search;
    Memo::new(move |_| search.with(|search| Query::of(search)))
}

/// The text behind one key of it.
pub fn use_query_text(key: &'static str) -> Memo<Option<String>> {
    let query = use_query();
    Memo::new(move |_| query.with(|query| query.get(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_sign_stays_one() {
        let text = "HCTS1:%41 B+%2B";
        let mut search = "pdf=x".to_owned();
        contracts::catalog::push_pair(&mut search, "code", text);
        let query = Query::of(&search);
        assert_eq!(query.get("code").as_deref(), Some(text));
        assert_eq!(query.get("place"), None);
    }
}

//! What the address of a page asks for, as it was written.

use contracts::catalog::{push_pair, query_pairs};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The place in a list: whatever else is asked for begins at the first page.
const PLACE: &str = "after";
/// What a refused form left: nothing that a page asks for.
const OF_A_REFUSAL: [&str; 2] = ["__path", "__err"];
/// How a list is shown, not what is in it.
const LOOKS: [&str; 4] = ["column", "size", "sort", PLACE];

/// The query of an address, each text decoded once. The router's own map decodes what is decoded (`leptos_router` 0.8), which ruins
/// a text with a percent sign, such as that of a QR code. What is empty asks for nothing and is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    fn of(search: &str) -> Self {
        let mut pairs = query_pairs(search);
        pairs.retain(|(key, text)| !text.is_empty() && !OF_A_REFUSAL.contains(&key.as_str()));
        Self(pairs)
    }

    /// The text behind a key: the first one of this name.
    pub fn get(&self, key: &str) -> Option<String> {
        self.all(key).next().map(str::to_owned)
    }

    /// What the text behind a key stands for; nothing where it stands for nothing.
    pub fn read<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.all(key).next().and_then(|text| text.parse().ok())
    }

    /// All texts behind a key.
    pub fn all<'q>(&'q self, key: &str) -> impl Iterator<Item = &'q str> {
        self.0.iter().filter(move |(name, _)| name == key).map(|(_, text)| text.as_str())
    }

    /// The same with this behind the key alone, from the first page on; an empty text takes the key away.
    #[must_use]
    pub fn with(&self, key: &str, text: &str) -> Self {
        let mut pairs = self.except(&[key, PLACE]);
        if !text.is_empty() {
            pairs.0.push((key.to_owned(), text.to_owned()));
        }
        pairs
    }

    /// The same without these keys.
    #[must_use]
    pub fn except(&self, keys: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !keys.contains(&name.as_str())).cloned().collect())
    }

    /// Nothing but these keys.
    #[must_use]
    pub fn only(&self, keys: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| keys.contains(&name.as_str())).cloned().collect())
    }

    /// Whether a list of this query holds less than everything.
    pub fn filters(&self) -> bool {
        self.0.iter().any(|(name, _)| !LOOKS.contains(&name.as_str()))
    }

    /// As an address writes it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (key, value) in &self.0 {
            push_pair(&mut text, key, value);
        }
        text
    }

    /// The address of a page that is asked for this.
    pub fn at(&self, path: &str) -> String {
        if self.0.is_empty() { path.to_owned() } else { [path, "?", &self.text()].concat() }
    }
}

/// The query of the page's address; follows it.
pub fn use_query() -> Memo<Query> {
    let search = use_location().search;
    Memo::new(move |_| search.with(|search| Query::of(search)))
}

/// The same for the page that stands at `path` alone: it asks for nothing more while somebody leaves it for another address.
pub fn use_query_at(path: &'static str) -> Memo<Query> {
    let location = use_location();
    Memo::new(move |earlier: Option<&Query>| {
        let is_here = location.pathname.with(|here| here.trim_end_matches('/') == path);
        match earlier {
            Some(earlier) if !is_here => earlier.clone(),
            _ => location.search.with(|search| Query::of(search)),
        }
    })
}

/// The text behind one key of it.
pub fn use_query_text(key: &'static str) -> Memo<Option<String>> {
    let query = use_query();
    Memo::new(move |_| query.with(|query| query.get(key)))
}

/// What a form that asks anew leaves as it is; its own fields are the keys that it sends.
#[component]
pub fn KeptFields(
    /// What is asked for now.
    query: Query,
    /// The form's own fields.
    own: &'static [&'static str],
) -> impl IntoView {
    let kept = query.except(own).except(&[PLACE]);
    kept.0
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect::<Vec<_>>()
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_sign_stays_one() {
        let text = "HCTS1:%41 B+%2B";
        let mut search = "pdf=x".to_owned();
        push_pair(&mut search, "code", text);
        let query = Query::of(&search);
        assert_eq!(query.get("code").as_deref(), Some(text));
        assert_eq!(query.get("place"), None);
    }

    #[test]
    fn another_filter_begins_at_the_first_page_and_keeps_the_rest() {
        let query = Query::of("?status=paused&q=&column=state&column=codes&after=x&__err=abc&__path=%2Frpc");
        assert_eq!(query.at("/services"), "/services?status=paused&column=state&column=codes&after=x");
        assert_eq!(
            query.with("status", "draft").at("/services"),
            "/services?column=state&column=codes&status=draft"
        );
        assert_eq!(query.with("after", "y").with("column", "").text(), "status=paused");
        assert_eq!(query.only(&["status"]).at("/export"), "/export?status=paused");
        assert!(query.filters() && !query.except(&["status"]).filters());
        assert_eq!(Query::default().at("/services"), "/services");
    }
}

//! The query of a page's address.

use contracts::query_text::{push_pair, query_pairs};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Keys of the position in a list; every change of other keys resets them.
const PLACE: [&str; 3] = [AFTER, BEFORE, PAGE];
const AFTER: &str = "after";
const BEFORE: &str = "before";
/// Page number, shown to people; the cursors define the position.
const PAGE: &str = "page";
/// Maximum page number that is accepted.
const MAX_PAGE: usize = 1_000_000;
/// Key that marks the address to which saving a view leads.
pub const SAVED_VIEW: &str = "view_saved";
/// Keys that a form left, refused or carried out; they are not about the page.
const OF_A_FORM: [&str; 3] = ["__path", "__err", SAVED_VIEW];
/// Keys about the presentation of a list, not its content.
const LOOKS: [&str; 6] = ["column", "size", "sort", AFTER, BEFORE, PAGE];

/// The query of an address, each text decoded once. The router's own map decodes twice (`leptos_router` 0.8), which damages texts
/// with a percent sign, such as those of QR codes. Empty values are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    fn of(search: &str) -> Self {
        let mut pairs = query_pairs(search);
        pairs.retain(|(key, text)| !text.is_empty() && !OF_A_FORM.contains(&key.as_str()));
        Self(pairs)
    }

    /// Returns the first value of a key.
    pub fn get(&self, key: &str) -> Option<String> {
        self.all(key).next().map(str::to_owned)
    }

    /// Parses the first value of a key; `None` when it is absent or invalid.
    pub fn read<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.all(key).next().and_then(|text| text.parse().ok())
    }

    /// Iterates over all values of a key.
    pub fn all<'q>(&'q self, key: &str) -> impl Iterator<Item = &'q str> {
        self.0.iter().filter(move |(name, _)| name == key).map(|(_, text)| text.as_str())
    }

    /// Returns the query with `key` replaced and paging reset. An empty text removes the key.
    #[must_use]
    pub fn with(&self, key: &str, text: &str) -> Self {
        let mut pairs = self.except(&[key]).first_page();
        if !text.is_empty() {
            pairs.0.push((key.to_owned(), text.to_owned()));
        }
        pairs
    }

    /// Returns the query without these keys.
    #[must_use]
    pub fn except(&self, keys: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !keys.contains(&name.as_str())).cloned().collect())
    }

    /// Returns the query with paging reset.
    #[must_use]
    pub fn first_page(&self) -> Self {
        self.except(&PLACE)
    }

    /// Returns the query with only these keys.
    #[must_use]
    pub fn only(&self, keys: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| keys.contains(&name.as_str())).cloned().collect())
    }

    /// True when the query has any filter.
    pub fn filters(&self) -> bool {
        self.0.iter().any(|(name, _)| !LOOKS.contains(&name.as_str()))
    }

    /// True when the query is not for the first page.
    pub fn is_beyond_first(&self) -> bool {
        self.all(AFTER).chain(self.all(BEFORE)).next().is_some()
    }

    /// Returns the addresses of the pages around this one of the list at `path`, from the cursors of its answer. Their length does not
    /// grow from page to page.
    pub fn page_links(&self, path: &str, previous: Option<&str>, next: Option<&str>) -> PageLinks {
        let is_first = !PLACE.iter().any(|key| self.all(key).next().is_some());
        let number = if is_first { Some(1) } else { self.read(PAGE).filter(|number| *number < MAX_PAGE) };
        let first = self.first_page().at(path);
        let to = |key: &str, cursor: &str, number: Option<usize>| {
            let mut there = self.first_page();
            there.0.push((key.to_owned(), cursor.to_owned()));
            there.0.extend(number.map(|number| (PAGE.to_owned(), number.to_string())));
            there.at(path)
        };
        let is_second = number == Some(2) && previous.is_some();
        let previous = previous.map(|cursor| {
            if is_second {
                first.clone()
            } else {
                to(BEFORE, cursor, number.map(|number| number.saturating_sub(1)))
            }
        });
        let next = next.map(|cursor| to(AFTER, cursor, number.map(|number| number + 1)));
        PageLinks { first: (!is_first && !is_second).then_some(first), previous, next, number }
    }

    /// Returns the addresses of the pages around this one of the market, both of whose cursors go forward: that of the previous page is
    /// empty when it is the first.
    pub fn forward_page_links(&self, path: &str, previous: Option<&str>, next: Option<&str>) -> PageLinks {
        let is_first = self.all(AFTER).next().is_none();
        let number = if is_first { Some(1) } else { self.read(PAGE).filter(|number| *number < MAX_PAGE) };
        let first = self.first_page().at(path);
        let to = |cursor: &str, number: Option<usize>| {
            let mut there = self.first_page();
            there.0.push((AFTER.to_owned(), cursor.to_owned()));
            there.0.extend(number.map(|number| (PAGE.to_owned(), number.to_string())));
            there.at(path)
        };
        let previous = previous.map(|cursor| match cursor {
            "" => first.clone(),
            cursor => to(cursor, number.map(|number: usize| number.saturating_sub(1))),
        });
        let next = next.map(|cursor| to(cursor, number.map(|number| number + 1)));
        let is_second = previous.as_ref() == Some(&first);
        PageLinks { first: (!is_first && !is_second).then_some(first), previous, next, number }
    }

    /// Returns the query string, without a question mark.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (key, value) in &self.0 {
            push_pair(&mut text, key, value);
        }
        text
    }

    /// Returns the address of `path` with this query.
    pub fn at(&self, path: &str) -> String {
        if self.0.is_empty() { path.to_owned() } else { [path, "?", &self.text()].concat() }
    }
}

/// Addresses of the pages around a page of a list; `None` where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageLinks {
    /// First page, if it is not the previous one.
    pub first: Option<String>,
    /// Previous page.
    pub previous: Option<String>,
    /// Next page.
    pub next: Option<String>,
    /// Number of this page; `None` if the pages before it are not all known.
    pub number: Option<usize>,
}

/// Returns the query of the page's address, which follows it.
pub fn use_query() -> Memo<Query> {
    let search = use_location().search;
    Memo::new(move |_| search.with(|search| Query::of(search)))
}

/// Returns the query of the page at `path`. It stays unchanged while the person leaves for another path.
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

/// Returns the value of one key of the page's address.
pub fn use_query_text(key: &'static str) -> Memo<Option<String>> {
    let query = use_query();
    Memo::new(move |_| query.with(|query| query.get(key)))
}

/// Hidden fields that keep the rest of the query in a form of method GET.
#[component]
pub fn HiddenQueryFields(
    /// Current query.
    query: Query,
    /// Keys that the form sends itself.
    own: &'static [&'static str],
) -> impl IntoView {
    let kept = query.except(own).except(&PLACE);
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

    fn from(address: &str) -> Query {
        Query::of(address.split_once('?').map_or("", |(_, search)| search))
    }

    #[test]
    fn the_address_of_a_page_does_not_grow_and_leads_back_to_the_first() {
        let mut page = "/services?status=paused".to_owned();
        for number in 1..=40_usize {
            let links = from(&page).page_links("/services", (number > 1).then_some("b"), Some("a"));
            assert_eq!(links.number, Some(number));
            assert_eq!(links.first.is_some(), number > 2, "not the same way twice");
            page = links.next.unwrap();
        }
        assert_eq!(page, "/services?status=paused&after=a&page=41");
        let back = from(&page).page_links("/services", Some("b"), None).previous.unwrap();
        assert_eq!(back, "/services?status=paused&before=b&page=40");
        let second = from("/services?status=paused&after=a&page=2").page_links("/services", Some("b"), None);
        assert_eq!((second.previous.as_deref(), second.first), (Some("/services?status=paused"), None));
        let gone = from("/services?after=a&page=2").page_links("/services", None, None);
        assert_eq!((gone.previous, gone.first.as_deref()), (None, Some("/services")));
        let forged =
            from("/services?after=a&page=99999999999999999999").page_links("/services", Some("b"), None);
        assert_eq!((forged.number, forged.previous.as_deref()), (None, Some("/services?before=b")));
    }

    #[test]
    fn the_address_of_a_page_of_the_market_does_not_grow_and_leads_back_to_the_first() {
        let links =
            |address: &str, previous, next| from(address).forward_page_links("/market", previous, next);
        let mut page = "/market?q=knee".to_owned();
        for number in 1..=40_usize {
            let previous = [None, Some("")].get(number - 1).copied().unwrap_or(Some("a"));
            let here = links(&page, previous, Some("b"));
            assert_eq!(here.number, Some(number));
            assert_eq!(here.first.is_some(), number > 2, "not the same way twice");
            page = here.next.unwrap();
        }
        assert_eq!(page, "/market?q=knee&after=b&page=41");
        let back = links(&page, Some("a"), None).previous.unwrap();
        assert_eq!(back, "/market?q=knee&after=a&page=40");
        let second = links("/market?q=knee&after=a&page=2", Some(""), None);
        assert_eq!((second.previous.as_deref(), second.first), (Some("/market?q=knee"), None));
        // an address of earlier days
        let old = links("/market?after=c&before=-&before=a", Some("a"), Some("d"));
        assert_eq!(old.next.as_deref(), Some("/market?after=d"));
        assert_eq!(from(&page).with("q", "hip").at("/market"), "/market?q=hip");
    }
}

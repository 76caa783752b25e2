//! The search of the market: [`MarketQuery`] is parsed from a query string and written as one, by pages, the API and links alike.

use serde::{Deserialize, Serialize};

use super::{Category, Modality};
use crate::{
    ids::OrgId,
    money::{Currency, Money},
    query_text::{push_pair, query_pairs},
    text_enum::text_enum,
    validate::FieldErrors,
};

/// Path of the market page with the question mark of its query.
const MARKET: &str = "/market?";

/// Fields that people type in the market's filter form; all others are chosen from a list.
const TYPED: [&str; 3] = ["currency", "price_min", "price_max"];

/// Maximum length of a search text, in characters.
pub const MAX_QUERY: usize = 120;

text_enum! {
    /// Sort orders of the market.
    MarketSort {
        /// Best match first; without a search text, newest first.
        Relevance = "relevance",
        Newest = "newest",
        PriceAscending = "price",
        PriceDescending = "-price",
        Title = "title",
    }
}

impl MarketSort {
    /// Returns the label on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Relevance => "Best match",
            Self::Newest => "Newest",
            Self::PriceAscending => "Price, lowest first",
            Self::PriceDescending => "Price, highest first",
            Self::Title => "Title",
        }
    }
}

text_enum! {
    /// Filters of the market, with counts per value.
    FacetName {
        Chapter = "chapter", Block = "block", Category = "category", Modality = "modality",
        Country = "country", City = "city", Provider = "provider", Currency = "currency",
    }
}

impl FacetName {
    /// Returns the label on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Chapter => "ICD-11 chapter",
            Self::Block => "ICD-11 block",
            Self::Category => "Category",
            Self::Modality => "Where it takes place",
            Self::Country => "Country",
            Self::City => "City or town",
            Self::Provider => "Provider",
            Self::Currency => "Currency",
        }
    }
}

/// A search of the market: search text, filters, sort order and cursor. `None` and empty mean no filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MarketQuery {
    /// Search text.
    pub q: String,
    /// True searches for the words as typed: words without matches are not replaced.
    pub exact: bool,
    /// Number of an ICD-11 chapter, such as `11`.
    pub chapter: Option<String>,
    /// ID of an ICD-11 block, such as `BlockL1-BA0`.
    pub block: Option<String>,
    /// An ICD-11 code, such as `BA00`.
    pub code: Option<String>,
    /// Category of healthcare.
    pub category: Option<Category>,
    /// Place of delivery.
    pub modality: Option<Modality>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// City or town, as providers write it.
    pub city: Option<String>,
    /// The provider.
    pub provider: Option<OrgId>,
    /// Currency of the price.
    pub currency: Option<Currency>,
    /// Lowest base price, in minor units of `currency`.
    pub price_min: Option<i64>,
    /// Highest base price, in minor units of `currency`.
    pub price_max: Option<i64>,
    /// Sort order; `None` means [`MarketSort::Relevance`].
    pub sort: Option<MarketSort>,
    /// Cursor of the previous page.
    pub after: Option<String>,
}

impl MarketQuery {
    /// Parses a query string. Ignores unknown keys and empty values.
    ///
    /// # Errors
    /// Error for each invalid field.
    pub fn parse(query: &str) -> Result<Self, FieldErrors> {
        let (read, errors) = Self::read(query);
        if errors.is_empty() { Ok(read) } else { Err(errors) }
    }

    /// Parses a query string like [`Self::parse`], but tolerates errors in the typed fields of the price range: it leaves the range out
    /// and returns the errors with the query.
    ///
    /// # Errors
    /// Error for each invalid field, if at least one of them is not a typed field.
    pub fn parse_typed(query: &str) -> Result<(Self, FieldErrors), FieldErrors> {
        let (read, errors) = Self::read(query);
        let is_typed = errors.0.keys().all(|field| TYPED.contains(&field.as_str()));
        if is_typed { Ok((read, errors)) } else { Err(errors) }
    }

    fn read(query: &str) -> (Self, FieldErrors) {
        let mut errors = FieldErrors::new();
        let mut read = Self::default();
        let mut prices = (None, None);
        for (key, value) in query_pairs(query) {
            let value = value.trim();
            if !value.is_empty() {
                read.take(&mut errors, &mut prices, &key, value);
            }
        }
        read.take_prices(&mut errors, &prices);
        (read, errors)
    }

    fn take(
        &mut self,
        errors: &mut FieldErrors,
        prices: &mut (Option<String>, Option<String>),
        key: &str,
        value: &str,
    ) {
        match key {
            "q" => self.q = words(errors, value),
            "exact" => self.exact = value == "1",
            "chapter" => {
                self.chapter = parse_plain(errors, key, value, 2, "Choose an ICD-11 chapter from the list.");
            }
            "block" => {
                self.block = parse_plain(errors, key, value, 40, "Choose an ICD-11 block from the list.");
            }
            "code" => {
                self.code = parse_plain(
                    errors,
                    key,
                    &value.to_ascii_uppercase(),
                    16,
                    "Enter an ICD-11 code such as BA00.",
                );
            }
            "category" => self.category = word(errors, key, value),
            "modality" => self.modality = word(errors, key, value),
            "country" => self.country = Some(crate::validate::country(errors, key, value)),
            "city" => self.city = Some(crate::validate::name(errors, key, value, 1, 120)),
            "provider" => self.provider = word(errors, key, value),
            "currency" => self.currency = word(errors, key, value),
            "price_min" => prices.0 = Some(value.to_owned()),
            "price_max" => prices.1 = Some(value.to_owned()),
            "sort" => self.sort = word(errors, key, value),
            "after" => {
                self.after = parse_plain(
                    errors,
                    key,
                    value,
                    1_100,
                    "This page link has expired. Go back to the first page.",
                );
            }
            _ => {}
        }
    }

    fn take_prices(&mut self, errors: &mut FieldErrors, prices: &(Option<String>, Option<String>)) {
        let Some(currency) = self.currency else {
            let given = prices.0.is_some() || prices.1.is_some();
            errors.check(!given, "currency", "Choose a currency for the price range.");
            return;
        };
        let mut read = |field: &str, text: &Option<String>| {
            let amount = crate::validate::amount(errors, field, text.as_deref()?, currency);
            amount.map(|amount| amount.amount_minor)
        };
        self.price_min = read("price_min", &prices.0);
        self.price_max = read("price_max", &prices.1);
        if let (Some(least), Some(most)) = (self.price_min, self.price_max)
            && most < least
        {
            errors.add("price_max", "Maximum price must not be below the minimum price.");
            (self.price_min, self.price_max) = (None, None);
        }
    }

    /// Returns the query string, without a question mark; empty for the whole market.
    pub fn to_query_string(&self) -> String {
        let mut query = String::new();
        self.write_query(&mut query);
        query
    }

    /// Appends the query string without copying the fields: a page of the market has a hundred links.
    fn write_query(&self, out: &mut String) {
        let amount = |minor: Option<i64>| Some(Money::new(minor?, self.currency?).to_typed());
        let (least, most) = (amount(self.price_min), amount(self.price_max));
        let provider = self.provider.map(|id| id.to_string());
        let values = [
            ("q", Some(self.q.as_str()).filter(|words| !words.is_empty())),
            ("exact", self.exact.then_some("1")),
            ("chapter", self.chapter.as_deref()),
            ("block", self.block.as_deref()),
            ("code", self.code.as_deref()),
            ("category", self.category.map(|word| word.as_str())),
            ("modality", self.modality.map(|word| word.as_str())),
            ("country", self.country.as_deref()),
            ("city", self.city.as_deref()),
            ("provider", provider.as_deref()),
            ("currency", self.currency.map(|word| word.as_str())),
            ("price_min", least.as_deref()),
            ("price_max", most.as_deref()),
            ("sort", self.sort.map(|word| word.as_str())),
            ("after", self.after.as_deref()),
        ];
        for (key, value) in values {
            if let Some(value) = value {
                push_pair(out, key, value);
            }
        }
    }

    /// Returns the address of the market page with this query.
    pub fn to_href(&self) -> String {
        let mut href = String::with_capacity(96);
        href.push_str(MARKET);
        self.write_query(&mut href);
        if href.len() == MARKET.len() {
            href.pop();
        }
        href
    }

    /// Returns the sort order, with its default.
    pub fn order(&self) -> MarketSort {
        self.sort.unwrap_or(MarketSort::Relevance)
    }

    /// Returns the query for the first page.
    #[must_use]
    pub fn first_page(&self) -> Self {
        Self { after: None, ..self.clone() }
    }

    /// Returns the query without sort order and cursor: facets and totals depend on nothing else.
    #[must_use]
    pub fn filter_only(&self) -> Self {
        Self { sort: None, after: None, ..self.clone() }
    }

    /// Returns the query for the first page with `facet` set to `value`; `None` removes the facet. A change of chapter also
    /// removes the block, a change of country the city, a change of currency the price range.
    #[must_use]
    pub fn with_facet(&self, facet: FacetName, value: Option<&str>) -> Self {
        let mut changed = self.first_page();
        let text = value.map(ToOwned::to_owned);
        match facet {
            FacetName::Chapter => {
                changed.chapter = text;
                changed.block = None;
            }
            FacetName::Block => changed.block = text,
            FacetName::Category => changed.category = value.and_then(|word| word.parse().ok()),
            FacetName::Modality => changed.modality = value.and_then(|word| word.parse().ok()),
            FacetName::Country => {
                changed.country = text;
                changed.city = None;
            }
            FacetName::City => changed.city = text,
            FacetName::Provider => changed.provider = value.and_then(|id| id.parse().ok()),
            FacetName::Currency => {
                changed.currency = value.and_then(|word| word.parse().ok());
                changed.price_min = None;
                changed.price_max = None;
            }
        }
        changed
    }

    /// Returns the value of `facet`; `None` when it is not set.
    pub fn facet(&self, facet: FacetName) -> Option<String> {
        match facet {
            FacetName::Chapter => self.chapter.clone(),
            FacetName::Block => self.block.clone(),
            FacetName::Category => self.category.map(|word| word.to_string()),
            FacetName::Modality => self.modality.map(|word| word.to_string()),
            FacetName::Country => self.country.clone(),
            FacetName::City => self.city.clone(),
            FacetName::Provider => self.provider.map(|id| id.to_string()),
            FacetName::Currency => self.currency.map(|word| word.to_string()),
        }
    }

    /// True when a search text or a filter is set.
    pub fn is_filtered(&self) -> bool {
        self.filter_only() != Self::default()
    }
}

fn words(errors: &mut FieldErrors, value: &str) -> String {
    let words: String = value.chars().filter(|c| !c.is_control()).take(MAX_QUERY + 1).collect();
    if words.chars().count() > MAX_QUERY {
        errors.add("q", crate::validate::too_long("q", MAX_QUERY));
    }
    words
}

fn word<T: std::str::FromStr>(errors: &mut FieldErrors, key: &str, value: &str) -> Option<T> {
    let read = value.parse().ok();
    if read.is_none() {
        errors.add(key, crate::validate::not_an_option(key));
    }
    read
}

fn parse_plain(
    errors: &mut FieldErrors,
    key: &str,
    value: &str,
    most: usize,
    reason: &str,
) -> Option<String> {
    let is_shaped = value.len() <= most && value.bytes().all(|b| b.is_ascii_graphic());
    errors.check(is_shaped, key, reason);
    is_shaped.then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::country::COUNTRIES;

    #[test]
    fn says_which_parameter_is_wrong() {
        let wrong =
            |query: &str| MarketQuery::parse(query).unwrap_err().0.into_keys().collect::<Vec<_>>().join(" ");
        assert_eq!(wrong("category=magic&sort=best&provider=7"), "category provider sort");
        assert_eq!(wrong("price_min=10"), "currency");
        assert_eq!(wrong("currency=EUR&price_min=10&price_max=5"), "price_max");
        assert_eq!(wrong("currency=EUR&price_min=ten"), "price_min");
        assert_eq!(wrong("country=Germany"), "country");
        assert_eq!(wrong("country=ZZ"), "country");
        assert_eq!(wrong(&format!("q={}", "a".repeat(121))), "q");
    }

    #[test]
    fn a_price_that_cannot_be_leaves_the_rest_of_the_question() {
        for (typed, wrong, rest) in [
            ("q=knee&price_min=100", "currency", "q=knee"),
            (
                "q=knee&currency=EUR&price_min=ten&price_max=80",
                "price_min",
                "q=knee&currency=EUR&price_max=80.00",
            ),
            ("q=knee&currency=EUR&price_min=10&price_max=5", "price_max", "q=knee&currency=EUR"),
        ] {
            let (query, errors) = MarketQuery::parse_typed(typed).unwrap();
            assert!(errors.0.values().all(|reason| reason.starts_with(char::is_uppercase)), "{errors:?}");
            assert_eq!(errors.0.into_keys().collect::<Vec<_>>(), [wrong], "{typed}");
            assert_eq!(query.to_query_string(), rest, "{typed}");
        }
        assert!(MarketQuery::parse_typed("category=magic&price_min=3").is_err());
    }

    #[test]
    fn a_price_is_read_as_in_any_form_or_refused_with_its_readings() {
        let (query, errors) = MarketQuery::parse_typed("currency=EUR&price_max=12,50").unwrap();
        assert_eq!((query.price_max, errors.is_empty()), (Some(1_250), true));
        let (query, errors) = MarketQuery::parse_typed("currency=EUR&price_max=1,250").unwrap();
        assert_eq!(query.price_max, None);
        assert!(errors.get("price_max").unwrap().contains("could mean 1250 or 1.25"));
    }

    #[test]
    fn empty_and_unknown_parameters_count_for_nothing() {
        let query = MarketQuery::parse("?q=&category=&price_min=&utm_source=mail&sort=").unwrap();
        assert_eq!(query, MarketQuery::default());
        assert_eq!(query.to_href(), "/market");
        assert!(!query.is_filtered());
    }

    #[test]
    fn changing_a_filter_starts_from_the_first_page() {
        let query = MarketQuery::parse("q=knee&chapter=15&block=BlockL1-FA0&after=n.1.2&sort=price").unwrap();
        let changed = query.with_facet(FacetName::Chapter, Some("11"));
        assert_eq!(changed.to_query_string(), "q=knee&chapter=11&sort=price");
        assert_eq!(changed.facet(FacetName::Chapter).as_deref(), Some("11"));
        assert_eq!(query.with_facet(FacetName::Chapter, None).to_query_string(), "q=knee&sort=price");
    }

    prop_compose! {
        fn any_query()(
            q in "[a-z0-9äß&=+%. ]{0,20}",
            exact: bool,
            chapter in proptest::option::of("[0-9]{2}|V|X"),
            block in proptest::option::of("BlockL[1-4]-[A-Z0-9]{3}"),
            code in proptest::option::of("[A-Z0-9]{4}"),
            place in (proptest::option::of(0..COUNTRIES.len()), proptest::option::of("[A-Za-zäéñ' -]{1,20}")),
            kinds in (proptest::option::of(0..Category::ALL.len()), proptest::option::of(0..Modality::ALL.len()), proptest::option::of(0..MarketSort::ALL.len())),
            provider in proptest::option::of(any::<u128>()),
            money in proptest::option::of((0..Currency::ALL.len(), proptest::option::of(0_i64..5_000), proptest::option::of(5_000_i64..99_999))),
            after in proptest::option::of("[a-z0-9.-]{1,40}"),
        ) -> MarketQuery {
            let price = money.map(|(which, least, most)| (Currency::ALL[which], least, most));
            MarketQuery {
                q: q.trim().to_owned(), exact, chapter, block, code,
                category: kinds.0.map(|which| Category::ALL[which]),
                modality: kinds.1.map(|which| Modality::ALL[which]),
                country: place.0.map(|which| COUNTRIES[which].0.to_owned()),
                city: place.1.map(|city| city.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|city| city.chars().any(char::is_alphabetic)),
                provider: provider.map(|id| OrgId(uuid::Uuid::from_u128(id))),
                currency: price.map(|(currency, ..)| currency),
                price_min: price.and_then(|(_, least, _)| least),
                price_max: price.and_then(|(.., most)| most),
                sort: kinds.2.map(|which| MarketSort::ALL[which]),
                after,
            }
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(query in any_query()) {
            prop_assert_eq!(MarketQuery::parse(&query.to_query_string()), Ok(query));
        }

        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = MarketQuery::parse(&text);
        }
    }
}

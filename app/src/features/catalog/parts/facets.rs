//! The filters of the market: links with counts, which work without JavaScript.

use std::sync::Arc;

use contracts::{
    catalog::{Facet, FacetName, MarketQuery},
    country,
    money::{Currency, Money},
};
use leptos::{ev::MouseEvent, prelude::*, wasm_bindgen::JsCast, web_sys::Element};
use maud::{Markup, html};

use crate::{
    answers::hand_on_focus,
    query::{HiddenQueryFields, Query},
    ui::{Chip, Choice, Select, TextInput, group_digits, money_text},
};

/// Order in which the filters are shown.
const ORDER: [FacetName; 8] = [
    FacetName::Category,
    FacetName::Chapter,
    FacetName::Block,
    FacetName::Modality,
    FacetName::Country,
    FacetName::City,
    FacetName::Provider,
    FacetName::Currency,
];

/// All filters, beside the results; on a phone in a panel that the "Filters" button opens.
#[component]
pub fn Facets(
    /// Query that the counts are for.
    query: MarketQuery,
    /// Query of the address, as typed.
    address: Query,
    /// Filters with values and counts.
    facets: Arc<Vec<Facet>>,
) -> impl IntoView {
    let groups: Vec<_> = ORDER
        .iter()
        .filter_map(|name| facets.iter().find(|facet| facet.name == *name))
        .map(|facet| group(&query, facet))
        .collect();
    view! {
        <aside id="filters" class="facets" popover="auto" aria-label="Filters" on:click=keep_focus>
            <div class="facets-head">
                <h2>"Filters"</h2>
                <button type="button" class="btn btn-quiet btn-compact" popovertarget="filters" popovertargetaction="hide">"Done"</button>
            </div>
            {groups}
            <PriceFilter currency=query.currency address/>
        </aside>
    }
}

fn group(query: &MarketQuery, facet: &Facet) -> AnyView {
    let chosen = query.facet(facet.name);
    let values = values(query, facet, chosen.as_deref()).into_string();
    let is_open =
        matches!(facet.name, FacetName::Category | FacetName::Chapter | FacetName::Block) || chosen.is_some();
    view! {
        <details class="facet-group" open=is_open>
            <summary>{facet.name.label()}</summary>
            <ul class="facet-list" inner_html=values></ul>
        </details>
    }
    .into_any()
}

/// Returns the links of a filter. They are one piece of HTML, because there are a hundred on each page and none changes by itself.
fn values(query: &MarketQuery, facet: &Facet, chosen: Option<&str>) -> Markup {
    html! {
        @for value in &facet.values {
            @let is_chosen = chosen == Some(value.value.as_str());
            @let there = query.with_facet(facet.name, (!is_chosen).then_some(value.value.as_str()));
            li {
                a class="facet" id={ "facet-" (facet.name.as_str()) "-" (value.value.replace(' ', "-")) } href=(there.to_href())
                    aria-current=[is_chosen.then_some("true")] rel="nofollow" {
                    @if facet.name == FacetName::Chapter {
                        span class="code muted" { (value.value) }
                    }
                    span class="facet-label" { (label(facet.name, &value.label)) }
                    span class="facet-count num" { (group_digits(value.count)) }
                }
            }
        }
    }
}

/// Keeps the focus on a filter's link, which is rendered anew with the next counts.
fn keep_focus(event: MouseEvent) {
    let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let link = pressed.and_then(|pressed| pressed.closest("a.facet").ok().flatten());
    if let Some(link) = link {
        hand_on_focus(Some(link.id()));
    }
}

fn label(name: FacetName, label: &str) -> &str {
    match name {
        FacetName::Country => country::name_of(label).unwrap_or(label),
        _ => label,
    }
}

/// The price range: its own form, which keeps the other filters.
#[component]
fn PriceFilter(
    /// Chosen currency.
    currency: Option<Currency>,
    /// Query of the address as typed, even if it is invalid.
    address: Query,
) -> impl IntoView {
    let [least, most] = ["price_min", "price_max"].map(|key| address.get(key).unwrap_or_default());
    let is_open = !least.is_empty() || !most.is_empty();
    let currencies = Currency::ALL.iter().map(|word| Choice::new(word.as_str(), word.as_str())).collect();
    let chosen = currency.map(|word| word.to_string()).unwrap_or_default();
    view! {
        <details class="facet-group" open=is_open>
            <summary>"Price per unit"</summary>
            <form method="get" action="/market" class="facet-prices">
                <HiddenQueryFields query=address own=&["currency", "price_min", "price_max"]/>
                <Select name="currency" label="Currency" choices=currencies value=chosen placeholder="Any" optional=true/>
                <TextInput name="price_min" label="Minimum price" value=least optional=true/>
                <TextInput name="price_max" label="Maximum price" value=most optional=true/>
                <button type="submit" class="btn btn-secondary">"Apply"</button>
            </form>
        </details>
    }
}

/// Active filters as chips that can be removed.
#[component]
pub fn ActiveFilters(
    /// The query.
    query: MarketQuery,
    /// Filters with the labels of their values.
    facets: Arc<Vec<Facet>>,
) -> impl IntoView {
    let mut chips = Vec::new();
    if !query.q.is_empty() {
        let without = MarketQuery { q: String::new(), exact: false, ..query.first_page() };
        chips.push((format!("“{}”", query.q), without));
    }
    if let Some(code) = &query.code {
        chips.push((format!("Code {code}"), MarketQuery { code: None, ..query.first_page() }));
    }
    for name in ORDER {
        if let Some(value) = query.facet(name) {
            chips.push((chosen_label(name, &value, &facets), query.with_facet(name, None)));
        }
    }
    if let Some(currency) = query.currency {
        let without = MarketQuery { price_min: None, price_max: None, ..query.first_page() };
        let amount = |minor| money_text(Money::new(minor, currency));
        match (query.price_min, query.price_max) {
            (Some(least), Some(most)) => {
                chips.push((format!("{} to {}", amount(least), amount(most)), without));
            }
            (Some(least), None) => chips.push((format!("From {}", amount(least)), without)),
            (None, Some(most)) => chips.push((format!("Up to {}", amount(most)), without)),
            (None, None) => {}
        }
    }
    (!chips.is_empty()).then(|| {
        let clear = MarketQuery { sort: query.sort, ..MarketQuery::default() }.to_href();
        let chips: Vec<_> = chips
            .into_iter()
            .map(|(label, without)| view! { <li><Chip label=label remove=without.to_href()/></li> })
            .collect();
        view! {
            <div class="cluster">
                <ul class="chips" aria-label="Active filters">{chips}</ul>
                <a class="small" href=clear>"Clear filters"</a>
            </div>
        }
    })
}

fn chosen_label(name: FacetName, value: &str, facets: &[Facet]) -> String {
    let known = facets
        .iter()
        .find(|facet| facet.name == name)
        .and_then(|facet| facet.values.iter().find(|known| known.value == value));
    let words = label(name, known.map_or(value, |known| known.label.as_str()));
    if name == FacetName::Chapter { format!("Chapter {value}: {words}") } else { words.to_owned() }
}

//! The market page: its address holds the complete search.

use contracts::{
    catalog::{MarketPage as Results, MarketQuery, MarketSort, Total},
    page::MAX_COUNTED,
};
use leptos::prelude::*;

use crate::{
    error::ErrorView,
    features::catalog::{
        parts::{ActiveFilters, Attribution, Facets, MarketRows},
        rpc::market_search,
    },
    frame::paths,
    loaded::busy_rows,
    query::{HiddenQueryFields, Query, use_query_at},
    ui::{
        EmptyState, ErrorSummary, FormErrors, FormScope, Glyph, Icon, IconSize, Loading, PageHeader,
        Pagination, SearchField, group_digits,
    },
};

/// Page `/market`.
#[component]
pub fn MarketPage() -> impl IntoView {
    let address = use_query_at(paths::MARKET);
    let results = Resource::new_blocking(move || address.with(Query::text), market_search);
    let searched = Memo::new(move |_| address.with(|address| address.get("q").unwrap_or_default()));
    view! {
        <PageHeader title="Market" lead="Services from verified providers, coded to ICD-11, with volume pricing."/>
        <div class="stack">
        // outside of the results, so that it keeps the focus and what is being typed while they change
        <form method="get" action=paths::MARKET class="market-search">
            {move || view! { <HiddenQueryFields query=address.get() own=&["q", "exact"]/> }}
            <SearchField label="Search services" value=searched placeholder="Service, condition, ICD-11 code or city" large=true/>
        </form>
        <Loading fallback=busy_rows fresh=true show=move || async move {
            let answer = results.await;
            let address = address.get_untracked();
            match (answer, MarketQuery::parse_typed(&address.text())) {
                (Ok(results), Ok((query, errors))) => {
                    let errors = Signal::stored(FormErrors::from_fields(errors.0));
                    view! { <FormScope errors><Found query address results/></FormScope> }.into_any()
                }
                (Err(error), _) => view! { <ErrorView error/> }.into_any(),
                (Ok(_), Err(_)) => ().into_any(),
            }
        }/>
        </div>
    }
}

#[component]
fn Found(query: MarketQuery, address: Query, results: Results) -> impl IntoView {
    let Results { items, total, sort, next, previous, facets, did_you_mean } = results;
    let too_many =
        !query.q.is_empty() && query.order() == MarketSort::Relevance && sort == MarketSort::Newest;
    let links = address.forward_page_links(paths::MARKET, previous.as_deref(), next.as_deref());
    let instead = did_you_mean.map(|instead| {
        let exact = MarketQuery { exact: true, ..query.first_page() }.to_href();
        view! {
            <p class="market-instead" role="status">
                "Showing results for "<strong>{instead.q}</strong>". "
                <a href=exact>"Search instead for “"{query.q.clone()}"”"</a>
            </p>
        }
    });
    let is_empty = items.is_empty();
    view! {
        <div class="stack">
            <ErrorSummary/>
            <ActiveFilters query=query.clone() facets=facets.clone()/>
            {instead}
            <div class="with-facets">
                <Facets query=query.clone() address facets/>
                <section class="stack" aria-labelledby="results">
                    <div class="spread market-bar">
                        <h2 id="results" class="market-count">{total_text(total)}</h2>
                        <button type="button" class="btn btn-secondary market-filters" popovertarget="filters">
                            <Glyph icon=Icon::Filter size=IconSize::Small/>"Filters"
                        </button>
                        <SortLinks query=query.clone() current=sort/>
                    </div>
                    {too_many.then(|| view! { <p class="muted small">"Too many results to rank. Add a word or filter for the best matches."</p> })}
                    {if is_empty {
                        view! { <NoResults query=query.clone()/> }.into_any()
                    } else {
                        view! { <MarketRows items/> }.into_any()
                    }}
                    <Pagination links/>
                    <Attribution text=contracts::catalog::ICD11_ATTRIBUTION/>
                </section>
            </div>
        </div>
    }
}

fn total_text(total: Total) -> String {
    match (total.count, total.more) {
        (1, false) => "1 service".to_owned(),
        (count, false) => format!("{} services", group_digits(count)),
        (_, true) => format!("{}+ services", group_digits(MAX_COUNTED)),
    }
}

/// Links for the sort orders. "Best match" is offered only with a search text.
#[component]
fn SortLinks(query: MarketQuery, current: MarketSort) -> impl IntoView {
    let links: Vec<_> = MarketSort::ALL
        .iter()
        .filter(|sort| **sort != MarketSort::Relevance || !query.q.is_empty())
        .map(|sort| {
            let usual = if query.q.is_empty() { MarketSort::Newest } else { MarketSort::Relevance };
            let kept = (*sort != usual).then_some(*sort);
            let href = MarketQuery { sort: kept, ..query.first_page() }.to_href();
            let is_current = (*sort == current).then_some("true");
            view! { <li><a href=href aria-current=is_current rel="nofollow">{sort.label()}</a></li> }
        })
        .collect();
    view! {
        <nav class="market-sort" aria-label="Sort">
            <span class="muted small">"Sort"</span>
            <ul>{links}</ul>
        </nav>
    }
}

/// Message for a search without results, with links that remove one filter each.
#[component]
fn NoResults(query: MarketQuery) -> impl IntoView {
    use contracts::catalog::FacetName;

    let mut ways = Vec::new();
    if query.after.is_some() {
        ways.push(("First page", query.first_page()));
    }
    if query.price_min.is_some() || query.price_max.is_some() {
        ways.push(("Any price", MarketQuery { price_min: None, price_max: None, ..query.first_page() }));
    }
    for (facet, words) in [
        (FacetName::City, "Any city or town"),
        (FacetName::Country, "Any country"),
        (FacetName::Provider, "All providers"),
        (FacetName::Block, "The whole ICD-11 chapter"),
        (FacetName::Chapter, "All ICD-11 chapters"),
        (FacetName::Modality, "On site, remote and at home"),
        (FacetName::Category, "All categories"),
        (FacetName::Currency, "Any currency"),
    ] {
        if query.facet(facet).is_some() {
            ways.push((words, query.with_facet(facet, None)));
        }
    }
    if query.code.is_some() {
        ways.push(("Any ICD-11 code", MarketQuery { code: None, ..query.first_page() }));
    }
    if !query.q.is_empty() {
        ways.push(("Clear search", MarketQuery { q: String::new(), exact: false, ..query.first_page() }));
    }
    let ways: Vec<_> = ways
        .into_iter()
        .map(|(words, relaxed)| view! { <li><a href=relaxed.to_href()>{words}</a></li> })
        .collect();
    let has_ways = !ways.is_empty();
    let text = if has_ways {
        "No services match. Try removing a filter:"
    } else {
        "No services have been published yet. Please check back later."
    };
    view! {
        <EmptyState icon=Icon::Search title="No services found" text=text>
            {has_ways.then(|| view! { <ul class="market-ways">{ways}</ul> })}
        </EmptyState>
    }
}

//! Filters of lists: search text, always visible; days and amounts, folded. A plain form with method GET, which needs no JavaScript.

use contracts::money::Currency;
use leptos::prelude::*;

use crate::{
    query::{HiddenQueryFields, Query},
    ui::{
        Button, Choice, DateInput, Disclosure, ErrorSummary, FormErrors, FormScope, SearchField, Select,
        TextInput,
    },
};

/// Query keys of a list filtered by text and days.
pub const DAY_FILTERS: &[&str] = &["q", "from", "to"];
/// Query keys of a list filtered by text, days and amounts.
pub const AMOUNT_FILTERS: &[&str] = &["q", "from", "to", "currency", "min", "max"];

/// Filters by search text, days and, for lists that have them, amounts.
#[component]
pub fn ListFilters(
    /// Path of the list.
    path: &'static str,
    /// Label of the search text, which names what it finds: "Number, buyer, seller or client".
    words: &'static str,
    /// Current query.
    query: Memo<Query>,
    /// Errors of the filters.
    #[prop(into)]
    errors: Signal<FormErrors>,
    /// Query keys of the filters: [`DAY_FILTERS`] or [`AMOUNT_FILTERS`].
    own: &'static [&'static str],
) -> impl IntoView {
    view! {
        <FormScope errors>
            <ErrorSummary/>
            {move || form(path, words, query.get(), own)}
        </FormScope>
    }
    .into_any()
}

fn form(path: &'static str, words: &'static str, query: Query, own: &'static [&'static str]) -> AnyView {
    let [q, from, to, currency, min, max] =
        ["q", "from", "to", "currency", "min", "max"].map(|name| query.get(name).unwrap_or_default());
    let is_used = own.iter().any(|name| *name != "q" && query.get(name).is_some());
    let clear = query.except(own).first_page().at(path);
    let amounts = (own == AMOUNT_FILTERS).then(|| {
        let currencies =
            Currency::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str())).collect();
        view! {
            <Select name="currency" label="Currency" placeholder="Any currency" optional=true choices=currencies value=currency/>
            <TextInput name="min" label="Minimum amount" optional=true value=min/>
            <TextInput name="max" label="Maximum amount" optional=true value=max/>
        }
    });
    view! {
        <form method="get" action=path class="list-filters">
            <HiddenQueryFields query=query.clone() own/>
            <SearchField label=words value=q/>
            <Disclosure summary="Filters" open=is_used>
                <div class="filter-fields">
                    <DateInput name="from" label="Start date" optional=true value=from/>
                    <DateInput name="to" label="End date" optional=true value=to/>
                    {amounts}
                </div>
                <div class="form-actions"><Button>"Apply"</Button><a href=clear>"Clear filters"</a></div>
            </Disclosure>
        </form>
    }
    .into_any()
}

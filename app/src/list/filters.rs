//! What cuts a list down: words are always in sight, days and amounts unfold. A form that asks for another address, so that it works alone.

use contracts::money::Currency;
use leptos::prelude::*;

use crate::{
    query::{HiddenQueryFields, Query},
    ui::{
        Button, Choice, DateInput, Disclosure, ErrorSummary, FormErrors, FormScope, SearchField, Select,
        TextInput,
    },
};

/// The keys of a list that is cut down by words and days.
pub const DAY_FILTERS: &[&str] = &["q", "from", "to"];
/// And by amounts.
pub const AMOUNT_FILTERS: &[&str] = &["q", "from", "to", "currency", "min", "max"];

/// Words, days and, where the list has any, amounts.
#[component]
pub fn ListFilters(
    /// Where the list is.
    path: &'static str,
    /// What words find: "Number, buyer, seller or client".
    words: &'static str,
    /// What is asked for now.
    query: Memo<Query>,
    /// What is wrong with it.
    #[prop(into)]
    errors: Signal<FormErrors>,
    /// Its keys: [`DAY_FILTERS`] or [`AMOUNT_FILTERS`].
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

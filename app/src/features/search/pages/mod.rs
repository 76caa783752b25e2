//! The page of the global search: for phones, for browsers without JavaScript, and as a result page with an address.

use leptos::prelude::*;
use leptos_router::components::Form;

use super::{
    parts::{Results, result_count_text},
    rpc::search,
};
use crate::{
    frame::paths,
    loaded::LoadedList,
    query::use_query_text,
    ui::{EmptyState, Icon, PageHeader, SearchField},
};

/// Page `/search?q=`.
#[component]
pub fn SearchPage() -> impl IntoView {
    let asked = use_query_text("q");
    let q = Memo::new(move |_| asked.get().unwrap_or_default());
    let found = Resource::new_blocking(move || q.get(), search);
    view! {
        <PageHeader title="Search" lead="Search everything you have access to."/>
        <div class="stack-lg reading">
            {move || view! {
                <Form method="GET" action=paths::SEARCH>
                    <SearchField label="Search everything" value=q.get() large=true/>
                </Form>
            }}
            <LoadedList data=found show=move |found| {
                let count = found.hit_count();
                if found.q.is_empty() {
                    ().into_any()
                } else if count == 0 {
                    view! {
                        <EmptyState icon=Icon::Search title="Nothing found" text="Try fewer or different words, or a purchase number, order reference or complete certificate code."/>
                    }
                    .into_any()
                } else {
                    view! { <p class="muted found-count" role="status">{result_count_text(count)}</p><Results found/> }.into_any()
                }
            }/>
        </div>
    }
}

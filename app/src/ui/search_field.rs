//! The search line of a page.

use leptos::prelude::*;

use super::{Glyph, Icon};

/// A search input with its button, to stand in a `<form method="get">`.
#[component]
pub fn SearchField(
    /// The query's key in the address.
    #[prop(default = "q".to_owned(), into)]
    name: String,
    /// Its spoken name: "Search services".
    #[prop(into)]
    label: String,
    /// The current query.
    #[prop(optional, into)]
    value: String,
    /// An example: "MRI, 8B11, Lisbon"; without one, the name is in sight.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// 48 px tall: the home page and the head of the market.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let id = ["search-", &name].concat();
    let placeholder = placeholder.unwrap_or_else(|| label.clone());
    view! {
        <div class=if large { "search search-large" } else { "search" } role="search">
            <label class="visually-hidden" for=id.clone()>{label}</label>
            <Glyph icon=Icon::Search/>
            <input id=id name=name type="search" class="input" value=value placeholder=placeholder autocomplete="off" enterkeyhint="search"/>
            <button type="submit" class="btn btn-primary">"Search"</button>
        </div>
    }
}

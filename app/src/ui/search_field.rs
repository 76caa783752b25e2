//! The search field of a page.

use leptos::prelude::*;

use super::{Glyph, Icon, form_errors::CurrentErrors, input::follow};

/// A search input with its button, for use in a `<form method="get">`.
#[component]
pub fn SearchField(
    /// Query key.
    #[prop(default = "q".to_owned(), into)]
    name: String,
    /// Accessible name: "Search services".
    #[prop(into)]
    label: String,
    /// Current search text; later changes are written into the control.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Placeholder: "MRI, 8B11, Lisbon"; by default the label.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// True makes it 48 px high, for the home page and the head of the market.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let id = ["search-", &name].concat();
    let placeholder = placeholder.unwrap_or_else(|| label.clone());
    if let Some(form) = use_context::<CurrentErrors>() {
        form.register(&name, &id);
    }
    let node = NodeRef::new();
    follow(node, value);
    view! {
        <div class=if large { "search search-large" } else { "search" } role="search">
            <label class="visually-hidden" for=id.clone()>{label}</label>
            <Glyph icon=Icon::Search/>
            <input node_ref=node id=id name=name type="search" class="input" value=value.get_untracked() placeholder=placeholder autocomplete="off" enterkeyhint="search"/>
            <button type="submit" class="btn btn-primary">"Search"</button>
        </div>
    }
}

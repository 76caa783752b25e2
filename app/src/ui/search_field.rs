//! The search field of a page.

use leptos::prelude::*;

use super::{Glyph, Icon, form_errors::CurrentErrors, input::follow};

/// A search input with its button, for use in a `<form method="get">`.
#[component]
pub fn SearchField(
    /// Query key.
    #[prop(default = "q".to_owned(), into)]
    name: String,
    /// Label: "Search services"; visible unless the field is large, where the page says what it is.
    #[prop(into)]
    label: String,
    /// Current search text; later changes are written into the control.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Placeholder: "MRI, 8B11, Lisbon"; for a large field by default the label.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// True makes it 48 px high, for the home page and the head of the market.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let id = ["search-", &name].concat();
    let placeholder = placeholder.or_else(|| large.then(|| label.clone()));
    let (shape, label_class) =
        if large { ("search search-large", "visually-hidden") } else { ("search", "field-label") };
    if let Some(form) = use_context::<CurrentErrors>() {
        form.register(&name, &id);
    }
    let node = NodeRef::new();
    follow(node, value);
    view! {
        <div class="search-field" role="search">
            <label class=label_class for=id.clone()>{label}</label>
            <div class=shape>
                <Glyph icon=Icon::Search/>
                <input node_ref=node id=id name=name type="search" class="input" value=value.get_untracked() placeholder=placeholder autocomplete="off" enterkeyhint="search"/>
                <button type="submit" class="btn btn-primary">"Search"</button>
            </div>
        </div>
    }
}

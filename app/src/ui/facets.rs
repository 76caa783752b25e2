//! The filters beside a list of results: a column where there is room, folded above the results where there is not.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize};

/// The filters, first child of a `with-facets` block.
#[component]
pub fn Facets(
    /// How many filters are set: says so while folded.
    #[prop(optional)]
    active: usize,
    /// The filter form.
    children: Children,
) -> impl IntoView {
    let words =
        if active == 0 { "Filters".to_owned() } else { ["Filters (", &active.to_string(), ")"].concat() };
    view! {
        <details class="facets">
            <summary><Glyph icon=Icon::Filter size=IconSize::Small/>{words}</summary>
            <div class="facets-body">{children()}</div>
        </details>
    }
}

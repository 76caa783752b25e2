//! Terms and their values.

use leptos::prelude::*;

/// A list of terms and values, in two columns where there is room.
#[component]
pub fn DescriptionList(
    /// `Description`s.
    children: Children,
) -> impl IntoView {
    view! { <dl class="facts">{children()}</dl> }
}

/// A term with its value.
#[component]
pub fn Description(
    /// The term.
    #[prop(into)]
    term: String,
    /// The value.
    children: Children,
) -> impl IntoView {
    view! { <div class="fact"><dt>{term}</dt><dd>{children()}</dd></div> }
}

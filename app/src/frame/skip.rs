//! The first stop of the Tab key.

use leptos::prelude::*;

/// Leads past the bars to the page.
#[component]
pub fn SkipLink() -> impl IntoView {
    view! { <a class="skip" href="#main" rel="external">"Skip to content"</a> }
}

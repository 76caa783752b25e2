//! The skip link, the first stop of the Tab key.

use leptos::prelude::*;

/// Link to the content, past the bars.
#[component]
pub fn SkipLink() -> impl IntoView {
    view! { <a class="skip" href="#main" rel="external">"Skip to content"</a> }
}

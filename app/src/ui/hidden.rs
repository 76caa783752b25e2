//! Text for screen readers only.

use leptos::prelude::*;

/// Text that is spoken by screen readers but not shown.
#[component]
pub fn VisuallyHidden(
    /// Text.
    children: Children,
) -> impl IntoView {
    view! { <span class="visually-hidden">{children()}</span> }
}

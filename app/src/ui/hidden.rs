//! Words for ears only.

use leptos::prelude::*;

/// Read by screen readers, not drawn.
#[component]
pub fn VisuallyHidden(
    /// The words.
    children: Children,
) -> impl IntoView {
    view! { <span class="visually-hidden">{children()}</span> }
}

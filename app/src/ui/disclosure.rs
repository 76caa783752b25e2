//! Content that unfolds.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize};

/// `<details>` with the kit's summary.
#[component]
pub fn Disclosure(
    /// The words that are always there.
    #[prop(into)]
    summary: String,
    /// Unfolded from the start.
    #[prop(optional)]
    open: bool,
    /// What unfolds.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="disclosure" open=open>
            <summary><Glyph icon=Icon::ChevronRight size=IconSize::Small/>{summary}</summary>
            <div class="disclosure-body">{children()}</div>
        </details>
    }
}

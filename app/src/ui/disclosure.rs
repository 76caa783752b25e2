//! Content that unfolds.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize, VisuallyHidden};

/// `<details>` with the kit's summary.
#[component]
pub fn Disclosure(
    /// The words that are always there.
    #[prop(into)]
    summary: String,
    /// What it is about, spoken after the summary where only the place shows it: a table's row.
    #[prop(optional, into)]
    about: String,
    /// Unfolded from the start.
    #[prop(optional)]
    open: bool,
    /// What unfolds.
    children: Children,
) -> impl IntoView {
    let spoken = (!about.is_empty()).then(|| view! { <VisuallyHidden>" "{about}</VisuallyHidden> });
    view! {
        <details class="disclosure" open=open>
            <summary><Glyph icon=Icon::ChevronRight size=IconSize::Small/>{summary}{spoken}</summary>
            <div class="disclosure-body">{children()}</div>
        </details>
    }
}

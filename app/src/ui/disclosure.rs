//! Content that unfolds on a click.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize, VisuallyHidden};

/// A `<details>` element with the kit's summary.
#[component]
pub fn Disclosure(
    /// Text that is always visible.
    #[prop(into)]
    summary: String,
    /// Object, spoken after the summary where only the position shows it, as in a table's row.
    #[prop(optional, into)]
    about: String,
    /// True unfolds it from the start.
    #[prop(optional)]
    open: bool,
    /// Content to unfold.
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

//! Chips: filters that can be removed.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize, VisuallyHidden};

/// A chip with a link that removes it.
#[component]
pub fn Chip(
    /// Text.
    #[prop(into)]
    label: String,
    /// The address of this page without this filter.
    #[prop(into)]
    remove: String,
) -> impl IntoView {
    let spoken = format!("Remove {label}");
    view! {
        <span class="chip">
            <span class="chip-label">{label}</span>
            <a class="chip-remove" href=remove>
                <Glyph icon=Icon::X size=IconSize::Small/>
                <VisuallyHidden>{spoken}</VisuallyHidden>
            </a>
        </span>
    }
}

//! What a place is for, while it is empty.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize};

/// An empty list or a search without results: one sentence, one action.
#[component]
pub fn EmptyState(
    /// What would be here.
    icon: Icon,
    /// "No services yet".
    #[prop(into)]
    title: String,
    /// What this place is for, or what to relax.
    #[prop(into)]
    text: String,
    /// One `LinkButton` or `Button`.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Glyph icon size=IconSize::Large/>
            <p class="empty-title">{title}</p>
            <p class="empty-text">{text}</p>
            {children.map(|children| view! { <div class="empty-action">{children()}</div> })}
        </div>
    }
}

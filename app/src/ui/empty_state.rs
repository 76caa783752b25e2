//! Messages for empty lists.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize};

/// Message for an empty list or a search without results: one sentence, one action.
#[component]
pub fn EmptyState(
    /// Icon of the missing objects.
    icon: Icon,
    /// Title, such as "No services yet".
    #[prop(into)]
    title: String,
    /// Explanation of the list, or advice about filters.
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

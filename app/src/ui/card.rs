//! Cards: surfaces with a border.

use leptos::prelude::*;

/// A card, with a heading row when it has a title.
#[component]
pub fn Card(
    /// Heading (`h2`).
    #[prop(optional, into)]
    title: Option<String>,
    /// Links and buttons at the end of the heading row.
    #[prop(optional, into)]
    actions: ViewFnOnce,
    /// True lets the content reach the border, for tables and lists.
    #[prop(optional)]
    flush: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    let class = if flush { "card card-flush" } else { "card" };
    let head = title.map(|title| {
        view! { <header class="card-head"><h2>{title}</h2><div class="card-actions">{actions.run()}</div></header> }
    });
    view! { <section class=class>{head}<div class="card-body">{children()}</div></section> }
}

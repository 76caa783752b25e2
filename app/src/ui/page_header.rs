//! The head of a page: its title in the window, its heading, its acts.

use leptos::prelude::*;

/// Heading, lead and actions; sets the window's title. The heading takes focus after navigation.
#[component]
pub fn PageHeader(
    /// The heading, and the window's title.
    #[prop(into)]
    title: String,
    /// One sentence under it; search engines show it, too.
    #[prop(optional, into)]
    lead: Option<String>,
    /// Links and buttons at the end of the line.
    #[prop(optional, into)]
    actions: ViewFnOnce,
    /// Above the heading: `Breadcrumbs`.
    #[prop(optional, into)]
    above: ViewFnOnce,
    /// Badges after the heading's words.
    #[prop(optional, into)]
    badges: ViewFnOnce,
) -> impl IntoView {
    view! {
        <leptos_meta::Title text=title.clone()/>
        {lead.clone().map(|lead| view! { <leptos_meta::Meta name="description" content=lead/> })}
        <header class="page-head">
            {above.run()}
            <div class="page-head-row">
                <div class="page-head-words">
                    <h1 tabindex="-1">{title}</h1>
                    {badges.run()}
                </div>
                <div class="page-head-actions">{actions.run()}</div>
            </div>
            {lead.map(|lead| view! { <p class="lead">{lead}</p> })}
        </header>
    }
}

//! The head of a page: window title, heading and actions.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use leptos::prelude::*;

/// True while a page heading is shown; content below it then needs none.
#[derive(Clone)]
struct Headed(Arc<AtomicBool>);

/// True when there is a `PageHeader` above this place.
pub fn page_has_heading() -> bool {
    use_context::<Headed>().is_some_and(|headed| headed.0.load(Ordering::Relaxed))
}

fn say_headed() {
    let headed = Headed(Arc::new(AtomicBool::new(true)));
    provide_context(headed.clone());
    // other content may be shown in this place later
    on_cleanup(move || headed.0.store(false, Ordering::Relaxed));
}

/// Heading, lead and actions; sets the window's title. The heading gets the focus after navigation.
#[component]
pub fn PageHeader(
    /// Heading and window title.
    #[prop(into)]
    title: String,
    /// A sentence below the heading, also used as the description for search engines.
    #[prop(optional, into)]
    lead: Option<String>,
    /// Links and buttons at the end of the line.
    #[prop(optional, into)]
    actions: ViewFnOnce,
    /// Content above the heading: `Breadcrumbs`.
    #[prop(optional, into)]
    above: ViewFnOnce,
    /// Badges after the heading.
    #[prop(optional, into)]
    badges: ViewFnOnce,
) -> impl IntoView {
    say_headed();
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

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::frame::{ErrorKind, ErrorPage};

    #[test]
    fn a_page_whose_data_fail_has_one_heading_of_the_first_rank() {
        let html = |headed: bool| {
            Owner::new().with(|| {
                leptos_meta::provide_meta_context();
                view! {
                    {headed.then(|| view! { <PageHeader title="Orders"/> })}
                    <ErrorPage kind=ErrorKind::Server/>
                }
                .to_html()
            })
        };
        for headed in [true, false] {
            assert_eq!(html(headed).matches("<h1").count(), 1, "{}", html(headed));
        }
        assert!(html(true).contains("role=\"alert\""));
    }
}

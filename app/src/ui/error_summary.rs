//! The summary of a form's errors above it, with links to the fields.

use leptos::prelude::*;

use super::{CopyButton, FormErrors, Glyph, Icon, PageErrors, form_errors::CurrentErrors};
use crate::viewer::sign_in_from_here;

/// Summary of the surrounding `FormScope`'s errors, in the order of its fields. Takes the focus when errors arrive, and marks the window's title.
#[component]
pub fn ErrorSummary() -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    let current = use_context::<CurrentErrors>();
    let errors = current.map(CurrentErrors::errors).unwrap_or_default();
    if let Some(page) = use_context::<PageErrors>() {
        page.count_while(move || has_errors(errors));
    }
    Effect::new(move |_| {
        if has_errors(errors)
            && let Some(summary) = node.get()
        {
            // focusing fails only for an element that is not shown
            let _focused = summary.focus();
        }
    });
    move || {
        errors
            .try_with(|errors| {
            (!errors.is_empty()).then(|| {
                let title = errors.message().unwrap_or("Check the following").to_owned();
                let links: Vec<_> = current
                    .map(|current| current.list(errors))
                    .unwrap_or_default()
                    .into_iter()
                    .map(|error| view! { <li><a href=["#", &error.id].concat() rel="external">{error.reason}</a></li> })
                    .collect();
                let request = errors.request_id().map(|id| {
                    let id = id.to_owned();
                    view! { <p>"Request " <span class="code">{id.clone()}</span> " " <CopyButton text=id label="Copy"/></p> }
                });
                let sign_in = errors
                    .is_signed_out()
                    .then(|| view! { <p><a href=sign_in_from_here() rel="external" data-keeps-typed="">"Sign in and return to this page"</a></p> });
                let list = (!links.is_empty()).then(|| view! { <ul>{links}</ul> });
                view! {
                    <div node_ref=node class="banner banner-bad error-summary" role="alert" tabindex="-1">
                        <Glyph icon=Icon::Alert/>
                        <div class="banner-text"><p class="banner-title">{title}</p>{list}{sign_in}{request}</div>
                    </div>
                }
            })
        })
        .flatten()
    }
}

/// True while there are errors. A page that is being replaced may ask once more after its signals are gone: then there are none.
fn has_errors(errors: Signal<FormErrors>) -> bool {
    errors.try_with(|errors| !errors.is_empty()).unwrap_or_default()
}

//! Steps through a long list by key, never by page number.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize};

/// The way back and the way on. Draws nothing when there is neither.
#[component]
pub fn Pagination(
    /// The address of the first page, on a later one of a list that does not know the page before.
    #[prop(optional_no_strip, into)]
    first: Option<String>,
    /// The address of the page before.
    #[prop(optional_no_strip, into)]
    previous: Option<String>,
    /// The address of the page after.
    #[prop(optional_no_strip, into)]
    next: Option<String>,
    /// "25 to 48 of 1,284 services".
    #[prop(optional, into)]
    summary: String,
) -> impl IntoView {
    (first.is_some() || previous.is_some() || next.is_some()).then(|| {
        let first =
            first.map(|href| view! { <a class="btn btn-secondary" rel="first" href=href>"First page"</a> });
        let previous = previous.map(|href| {
            view! {
                <a class="btn btn-secondary" rel="prev" href=href>
                    <Glyph icon=Icon::ChevronLeft size=IconSize::Small/>
                    "Previous"
                </a>
            }
        });
        let next = next.map(|href| {
            view! {
                <a class="btn btn-secondary" rel="next" href=href>
                    "Next"
                    <Glyph icon=Icon::ChevronRight size=IconSize::Small/>
                </a>
            }
        });
        view! {
            <nav class="pages" aria-label="Pages">
                <p class="pages-summary">{summary}</p>
                <div class="pages-steps">{first}{previous}{next}</div>
            </nav>
        }
    })
}

//! Steps through a long list by key, never by page number.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize};
use crate::query::PageLinks;

/// The way back and the way on. Draws nothing when there is neither.
#[component]
pub fn Pagination(
    /// Where they lead.
    links: PageLinks,
) -> impl IntoView {
    let PageLinks { first, previous, next, number } = links;
    (first.is_some() || previous.is_some() || next.is_some()).then(|| {
        let here = number.map(|number| {
            view! { <p class="pages-summary" aria-current="page">"Page " {number.to_string()}</p> }
        });
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
                {here}
                <div class="pages-steps">{first}{previous}{next}</div>
            </nav>
        }
    })
}

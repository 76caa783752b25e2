//! Links to other pages of a long list, by cursor, not by page number.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize};
use crate::query::PageLinks;

/// Links to the first, previous and next page. Draws nothing when there are none.
#[component]
pub fn Pagination(
    /// Addresses of the pages.
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

//! Chips: a code, or a filter that can be taken off again.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize, VisuallyHidden};

/// A chip. With `href` its words are a link; with `remove` it ends in a link that takes it away.
#[component]
pub fn Chip(
    /// The words. A code goes in `code` instead.
    #[prop(into)]
    label: String,
    /// A code in front of the words (ICD-11), set in tabular figures with a slashed zero.
    #[prop(optional, into)]
    code: Option<String>,
    /// Where the words lead.
    #[prop(optional, into)]
    href: Option<String>,
    /// The address of this page without this filter.
    #[prop(optional, into)]
    remove: Option<String>,
) -> impl IntoView {
    let spoken = format!("Remove {label}");
    let words = view! { {code.map(|code| view! { <span class="code">{code}</span> })}<span class="chip-label">{label}</span> };
    let words = match href {
        Some(href) => view! { <a class="chip-link" href=href>{words}</a> }.into_any(),
        None => words.into_any(),
    };
    let removal = remove.map(|href| {
        view! {
            <a class="chip-remove" href=href>
                <Glyph icon=Icon::X size=IconSize::Small/>
                <VisuallyHidden>{spoken}</VisuallyHidden>
            </a>
        }
    });
    view! { <span class="chip">{words}{removal}</span> }
}

/// A row of chips that wraps, as a list with a name.
#[component]
pub fn ChipList(
    /// What the chips are: "Active filters".
    #[prop(into)]
    label: String,
    /// `Chip`s.
    children: ChildrenFragment,
) -> impl IntoView {
    let chips: Vec<_> = children().nodes.into_iter().map(|chip| view! { <li>{chip}</li> }).collect();
    view! { <ul class="chips" aria-label=label>{chips}</ul> }
}

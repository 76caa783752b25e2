//! Breadcrumbs: the position of a page below others.

use leptos::prelude::*;

/// A page above this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Title.
    pub label: String,
    /// Address.
    pub href: String,
}

impl Crumb {
    /// Creates a breadcrumb.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// Breadcrumbs of a page; the page itself is not repeated.
#[component]
pub fn Breadcrumbs(
    /// Pages, outermost first.
    crumbs: Vec<Crumb>,
) -> impl IntoView {
    let steps: Vec<_> =
        crumbs.into_iter().map(|crumb| view! { <li><a href=crumb.href>{crumb.label}</a></li> }).collect();
    view! { <nav class="crumbs" aria-label="Breadcrumbs"><ol>{steps}</ol></nav> }
}

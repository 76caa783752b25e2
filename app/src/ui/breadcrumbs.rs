//! Where this page stands.

use leptos::prelude::*;

/// One step above the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// The words.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl Crumb {
    /// A step with its words and address.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// The steps above the page; the page itself is the heading and not repeated.
#[component]
pub fn Breadcrumbs(
    /// From the outermost step in.
    crumbs: Vec<Crumb>,
) -> impl IntoView {
    let steps: Vec<_> =
        crumbs.into_iter().map(|crumb| view! { <li><a href=crumb.href>{crumb.label}</a></li> }).collect();
    view! { <nav class="crumbs" aria-label="Breadcrumbs"><ol>{steps}</ol></nav> }
}

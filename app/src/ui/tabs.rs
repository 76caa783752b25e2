//! Tabs as links: the open one is in the address.

use leptos::prelude::*;

use super::money::group_digits;

/// One tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// The words.
    pub label: String,
    /// The address with this tab open: `?tab=members`.
    pub href: String,
    /// How many things are behind it.
    pub count: Option<u64>,
    /// Open now.
    pub current: bool,
}

impl Tab {
    /// A tab with its words and address.
    pub fn new(label: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        Self { label: label.into(), href: href.into(), count: None, current }
    }

    /// Adds a count.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }
}

/// A row of tabs.
#[component]
pub fn Tabs(
    /// What they switch between: "Organisation".
    #[prop(into)]
    label: String,
    /// From the start of the line.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let links: Vec<_> = tabs
        .into_iter()
        .map(|Tab { label, href, count, current }| {
            view! {
                <li>
                    <a class="tab" href=href aria-current=current.then_some("page")>
                        {label}
                        {count.map(|count| view! { <span class="tab-count">{group_digits(count)}</span> })}
                    </a>
                </li>
            }
        })
        .collect();
    view! { <nav class="tabs" aria-label=label><ul>{links}</ul></nav> }
}

//! Tabs as links; the address names the open one.

use leptos::prelude::*;

use super::money::group_digits;

/// A tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Label.
    pub label: String,
    /// Address with this tab open: `?tab=members`.
    pub href: String,
    /// Number of objects in the tab.
    pub count: Option<u64>,
    /// True when the tab is open.
    pub current: bool,
}

impl Tab {
    /// Creates a tab.
    pub fn new(label: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        Self { label: label.into(), href: href.into(), count: None, current }
    }

    /// Adds the number of objects.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }
}

/// A row of tabs.
#[component]
pub fn Tabs(
    /// Accessible name of the row: "Organisation".
    #[prop(into)]
    label: String,
    /// Tabs in order.
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

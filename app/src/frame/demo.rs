//! The mark on every page of a site with demo data.

use leptos::prelude::*;

/// True when the data are demo data; the web layer provides it to every page.
#[derive(Clone, Copy)]
pub struct IsDemo(pub bool);

/// Passes the value from the server to the browser. Call once, at the root.
pub fn provide_demo_mark() {
    let is_demo =
        SharedValue::new(|| use_context::<IsDemo>().is_some_and(|IsDemo(is_demo)| is_demo)).into_inner();
    provide_context(IsDemo(is_demo));
}

/// Mark of demo data; nothing for real data.
#[component]
pub fn DemoMark() -> impl IntoView {
    use_context::<IsDemo>().filter(|IsDemo(is_demo)| *is_demo).map(|_| demo_mark())
}

pub(super) fn demo_mark() -> impl IntoView {
    view! { <span class="badge badge-warn" title="All organisations, people and amounts are fictitious.">"Demo"</span> }
}

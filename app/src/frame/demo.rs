//! The mark on every page of a site whose data are invented.

use leptos::prelude::*;

/// Whether the data are invented; the web layer gives it to every page.
#[derive(Clone, Copy)]
pub struct IsDemo(pub bool);

/// Carries over to the browser what the server knows. Call once, at the root.
pub fn provide_demo_mark() {
    let is_demo =
        SharedValue::new(|| use_context::<IsDemo>().is_some_and(|IsDemo(is_demo)| is_demo)).into_inner();
    provide_context(IsDemo(is_demo));
}

/// The mark; nothing where the data are real.
#[component]
pub fn DemoMark() -> impl IntoView {
    use_context::<IsDemo>().filter(|IsDemo(is_demo)| *is_demo).map(|_| demo_mark())
}

pub(super) fn demo_mark() -> impl IntoView {
    view! { <span class="badge badge-warn" title="All organisations, people and amounts are fictitious.">"Demo"</span> }
}

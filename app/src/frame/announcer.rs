//! After a change of route: focus on the heading, the title spoken.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Stands once inside the router. The first page keeps the browser's own focus.
#[component]
pub fn RouteAnnouncer() -> impl IntoView {
    let path = use_location().pathname;
    let (spoken, speak) = signal(String::new());
    Effect::watch(move || path.get(), move |_, _, _| request_animation_frame(move || arrive(speak)), false);
    view! { <p class="visually-hidden" role="status" aria-live="polite">{spoken}</p> }
}

fn arrive(speak: WriteSignal<String>) {
    use leptos::{wasm_bindgen::JsCast, web_sys::HtmlElement};
    let heading = document().query_selector("main h1").ok().flatten();
    if let Some(heading) = heading.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        heading.set_tab_index(-1);
        // Focus is refused only for an element that is not shown.
        let _focused = heading.focus();
    }
    speak.set(document().title());
}

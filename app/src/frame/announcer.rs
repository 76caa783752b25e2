//! After a change of route: focus on the heading, the title spoken.

use std::{cell::RefCell, rc::Rc};

use leptos::{
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement},
};
use leptos_router::hooks::use_location;

/// How long a page may take to show its heading, in frames: five seconds at 60 a second.
const PATIENCE: u32 = 300;

/// Stands once inside the router. The first page keeps the browser's own focus.
#[component]
pub fn RouteAnnouncer() -> impl IntoView {
    let path = use_location().pathname;
    let (spoken, speak) = signal(String::new());
    // not a stored value: the server may drop a page on another thread than it made it on
    let shown: Rc<RefCell<Option<Element>>> = Rc::default();
    Effect::new(move |earlier: Option<()>| {
        path.track();
        if earlier.is_none() {
            *shown.borrow_mut() = heading();
        } else {
            let shown = Rc::clone(&shown);
            request_animation_frame(move || arrive(shown, speak, PATIENCE));
        }
    });
    view! { <p class="visually-hidden" role="status" aria-live="polite">{spoken}</p> }
}

fn heading() -> Option<Element> {
    document().query_selector("main h1").ok().flatten()
}

/// Waits for the new page's heading: while its data is on its way, the old page's still stands.
fn arrive(shown: Rc<RefCell<Option<Element>>>, speak: WriteSignal<String>, patience: u32) {
    let found = heading();
    let fresh = found.is_some() && *shown.borrow() != found;
    if !fresh && patience > 0 {
        request_animation_frame(move || arrive(shown, speak, patience - 1));
        return;
    }
    if let Some(heading) = found.as_ref().and_then(|found| found.dyn_ref::<HtmlElement>()) {
        heading.set_tab_index(-1);
        // Focus is refused only for an element that is not shown.
        let _focused = heading.focus();
    }
    *shown.borrow_mut() = found;
    speak.set(document().title());
}

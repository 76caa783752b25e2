//! After a change of route: focus on the heading, the title spoken. After a change of the query (filter, sort, page, tab): what the list
//! now holds is spoken, and focus stays where it is as long as that is still there.

use std::{cell::RefCell, rc::Rc};

#[cfg(feature = "hydrate")]
use leptos::wasm_bindgen::JsCast;
use leptos::{prelude::*, web_sys::Element};
use leptos_router::hooks::use_location;

/// How long a page may take to show its heading, in frames: five seconds at 60 a second.
const PATIENCE: u32 = 300;
/// How long to wait for a list to change; one that stays as it is has nothing newer to say.
const LIST_PATIENCE: u32 = 120;

/// What the list on a page says of itself: a place that asks for it, the count of results, the place in a long list, the open tab.
const SAID: [&str; 4] =
    ["main [data-announce]", "main #results", "main .pages-summary", "main .tab[aria-current]"];

/// Stands once inside the router. The first page keeps the browser's own focus.
#[component]
pub fn RouteAnnouncer() -> impl IntoView {
    let location = use_location();
    let (spoken, speak) = signal(String::new());
    // not a stored value: the server may drop a page on another thread than it made it on
    let shown: Rc<RefCell<Option<Element>>> = Rc::default();
    Effect::new(move |earlier: Option<String>| {
        let path = location.pathname.get();
        location.search.track();
        match earlier {
            None => *shown.borrow_mut() = heading(),
            Some(earlier) if earlier == path => {
                let before = find_announcement();
                request_animation_frame(move || renew(before, speak, LIST_PATIENCE));
            }
            Some(_) => {
                let shown = Rc::clone(&shown);
                request_animation_frame(move || arrive(shown, speak, PATIENCE));
            }
        }
        path
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
    if let Some(found) = &found {
        focus(found);
    }
    *shown.borrow_mut() = found;
    speak.set(document().title());
}

/// Where the list speaks of itself, and its words.
fn find_announcement() -> Option<(Element, String)> {
    let place = SAID.iter().find_map(|place| document().query_selector(place).ok().flatten())?;
    let words = place.text_content().unwrap_or_default();
    Some((place, words))
}

/// Waits until the list says something else, or says it in another place.
fn renew(before: Option<(Element, String)>, speak: WriteSignal<String>, patience: u32) {
    let now = find_announcement();
    if now == before && patience > 0 {
        request_animation_frame(move || renew(before, speak, patience - 1));
        return;
    }
    let (place, words) = match now {
        Some((place, words)) => (Some(place), words),
        None => (heading(), document().title()),
    };
    let lost = document().active_element().is_none_or(|focused| focused.local_name() == "body");
    if let (true, Some(place)) = (lost, place) {
        focus(&place);
    }
    // the same words twice are silent: they are taken back first
    speak.set(String::new());
    request_animation_frame(move || speak.set(words));
}

/// Focuses an element and leaves the scrolling to the router, and to `public/page.js` on the way back.
#[cfg(feature = "hydrate")]
fn focus(place: &Element) {
    if let Some(place) = place.dyn_ref::<web_sys::HtmlElement>() {
        place.set_tab_index(-1);
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // Focus is refused only for an element that is not shown.
        let _focused = place.focus_with_options(&options);
    }
}

/// The server has no focus.
#[cfg(not(feature = "hydrate"))]
const fn focus(_place: &Element) {}

//! Announces navigation to screen readers. A new page: the heading gets the focus, the title is spoken. A changed query (filter, sort
//! order, page, tab): the new content of the list is spoken, and the focus stays unless its element has disappeared.

use std::{cell::RefCell, rc::Rc};

#[cfg(feature = "hydrate")]
use leptos::wasm_bindgen::JsCast;
use leptos::{prelude::*, web_sys::Element};
use leptos_router::hooks::use_location;

/// Maximum time for a page to show its heading, in frames: five seconds at 60 per second.
const PATIENCE: u32 = 300;
/// Maximum time to wait for a change of the list, in frames; an unchanged list has nothing to announce.
const LIST_PATIENCE: u32 = 120;

/// Elements that summarise a list, by priority: an explicit announcement, the number of results, the page position, the open tab.
const SAID: [&str; 4] =
    ["main [data-announce]", "main #results", "main .pages-summary", "main .tab[aria-current]"];

/// Announcer; stands once inside the router. The first page keeps the browser's own focus.
#[component]
pub fn RouteAnnouncer() -> impl IntoView {
    let location = use_location();
    let (spoken, speak) = signal(String::new());
    // not a stored value, because the server may drop a page on another thread than the one that made it
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

/// Waits for the heading of the new page; that of the old page remains until the data arrive.
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

/// Returns the element that summarises the list, and its text.
fn find_announcement() -> Option<(Element, String)> {
    let place = SAID.iter().find_map(|place| document().query_selector(place).ok().flatten())?;
    let words = place.text_content().unwrap_or_default();
    Some((place, words))
}

/// Waits until the summary of the list changes, then announces it.
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
    // screen readers ignore an unchanged text, so it is cleared first
    speak.set(String::new());
    request_animation_frame(move || speak.set(words));
}

/// Focuses an element without scrolling, which the router does, and `public/page.js` on the way back.
#[cfg(feature = "hydrate")]
fn focus(place: &Element) {
    if let Some(place) = place.dyn_ref::<web_sys::HtmlElement>() {
        place.set_tab_index(-1);
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // focusing fails only for an element that is not shown
        let _focused = place.focus_with_options(&options);
    }
}

/// Does nothing on the server.
#[cfg(not(feature = "hydrate"))]
const fn focus(_place: &Element) {}

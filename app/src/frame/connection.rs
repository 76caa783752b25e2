//! Whether there is a network: said on every page while there is none, with the age of what the page shows.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::ui::{DateTimeText, Glyph, Icon};

/// Since the network is gone: when the server was heard last.
#[derive(Clone, Copy)]
struct NetworkLost(RwSignal<Option<DateTime<Utc>>>);

/// Hears the browser say that the network went or came back. Call once, at the root.
pub fn provide_connection() {
    let lost = RwSignal::new(None);
    provide_context(NetworkLost(lost));
    Effect::new(move |_| listen(lost));
}

#[cfg(feature = "hydrate")]
fn listen(lost: RwSignal<Option<DateTime<Utc>>>) {
    browser::heard();
    if !window().navigator().on_line() {
        lost.set(browser::last_heard());
    }
    window_event_listener_untyped("offline", move |_| lost.set(browser::last_heard()));
    window_event_listener_untyped("online", move |_| lost.set(None));
}

/// The server is where the network is.
#[cfg(not(feature = "hydrate"))]
const fn listen(_lost: RwSignal<Option<DateTime<Utc>>>) {}

/// What the page knows of its own age.
#[cfg(feature = "hydrate")]
pub(crate) mod browser {
    use std::cell::Cell;

    use chrono::{DateTime, Utc};

    thread_local! {
        static HEARD: Cell<f64> = const { Cell::new(0.0) };
    }

    /// The server has just answered.
    pub(crate) fn heard() {
        HEARD.set(js_sys::Date::now());
    }

    pub(super) fn last_heard() -> Option<DateTime<Utc>> {
        String::from(js_sys::Date::new(&HEARD.get().into()).to_iso_string()).parse().ok()
    }
}

/// Above the page while there is no network. The region is there from the start, so that screen readers watch it.
#[component]
pub fn OfflineBanner() -> impl IntoView {
    let lost = use_context::<NetworkLost>().map_or_else(|| RwSignal::new(None), |network| network.0);
    let words = |instant| {
        view! { <p><Glyph icon=Icon::Offline/><span>"You are offline. This page may be out of date. Last updated: "<DateTimeText instant/></span></p> }
    };
    view! { <div class="offline" role="status">{move || lost.get().map(words)}</div> }
}

//! State of the network: while the browser is offline, every page says so with the age of its content.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::ui::{DateTimeText, Glyph, Icon};

/// Time of the server's last answer, while the browser is offline; `None` while online.
#[derive(Clone, Copy)]
struct NetworkLost(RwSignal<Option<DateTime<Utc>>>);

/// Listens to the browser's online and offline events. Call once, at the root.
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

/// Does nothing on the server.
#[cfg(not(feature = "hydrate"))]
const fn listen(_lost: RwSignal<Option<DateTime<Utc>>>) {}

/// Time of the server's last answer in this page.
#[cfg(feature = "hydrate")]
pub(crate) mod browser {
    use std::cell::Cell;

    use chrono::{DateTime, Utc};

    thread_local! {
        static HEARD: Cell<f64> = const { Cell::new(0.0) };
    }

    /// Notes that the server has just answered.
    pub(crate) fn heard() {
        HEARD.set(js_sys::Date::now());
    }

    pub(super) fn last_heard() -> Option<DateTime<Utc>> {
        String::from(js_sys::Date::new(&HEARD.get().into()).to_iso_string()).parse().ok()
    }
}

/// Banner above the page while the browser is offline. Its region exists from the start, because screen readers watch existing ones.
#[component]
pub fn OfflineBanner() -> impl IntoView {
    let lost = use_context::<NetworkLost>().map_or_else(|| RwSignal::new(None), |network| network.0);
    let words = |instant| {
        view! { <p><Glyph icon=Icon::Offline/><span>"You are offline. This page may be out of date. Last updated: "<DateTimeText instant/></span></p> }
    };
    view! { <div class="offline" role="status">{move || lost.get().map(words)}</div> }
}

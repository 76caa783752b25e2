//! Forms that the browser sends by itself: the page knows only that it is on its way.

use leptos::prelude::*;

/// Set it on submit: true until the page is left, false again when the browser comes back to a page it had put aside.
pub fn use_sending() -> RwSignal<bool> {
    let sending = RwSignal::new(false);
    Effect::new(move |_| {
        let listener = window_event_listener_untyped("pageshow", move |_| sending.set(false));
        on_cleanup(move || listener.remove());
    });
    sending
}

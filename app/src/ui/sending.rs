//! State of plain forms, which the browser sends itself by leaving the page.

use leptos::prelude::*;

/// Returns a signal to be set on submit: true until the page is left, false again when the browser restores it from its cache.
pub fn use_sending() -> RwSignal<bool> {
    let sending = RwSignal::new(false);
    Effect::new(move |_| {
        let listener = window_event_listener_untyped("pageshow", move |_| sending.set(false));
        on_cleanup(move || listener.remove());
    });
    sending
}

//! Whether there is a network: said on every page while there is none.

use leptos::prelude::*;

use crate::ui::{Glyph, Icon};

#[derive(Clone, Copy)]
struct NetworkLost(RwSignal<bool>);

/// Hears the browser say that the network went or came back. Call once, at the root.
pub fn provide_connection() {
    let lost = RwSignal::new(false);
    provide_context(NetworkLost(lost));
    Effect::new(move |_| listen(lost));
}

#[cfg(feature = "hydrate")]
fn listen(lost: RwSignal<bool>) {
    lost.set(!window().navigator().on_line());
    window_event_listener_untyped("offline", move |_| lost.set(true));
    window_event_listener_untyped("online", move |_| lost.set(false));
}

/// The server is where the network is.
#[cfg(not(feature = "hydrate"))]
const fn listen(_lost: RwSignal<bool>) {}

/// Above the page while there is no network. The region is there from the start, so that screen readers watch it.
#[component]
pub fn OfflineBanner() -> impl IntoView {
    let lost = use_context::<NetworkLost>().map_or_else(|| RwSignal::new(false), |network| network.0);
    let words = || {
        view! { <p><Glyph icon=Icon::Offline/>"You are offline. What you see may be out of date."</p> }
    };
    view! { <div class="offline" role="status">{move || lost.get().then(words)}</div> }
}

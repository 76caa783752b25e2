//! A newer version of the site: kept ready by the service worker, changed to when the person says so.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use super::service_worker::{activate_waiting, has_unsaved_input, watch};
use crate::ui::{Button, ButtonKind, ButtonLook, ButtonSize, Glyph, Icon};

/// Whether a newer version waits.
#[derive(Clone, Copy)]
struct NewerVersion(RwSignal<bool>);

/// Starts the service worker once the page is alive, and hears from it about newer versions. Call once, at the root.
pub fn provide_updates() {
    let ready = RwSignal::new(false);
    provide_context(NewerVersion(ready));
    Effect::new(move |_| watch(ready));
}

/// Offers the newer version. Never changes to it by itself, nor while a form is half filled.
#[component]
pub fn UpdatePrompt() -> impl IntoView {
    let ready = use_context::<NewerVersion>().map_or_else(|| RwSignal::new(false), |newer| newer.0);
    let (changing, unsaved) = (RwSignal::new(false), RwSignal::new(false));
    let press = move |_| {
        unsaved.set(has_unsaved_input());
        if !unsaved.get_untracked() {
            changing.set(true);
            activate_waiting();
        }
    };
    let offer = move || {
        view! {
            <div class="toast toast-info">
                <Glyph icon=Icon::Refresh/>
                <p>{move || if unsaved.get() { "A new version is available. Save your changes before you update." } else { "A new version is available." }}</p>
                <Button
                    kind=ButtonKind::Button
                    look=ButtonLook::Primary
                    size=ButtonSize::Compact
                    pending=changing
                    pending_text="Updating…"
                    on:click=press
                >
                    "Update"
                </Button>
                <button type="button" class="toast-close" aria-label="Later" on:click=move |_| ready.set(false)>
                    <Glyph icon=Icon::X/>
                </button>
            </div>
        }
    };
    move || ready.get().then(offer)
}

/// The server has no service worker.
#[cfg(not(feature = "hydrate"))]
const fn watch(_ready: RwSignal<bool>) {}

/// Nobody types into it.
#[cfg(not(feature = "hydrate"))]
const fn has_unsaved_input() -> bool {
    false
}

/// And hears no clicks.
#[cfg(not(feature = "hydrate"))]
const fn activate_waiting() {}

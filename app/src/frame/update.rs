//! Updates of the site: the service worker prepares a newer version, and the person decides when to change to it.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use super::service_worker::{activate_waiting, watch};
use super::unsaved::has_unsaved_input;
use crate::ui::{Button, ButtonKind, ButtonLook, ButtonSize, Glyph, Icon};

/// True when a newer version is waiting.
#[derive(Clone, Copy)]
struct NewerVersion(RwSignal<bool>);

/// Starts the service worker after hydration and listens for newer versions. Call once, at the root.
pub fn provide_updates() {
    let ready = RwSignal::new(false);
    provide_context(NewerVersion(ready));
    Effect::new(move |_| watch(ready));
}

/// Offers the newer version. It is never activated automatically, nor while a form has unsent input.
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

/// Does nothing on the server.
#[cfg(not(feature = "hydrate"))]
const fn watch(_ready: RwSignal<bool>) {}

/// Does nothing on the server.
#[cfg(not(feature = "hydrate"))]
const fn activate_waiting() {}

//! State of hydration.

use leptos::prelude::*;

/// Returns false on the server and during hydration, true afterwards; for controls that need scripts.
pub fn use_hydrated() -> ReadSignal<bool> {
    let (hydrated, set_hydrated) = signal(false);
    Effect::new(move |_| set_hydrated.set(true));
    hydrated
}

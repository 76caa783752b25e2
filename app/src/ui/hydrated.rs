//! Whether the page is alive yet.

use leptos::prelude::*;

/// False on the server and while the page hydrates, true afterwards: what only works alive shows itself then.
pub fn use_hydrated() -> ReadSignal<bool> {
    let (hydrated, set_hydrated) = signal(false);
    Effect::new(move |_| set_hydrated.set(true));
    hydrated
}

//! A button that copies a text. Hidden before hydration, because only scripts can write to the clipboard.

use std::time::Duration;

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize, use_hydrated};

/// A quiet button that copies `text` and confirms it.
#[component]
pub fn CopyButton(
    /// Text to copy.
    #[prop(into)]
    text: String,
    /// Label: "Copy certificate code".
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let hydrated = use_hydrated();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        write_clipboard(&text);
        copied.set(true);
        set_timeout(move || copied.set(false), Duration::from_secs(3));
    };
    view! {
        <button type="button" class="btn btn-quiet btn-compact" hidden=move || !hydrated.get() on:click=copy>
            {move || view! { <Glyph icon=if copied.get() { Icon::Check } else { Icon::Copy } size=IconSize::Small/> }}
            <span role="status">{move || if copied.get() { "Copied".to_owned() } else { label.clone() }}</span>
        </button>
    }
}

/// Writes to the clipboard. Fails only where the page may not use it; the text can still be selected.
#[cfg(feature = "hydrate")]
fn write_clipboard(text: &str) {
    let _promise = window().navigator().clipboard().write_text(text);
}

/// Does nothing on the server.
#[cfg(not(feature = "hydrate"))]
const fn write_clipboard(_text: &str) {}

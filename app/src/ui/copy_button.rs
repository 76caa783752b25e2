//! Copies a text. Hidden until hydrated: without JavaScript there is no clipboard to write to.

use std::time::Duration;

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize, use_hydrated};

/// A quiet button that copies `text` and says so.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: String,
    /// What it is: "Copy certificate code".
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

/// The promise is refused only where the page may not use the clipboard; the text stays selectable.
#[cfg(feature = "hydrate")]
fn write_clipboard(text: &str) {
    let _promise = window().navigator().clipboard().write_text(text);
}

/// The server has no clipboard and hears no clicks.
#[cfg(not(feature = "hydrate"))]
const fn write_clipboard(_text: &str) {}

//! Keyboard shortcuts: single keys, their list, and the setting that turns single keys off (WCAG 2.1.4).

use leptos::{
    ev::KeyboardEvent,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, Event, HtmlElement, HtmlInputElement},
};
use maud::{Markup, html};

use crate::ui::{Checkbox, Dialog, Glyph, Icon, IconSize, close_around, use_hydrated};

/// Keys, their spoken names where a sign may be silent, and their effects.
const ALL: [(&[&str], &str, &str); 7] = [
    (&["Ctrl K", "Cmd K"], "", "Search everything (when signed in)"),
    (&["?"], "Question mark", "Show these shortcuts"),
    (&["/"], "Slash", "Go to the search field on the page"),
    (&["n"], "", "Next page of a list"),
    (&["p"], "", "Previous page of a list, or the first"),
    (&["↑", "↓"], "Arrow up or arrow down", "Move through search results"),
    (&["Esc"], "Escape", "Close search results or a dialog"),
];

/// Elements that people type into; keys pressed there are text.
const TYPED_INTO: &str = "input, textarea, select, [contenteditable]";

/// State of the shortcuts: the list is open, single keys are enabled.
#[derive(Clone, Copy)]
struct Shortcuts {
    open: RwSignal<bool>,
    on: RwSignal<bool>,
}

/// Listens to keys on every page and returns the list of shortcuts. Call once, at the root.
pub fn provide_shortcuts() -> impl IntoView {
    let shortcuts = Shortcuts { open: RwSignal::new(false), on: RwSignal::new(true) };
    provide_context(shortcuts);
    Effect::new(move |_| shortcuts.listen());
    move || shortcuts.open.get().then(|| list(shortcuts))
}

/// Menu entry that opens the list; it works even if single keys are turned off.
#[component]
pub fn ShortcutsEntry() -> impl IntoView {
    let hydrated = use_hydrated();
    use_context::<Shortcuts>().map(|shortcuts| {
        view! {
            <button
                type="button"
                class="menu-item"
                aria-haspopup="dialog"
                hidden=move || !hydrated.get()
                on:click=move |event| shortcuts.show(&event)
            >
                <Glyph icon=Icon::Keyboard size=IconSize::Small/>
                <span>"Keyboard shortcuts"</span>
            </button>
        }
        .into_any()
    })
}

fn list(shortcuts: Shortcuts) -> AnyView {
    view! {
        <Dialog id="shortcuts" title="Keyboard shortcuts" open=shortcuts.open>
            <dl class="facts" inner_html=rows().into_string()></dl>
            <div class="shortcuts-switch" on:change=move |event| shortcuts.switch(event_target_checked(&event))>
                <Checkbox
                    name="single_keys"
                    label="Single-key shortcuts"
                    hint="The keys ?, /, n and p. Switch them off if they get in your way. Saved in this browser."
                    checked=shortcuts.on.get_untracked()
                />
            </div>
        </Dialog>
    }
    .into_any()
}

/// Returns the list's rows as one piece of HTML, because they never change.
fn rows() -> Markup {
    html! {
        @for (keys, spoken, act) in ALL {
            div class="fact" {
                dt {
                    span aria-hidden=[(!spoken.is_empty()).then_some("true")] {
                        @for (place, key) in keys.iter().enumerate() {
                            @if place > 0 { " or " }
                            kbd { (key) }
                        }
                    }
                    span class="visually-hidden" { (spoken) }
                }
                dd { (act) }
            }
        }
    }
}

impl Shortcuts {
    fn listen(self) {
        self.on.set(is_enabled());
        // the setting may have changed in another window
        window_event_listener_untyped("storage", move |_| self.on.set(is_enabled()));
        window_event_listener(leptos::ev::keydown, move |event| self.press(&event));
    }

    fn switch(self, on: bool) {
        self.on.set(on);
        store_enabled(on);
    }

    /// Opens the list. Closes a menu first, so that the focus returns to the menu's button after the dialog.
    fn show(self, event: &Event) {
        if let Some(from) = element_of(event) {
            close_around(&from);
        }
        self.open.set(true);
    }

    fn press(self, event: &KeyboardEvent) {
        if !self.on.get_untracked() || is_meant_otherwise(event) {
            return;
        }
        let done = match event.key().as_str() {
            "?" => {
                self.show(event);
                true
            }
            "/" => ["main input[type=search]", "#bar-search"].into_iter().any(focus),
            "n" => follow("a[rel=next]"),
            "p" => follow("a[rel=prev]") || follow("a[rel=first]"),
            _ => false,
        };
        if done {
            event.prevent_default();
        }
    }
}

/// True when a key belongs to another shortcut, to text, to a dialog, is held down or was handled already.
fn is_meant_otherwise(event: &KeyboardEvent) -> bool {
    let typed = || element_of(event).and_then(|place| place.closest(TYPED_INTO).ok().flatten());
    event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || event.repeat()
        || event.default_prevented()
        || typed().is_some()
        || find_element::<Element>("dialog[open]").is_some()
}

fn element_of(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn find_element<T: JsCast>(place: &str) -> Option<T> {
    document().query_selector(place).ok().flatten()?.dyn_into().ok()
}

/// Focuses a field; false when the field is not shown.
fn focus(place: &str) -> bool {
    find_element::<HtmlInputElement>(place).is_some_and(|field| {
        // focusing fails only for a field that is not shown
        let _focused = field.focus();
        field.select();
        document().active_element() == Some(field.into())
    })
}

fn follow(place: &str) -> bool {
    find_element::<HtmlElement>(place).map(|link| link.click()).is_some()
}

/// Storage of the setting in the browser.
#[cfg(feature = "hydrate")]
mod browser {
    use crate::session::storage;

    const KEY: &str = "single-key-shortcuts";
    const OFF: &str = "off";

    pub(super) fn is_enabled() -> bool {
        storage().and_then(|storage| storage.get_item(KEY).ok().flatten()).is_none_or(|word| word != OFF)
    }

    pub(super) fn store_enabled(on: bool) {
        if let Some(storage) = storage() {
            // fails where the browser stores nothing; the setting then holds for this page
            let _kept = storage.set_item(KEY, if on { "on" } else { OFF });
        }
    }
}
#[cfg(feature = "hydrate")]
use browser::{is_enabled, store_enabled};

/// Returns true on the server, which has no setting.
#[cfg(not(feature = "hydrate"))]
const fn is_enabled() -> bool {
    true
}

/// Does nothing on the server.
#[cfg(not(feature = "hydrate"))]
const fn store_enabled(_on: bool) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_has_a_name_for_who_listens() {
        let html = rows().into_string();
        assert!(html.contains("<kbd>Ctrl K</kbd> or <kbd>Cmd K</kbd>"), "{html}");
        assert!(html.contains(r#"<span aria-hidden="true"><kbd>?</kbd></span>"#), "{html}");
        assert!(html.contains(r#"<span class="visually-hidden">Question mark</span>"#), "{html}");
        assert!(html.contains("<span><kbd>n</kbd></span>"), "{html}");
    }

    #[test]
    fn the_entry_waits_for_a_page_that_is_alive() {
        let html = Owner::new().with(|| view! { {provide_shortcuts()} <ShortcutsEntry/> }.to_html());
        assert!(html.contains("hidden") && !html.contains("<dialog"), "{html}");
        let html = Owner::new().with(|| view! { <ShortcutsEntry/> }.to_html());
        assert!(!html.contains("<button"), "where nobody hears keys: {html}");
    }
}

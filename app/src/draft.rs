//! Drafts of long forms: input that was not sent, kept over the end of a session or a reload. A draft is in the tab's own storage, by
//! person and address of the form. Nothing is filled in by itself: the page asks the person whether to restore it.

use std::time::Duration;

use contracts::{identity::MadeFor, query_text::query_pairs};
use leptos::{
    html::Div,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlFormElement},
};
use leptos_router::hooks::use_location;

use crate::{
    form_action::{FormAction, fields_in},
    ui::{Banner, Button, ButtonKind, ButtonLook, Tone},
    user_storage,
    viewer::{MadeForField, use_viewer},
};

/// Interval at which input is stored while somebody types.
const PAUSE: Duration = Duration::from_millis(500);

/// Stores the input of the form inside it, and offers above it to restore an earlier draft.
#[component]
pub fn WithDraft(
    /// Action of the form. Its server function shows a plain form again if `intent` is "again".
    action: FormAction,
    /// The form.
    children: Children,
) -> impl IntoView {
    let draft = Draft::of_page();
    Effect::new(move |_| {
        if let Some(place) = draft.place.get() {
            draft.begin(&place);
        }
    });
    on_cleanup(move || {
        if let Some(Ok(())) = action.outcome() {
            draft.forget();
        }
    });
    let keep = move || draft.keep_soon();
    view! {
        <div class="stack">
            {move || draft.found.get().map(|fields| offer(action, draft, &fields))}
            // codes are chosen by a click or a key, which fires no input event
            <div node_ref=draft.place data-draft="" on:input=move |_| keep() on:click=move |_| keep() on:keyup=move |_| keep()>
                {children()}
            </div>
        </div>
    }
    .into_any()
}

/// Returns the offer to restore a draft. It is a plain form sent by the browser, so that the server fills the form as after a refusal.
fn offer(action: FormAction, draft: Draft, fields: &str) -> AnyView {
    let fields: Vec<_> = query_pairs(fields)
        .into_iter()
        // the page has its own value of this field
        .filter(|(name, _)| name != MadeFor::FIELD)
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect();
    view! {
        <Banner tone=Tone::Info title="You have unsaved changes">
            <form method="post" action=action.path() class="form-actions">
                <MadeForField/>
                {fields}
                <Button attr:name="intent" attr:value="again">"Restore"</Button>
                <Button kind=ButtonKind::Button look=ButtonLook::Quiet on:click=move |_| draft.forget()>"Discard"</Button>
            </form>
        </Banner>
    }
    .into_any()
}

#[derive(Clone, Copy)]
struct Draft {
    key: StoredValue<String>,
    /// Element around the form.
    place: NodeRef<Div>,
    /// Content of the form when it was last stored.
    seen: StoredValue<Option<String>>,
    /// True while a timer to store the form is running.
    soon: StoredValue<bool>,
    /// Earlier draft that differs from the form.
    found: RwSignal<Option<String>>,
}

impl Draft {
    fn of_page() -> Self {
        let person = use_viewer()
            .with_untracked(|viewer| viewer.as_ref().map(|viewer| viewer.user_id.to_string()))
            .unwrap_or_default();
        let what = ["draft:", &use_location().pathname.get_untracked()].concat();
        Self {
            key: StoredValue::new(user_storage::key(&person, &what)),
            place: NodeRef::new(),
            seen: StoredValue::new(None),
            soon: StoredValue::new(false),
            found: RwSignal::new(None),
        }
    }

    fn begin(self, place: &Element) {
        let now = typed_in(place);
        let kept = self.key.with_value(|key| user_storage::load(key));
        self.found.set(kept.filter(|kept| !now.as_ref().is_some_and(|now| is_same(now, kept))));
        self.seen.set_value(now);
    }

    fn keep_soon(self) {
        if !self.soon.get_value() {
            self.soon.set_value(true);
            set_timeout(move || self.look(), PAUSE);
        }
    }

    fn look(self) {
        // the page may have been left meanwhile
        let Some(Some(place)) = self.place.try_get_untracked() else { return };
        self.soon.set_value(false);
        let now = typed_in(&place);
        if self.seen.with_value(|seen| *seen != now) {
            self.key.with_value(|key| user_storage::store(key, now.as_deref().unwrap_or_default()));
            self.seen.set_value(now);
        }
    }

    fn forget(self) {
        self.key.with_value(|key| user_storage::remove(key));
        self.found.set(None);
    }
}

/// Returns the fields of the form in this place.
fn typed_in(place: &Element) -> Option<String> {
    let form = place.query_selector("form").ok().flatten()?;
    fields_in(form.dyn_ref::<HtmlFormElement>()?)
}

/// True when two forms have equal filled fields; empty fields are ignored.
fn is_same(one: &str, other: &str) -> bool {
    let filled = |fields| {
        let pairs = query_pairs(fields).into_iter();
        pairs.filter(|(name, value)| !value.is_empty() && name != MadeFor::FIELD)
    };
    filled(one).eq(filled(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_fields_make_no_difference() {
        assert!(is_same("made_for=1.2&title=A+b&city=", "title=A%20b&steps%5B3%5D%5Bunit_price%5D="));
        assert!(!is_same("title=A", "title=A&city=Bonn"));
        assert!(!is_same("codes%5B%5D=BA00&codes%5B%5D=5A11", "codes%5B%5D=BA00"));
    }
}

//! What the answers of acts mean for the page they were sent from: when it reads again, which refusal is still news, and where the
//! focus goes when the control that was pressed is gone.

use contracts::error::ErrorCode;
use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

use crate::{act::Act, error::UiError, ui::FormErrors};

/// How long a page may take to show itself after an act, in frames: five seconds at 60 a second.
const PATIENCE: u32 = 300;

/// Whether what the page shows may have changed: not when a field was refused or the server never heard of it.
fn is_settled(refusal: Option<&UiError>) -> bool {
    refusal.is_none_or(|error| error.fields.is_empty() && error.code != ErrorCode::Offline)
}

/// Changes with each answer after which the page should read its data again. A form that must be corrected stays as it is, with what
/// was typed into it.
pub fn settled(act: Act) -> ReadSignal<usize> {
    let (count, set_count) = signal(0_usize);
    Effect::watch(
        move || act.version().get(),
        move |_, _, _| {
            let Some(outcome) = act.outcome() else { return };
            if is_settled(outcome.as_ref().err()) {
                set_count.update(|count| *count = count.wrapping_add(1));
            }
            if outcome.is_ok() {
                hand_on_focus(id_of_focus());
            }
        },
        false,
    );
    count
}

/// When the control that has the focus leaves the page, its successor has it: the element with this id, or else the heading.
pub fn hand_on_focus(id: Option<String>) {
    request_animation_frame(move || catch_focus(id, PATIENCE));
}

/// What has the focus, or else the first field of its form: made anew with its page, it has the same id.
fn id_of_focus() -> Option<String> {
    let focused = document().active_element()?;
    if !focused.id().is_empty() {
        return Some(focused.id());
    }
    let form = focused.closest("form").ok()??;
    form.query_selector("input[id], select[id], textarea[id]").ok()?.map(|field| field.id())
}

/// Waits until the control that was pressed has left the page, and gives the focus it had to its successor, or else to the heading.
/// Nothing scrolls: who used a mouse looks where he clicked.
fn catch_focus(id: Option<String>, patience: u32) {
    if document().active_element().is_some_and(|focused| focused.tag_name() != "BODY") {
        if patience > 0 {
            request_animation_frame(move || catch_focus(id, patience - 1));
        }
        return;
    }
    let target = id
        .and_then(|id| document().get_element_by_id(&id))
        .or_else(|| document().query_selector("main h1").ok().flatten());
    let (left, top) = (window().scroll_x().unwrap_or_default(), window().scroll_y().unwrap_or_default());
    if let Some(target) = target.as_ref().and_then(|target| target.dyn_ref::<HtmlElement>()) {
        // Focus is refused only for an element that is not shown.
        let _focused = target.focus();
        window().scroll_to_with_x_and_y(left, top);
    }
}

/// The refusal of whichever act answered last; none when that one succeeded.
#[derive(Clone, Copy)]
pub struct NewestRefusal(RwSignal<Option<(&'static str, UiError)>>);

impl NewestRefusal {
    /// Hears nobody yet.
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// Hears this act as well.
    #[must_use]
    pub fn hearing(self, act: Act) -> Self {
        let Self(newest) = self;
        let refusal = move || act.outcome()?.err().map(|error| (act.path(), error));
        if let Some(refusal) = refusal() {
            newest.set(Some(refusal));
        }
        Effect::watch(move || act.version().get(), move |_, _, _| newest.set(refusal()), false);
        self
    }

    /// What was refused.
    pub fn get(self) -> Option<UiError> {
        self.0.get().map(|(_, error)| error)
    }

    /// The same for a `FormScope`.
    pub fn errors(self) -> Signal<FormErrors> {
        Signal::derive(move || self.get().map(FormErrors::from).unwrap_or_default())
    }

    /// What was refused to a form of this act; nothing when another one answered last.
    pub fn of(self, act: Act) -> FormErrors {
        self.0
            .get()
            .filter(|(path, _)| *path == act.path())
            .map(|(_, error)| error.into())
            .unwrap_or_default()
    }
}

impl Default for NewestRefusal {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_field_and_a_lost_request_change_nothing() {
        let mut refused = UiError::new(ErrorCode::InvalidInput);
        refused.fields.add("quantity", "Enter a whole number.");
        assert!(!is_settled(Some(&refused)));
        assert!(!is_settled(Some(&UiError::new(ErrorCode::Offline))));
        assert!(is_settled(Some(&UiError::new(ErrorCode::WrongState))));
        assert!(is_settled(None));
    }
}

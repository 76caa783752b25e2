//! Effects of form actions on their page: fetching data again, the latest error, and the focus after the pressed control has
//! disappeared. Begin with [`refetch_after`] and [`LatestError`].

use contracts::error::ErrorCode;
use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

use crate::{error::UiError, form_action::FormAction, ui::FormErrors};

/// Maximum time for a page to render after an action, in frames: five seconds at 60 per second.
const PATIENCE: u32 = 300;

/// True when the data of the page may have changed: not if a field was refused, the request did not reach the server, or the session
/// does not fit the page any more. Then the page stays as it is, with what was typed into it.
fn may_have_changed(refusal: Option<&UiError>) -> bool {
    refusal.is_none_or(|error| {
        let is_elsewhere = matches!(error.code, ErrorCode::Offline | ErrorCode::MadeForAnother);
        error.fields.is_empty() && !is_elsewhere && !error.is_signed_out()
    })
}

/// Returns a counter that grows with each answer after which the page should fetch its data again. It does not grow when fields were
/// refused, so that the form stays as it is, with what was typed into it.
pub fn refetch_after(action: FormAction) -> ReadSignal<usize> {
    let (count, set_count) = signal(0_usize);
    Effect::watch(
        move || action.version().get(),
        move |_, _, _| {
            let Some(outcome) = action.outcome() else { return };
            if may_have_changed(outcome.as_ref().err()) {
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

/// Moves the focus when the control that has it leaves the page: to the element with this id, or else to the heading.
pub fn hand_on_focus(id: Option<String>) {
    request_animation_frame(move || catch_focus(id, PATIENCE));
}

/// Returns the ID of the focused element, or of the first field of its form: a new render has an element with the same ID.
fn id_of_focus() -> Option<String> {
    let focused = document().active_element()?;
    if !focused.id().is_empty() {
        return Some(focused.id());
    }
    // fields and buttons of a form that stands elsewhere are marked as a group
    let group = focused.closest("form, [data-fields]").ok()??;
    group.query_selector("input[id], select[id], textarea[id]").ok()?.map(|field| field.id())
}

/// Waits until the pressed control has left the page, then focuses the element with this ID, or else the heading. Does not scroll: a
/// mouse user looks where the click was.
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
        // focusing fails only for an element that is not shown
        let _focused = target.focus();
        window().scroll_to_with_x_and_y(left, top);
    }
}

/// The error of the action that answered last; `None` when it succeeded.
#[derive(Clone, Copy)]
pub struct LatestError(RwSignal<Option<(&'static str, UiError)>>);

impl LatestError {
    /// Creates one that follows no action.
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// Adds an action to be followed.
    #[must_use]
    pub fn following(self, action: FormAction) -> Self {
        let Self(newest) = self;
        let refusal = move || action.outcome()?.err().map(|error| (action.path(), error));
        if let Some(refusal) = refusal() {
            newest.set(Some(refusal));
        }
        Effect::watch(move || action.version().get(), move |_, _, _| newest.set(refusal()), false);
        self
    }

    /// Returns the latest error.
    pub fn get(self) -> Option<UiError> {
        self.0.get().map(|(_, error)| error)
    }

    /// Returns the latest error if it is of this action; `None` when another action answered last.
    pub fn error_of(self, action: FormAction) -> Option<UiError> {
        self.0.get().filter(|(path, _)| *path == action.path()).map(|(_, error)| error)
    }

    /// Returns the latest error for a `FormScope`.
    pub fn errors(self) -> Signal<FormErrors> {
        Signal::derive(move || self.get().map(FormErrors::from).unwrap_or_default())
    }

    /// Returns the errors for a form of this action; empty when another action answered last.
    pub fn of(self, action: FormAction) -> FormErrors {
        self.0
            .get()
            .filter(|(path, _)| *path == action.path())
            .map(|(_, error)| error.into())
            .unwrap_or_default()
    }
}

impl Default for LatestError {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_field_a_lost_request_and_a_lost_session_change_nothing() {
        let mut refused = UiError::new(ErrorCode::InvalidInput);
        refused.fields.add("quantity", "Enter a whole number.");
        assert!(!may_have_changed(Some(&refused)));
        for code in
            [ErrorCode::Offline, ErrorCode::MadeForAnother, ErrorCode::NotSignedIn, ErrorCode::SessionExpired]
        {
            assert!(!may_have_changed(Some(&UiError::new(code))), "{code}");
        }
        assert!(may_have_changed(Some(&UiError::new(ErrorCode::WrongState))));
        assert!(may_have_changed(None));
    }
}

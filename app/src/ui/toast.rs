//! Toasts: short notices that an action was done. Errors are never shown by a toast alone.

use std::{sync::Arc, time::Duration};

use leptos::prelude::*;

use super::{Glyph, Icon, KeyedRow, Tone, keyed_rows};
use crate::form_action::FormAction;

/// Time for which a toast is shown.
const STAYS: Duration = Duration::from_secs(6);
/// Time for which a toast with an action, such as "Undo", is shown.
const STAYS_WITH_ACTION: Duration = Duration::from_secs(10);

/// Action that a toast offers: "Undo".
#[derive(Clone)]
struct ToastAction {
    label: String,
    act: Arc<dyn Fn() + Send + Sync>,
}

/// A toast.
#[derive(Clone)]
pub struct Toast {
    /// Meaning, shown as colour and icon; `Bad` is announced immediately.
    pub tone: Tone,
    /// Text: "MRI removed from the cart".
    pub text: String,
    action: Option<ToastAction>,
}

impl Toast {
    /// Creates a toast.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into(), action: None }
    }

    /// Adds a button, which closes the toast; the toast is shown for ten seconds.
    #[must_use]
    pub fn action(mut self, label: impl Into<String>, act: impl Fn() + Send + Sync + 'static) -> Self {
        self.action = Some(ToastAction { label: label.into(), act: Arc::new(act) });
        self
    }

    const fn stays(&self) -> Duration {
        if self.action.is_some() { STAYS_WITH_ACTION } else { STAYS }
    }
}

/// The toasts on screen.
#[derive(Clone, Copy)]
pub struct Toaster {
    shown: RwSignal<Vec<(u32, Toast)>>,
    next: StoredValue<u32>,
    held: RwSignal<bool>,
}

impl Toaster {
    /// Shows a toast for six seconds (ten with an action), longer while the pointer or the focus is on it.
    pub fn push(self, toast: Toast) {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        let stays = toast.stays();
        self.shown.update(|shown| shown.push((id, toast)));
        self.expire(id, stays);
    }

    fn expire(self, id: u32, stays: Duration) {
        set_timeout(
            move || {
                if self.held.get_untracked() {
                    self.expire(id, stays);
                } else {
                    self.dismiss(id);
                }
            },
            stays,
        );
    }

    fn dismiss(self, id: u32) {
        // focus and pointer leave with the toast, without an event
        self.held.set(false);
        self.shown.update(|shown| shown.retain(|(other, _)| *other != id));
    }
}

/// Creates the toaster. Call once, at the root.
pub fn provide_toaster() -> Toaster {
    let toaster =
        Toaster { shown: RwSignal::default(), next: StoredValue::new(0), held: RwSignal::new(false) };
    provide_context(toaster);
    toaster
}

/// Returns the toaster of the page.
pub fn use_toaster() -> Option<Toaster> {
    use_context()
}

/// Shows `text` each time the action succeeds while its page stays. Without JavaScript the page that comes back shows the result.
pub fn toast_when_done(action: FormAction, text: &'static str) {
    let Some(toaster) = use_toaster() else { return };
    Effect::watch(
        move || action.version().get(),
        move |_, _, _| {
            if action.outcome() == Some(Ok(())) {
                toaster.push(Toast::new(Tone::Ok, text));
            }
        },
        false,
    );
}

/// The live regions of toasts; in the server's HTML from the start, because screen readers watch only existing ones.
#[component]
pub fn ToastRegion(
    /// Content above the toasts that stays until it is dealt with.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let toaster = use_toaster().unwrap_or_else(provide_toaster);
    let lane = move |urgent: bool| {
        let of_lane = move || {
            toaster
                .shown
                .get()
                .into_iter()
                .filter(move |(_, toast)| (toast.tone == Tone::Bad) == urgent)
                .map(|(id, toast)| KeyedRow::new(id, move || notice(toaster, id, toast)))
                .collect()
        };
        keyed_rows(of_lane)
    };
    view! {
        <div
            class="toasts"
            on:pointerenter=move |_| toaster.held.set(true)
            on:pointerleave=move |_| toaster.held.set(false)
            on:focusin=move |_| toaster.held.set(true)
            on:focusout=move |_| toaster.held.set(false)
        >
            <div role="status">{children.map(|children| children())}{lane(false)}</div>
            <div role="log" aria-live="assertive" aria-label="Errors">{lane(true)}</div>
        </div>
    }
}

fn notice(toaster: Toaster, id: u32, toast: Toast) -> impl IntoView {
    let class = match toast.tone {
        Tone::Neutral => "toast",
        Tone::Info => "toast toast-info",
        Tone::Ok => "toast toast-ok",
        Tone::Warn => "toast toast-warn",
        Tone::Bad => "toast toast-bad",
    };
    let action = toast.action.map(|ToastAction { label, act }| {
        let act = move |_| {
            toaster.dismiss(id);
            act();
        };
        view! { <button type="button" class="btn btn-quiet btn-compact" on:click=act>{label}</button> }
    });
    view! {
        <div class=class>
            <Glyph icon=toast.tone.icon()/>
            <p>{toast.text}</p>
            {action}
            <button type="button" class="toast-close" aria-label="Dismiss" on:click=move |_| toaster.dismiss(id)>
                <Glyph icon=Icon::X/>
            </button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_that_can_be_taken_back_stays_longer() {
        let done = Toast::new(Tone::Ok, "Removed from cart.");
        assert_eq!(done.stays(), Duration::from_secs(6));
        assert_eq!(done.action("Undo", || ()).stays(), Duration::from_secs(10));
    }
}

//! Passwords: can be shown, pasted and filled in by a manager.

use leptos::prelude::*;

use super::field::{FieldWidth, Labelling, Wiring, frame};
use super::use_hydrated;

/// A password. The button that shows it appears when the page is alive.
#[component]
pub fn PasswordInput(
    /// The form's key, and the key of its error.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// True where a new password is chosen (`new-password`), false where one is entered (`current-password`).
    #[prop(optional)]
    new: bool,
    /// How to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Why it was refused; found by name in the `FormScope` if not given.
    #[prop(optional, into)]
    error: MaybeProp<String>,
) -> impl IntoView {
    let wiring = Wiring::new(&name, None, hint.is_some(), error);
    let (shown, set_shown) = signal(false);
    let hydrated = use_hydrated();
    let control = view! {
        <span class="input-row">
            <input
                id=wiring.id.clone()
                name=name
                type=move || if shown.get() { "text" } else { "password" }
                class="input"
                autocomplete=if new { "new-password" } else { "current-password" }
                autocapitalize="off"
                spellcheck="false"
                required=true
                aria-describedby=wiring.described_by()
                aria-invalid=wiring.invalid()
            />
            <button
                type="button"
                class="btn btn-quiet"
                hidden=move || !hydrated.get()
                aria-pressed=move || if shown.get() { "true" } else { "false" }
                on:click=move |_| set_shown.update(|shown| *shown = !*shown)
            >
                {move || if shown.get() { "Hide" } else { "Show" }}
            </button>
        </span>
    };
    let labelling = Labelling { label, hint, optional: false, hide_label: false, width: FieldWidth::Full };
    frame(labelling, &wiring, control.into_any())
}

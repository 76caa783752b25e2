//! Password fields: can be shown, pasted into and filled by password managers. A refused form comes back without its passwords, and the
//! field says so.

use leptos::prelude::*;

use super::field::{FieldWidth, Labelling, Wiring, frame};
use super::{form_errors::CurrentErrors, use_hydrated};

/// A password field. The button that shows the password appears after hydration.
#[component]
pub fn PasswordInput(
    /// Name of the field in the form, and key of its error.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// True where a new password is chosen (`new-password`), false where one is entered (`current-password`).
    #[prop(optional)]
    new: bool,
    /// Hint about the expected input.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Error text; by default that of `name` in the `FormScope`.
    #[prop(optional, into)]
    error: MaybeProp<String>,
) -> impl IntoView {
    let wiring = Wiring::new(&name, None, hint.is_some(), error);
    if let Some(form) = use_context::<CurrentErrors>() {
        let reason = [&label, ": enter it again. A password is not kept when a form comes back."].concat();
        form.ask_again(&name, reason);
    }
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

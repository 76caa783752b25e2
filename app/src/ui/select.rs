//! A choice from a list, with the browser's own control.

use leptos::prelude::*;

use super::Choice;
use super::field::{FieldWidth, Labelling, Wiring, frame};
use crate::form_restore::restored_or;

/// A native select.
#[component]
pub fn Select(
    /// Name of the field in the form, and key of its error.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// Options.
    choices: Vec<Choice>,
    /// Initial value; later changes are written into the control.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Text of an empty first option: "Any place".
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Hint about the choice.
    #[prop(optional, into)]
    hint: Option<String>,
    /// True if the field may be left empty; needs a `placeholder`.
    #[prop(optional)]
    optional: bool,
    /// Error text; by default that of `name` in the `FormScope`.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// ID of the control; needed if two forms of a page have equal field names.
    #[prop(optional, into)]
    id: Option<String>,
    /// Width of the control.
    #[prop(default = FieldWidth::Medium)]
    width: FieldWidth,
) -> impl IntoView {
    let wiring = Wiring::new(&name, id, hint.is_some(), error);
    let node = NodeRef::<leptos::html::Select>::new();
    Effect::watch(
        move || value.get(),
        move |value, _, _| {
            if let Some(select) = node.get_untracked() {
                select.set_value(value);
            }
        },
        false,
    );
    let chosen = restored_or(&name, value.get_untracked());
    let entries: Vec<_> = choices
        .into_iter()
        .map(|Choice { value, label, .. }| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{label}</option> }
        })
        .collect();
    let control = view! {
        <select
            node_ref=node
            id=wiring.id.clone()
            name=name
            class="input select"
            required=!optional
            aria-describedby=wiring.described_by()
            aria-invalid=wiring.invalid()
        >
            {placeholder.map(|words| view! { <option value="">{words}</option> })}
            {entries}
        </select>
    };
    frame(Labelling { label, hint, optional, hide_label: false, width }, &wiring, control.into_any())
}

//! One-line inputs. Their initial value is the restored input of a refused plain form, or else their value. Text typed before hydration
//! stays: the value is written only when its signal changes later.

use leptos::prelude::*;

use super::field::{FieldWidth, Labelling, Wiring, frame};
use crate::form_restore::restored_or;

/// Kind of input, which sets the on-screen keyboard, the browser's corrections and the offers of password managers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputKind {
    /// Free text.
    #[default]
    Text,
    /// An e-mail address.
    Email,
    /// A code: no corrections, no automatic capitals, slashed zero.
    Code,
}

impl InputKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Text | Self::Code => "text",
            Self::Email => "email",
        }
    }
}

/// Writes `value` into the control whenever it changes after hydration.
pub(super) fn follow(node: NodeRef<leptos::html::Input>, value: Signal<String>) {
    Effect::watch(
        move || value.get(),
        move |value, _, _| {
            if let Some(input) = node.get_untracked() {
                input.set_value(value);
            }
        },
        false,
    );
}

/// A line of text. The component accepts `on:input`.
#[component]
pub fn TextInput(
    /// Name of the field in the form, and key of its error.
    #[prop(into)]
    name: String,
    /// Label, always shown unless `hide_label`.
    #[prop(into)]
    label: String,
    /// Hint about the expected input.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Initial value; later changes are written into the control.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Kind of input.
    #[prop(optional)]
    kind: InputKind,
    /// True if the field may be left empty; the label says so. All other fields are required.
    #[prop(optional)]
    optional: bool,
    /// HTML autofill token: `organization`, `email`, `username`, `one-time-code`.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// Maximum length of the text, in UTF-16 units as in HTML.
    #[prop(optional)]
    max_length: Option<u32>,
    /// Error text; by default that of `name` in the `FormScope`.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// ID of the control; needed if two forms of a page have equal field names.
    #[prop(optional, into)]
    id: Option<String>,
    /// Width of the control.
    #[prop(optional)]
    width: FieldWidth,
    /// True hides the label from the eye, for a table whose heading says it; screen readers speak it.
    #[prop(optional)]
    hide_label: bool,
    /// True focuses the field when the page opens; only for pages with this one field.
    #[prop(optional)]
    autofocus: bool,
    /// ID of the field's form if the field stands outside of it.
    #[prop(optional, into)]
    form: MaybeProp<String>,
) -> impl IntoView {
    let wiring = Wiring::new(&name, id, hint.is_some(), error);
    let first = restored_or(&name, value.get_untracked());
    let node = NodeRef::new();
    follow(node, value);
    let code = kind == InputKind::Code;
    let control = view! {
        <input
            node_ref=node
            id=wiring.id.clone()
            form=move || form.get()
            name=name
            type=kind.as_str()
            class=if code { "input code" } else { "input" }
            value=first
            required=!optional
            maxlength=max_length
            autocomplete=autocomplete
            autocapitalize=code.then_some("characters")
            autofocus=autofocus
            spellcheck=code.then_some("false")
            aria-describedby=wiring.described_by()
            aria-invalid=wiring.invalid()
        />
    };
    frame(Labelling { label, hint, optional, hide_label, width }, &wiring, control.into_any())
}

/// A whole number as text with an on-screen keyboard of digits. A number control would change its value by the mouse wheel and hide
/// invalid input. The server parses it, and names the range when it refuses it.
#[component]
pub fn NumberInput(
    /// Name of the field in the form, and key of its error.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// Hint about the expected input.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Initial value; later changes are written into the control.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Unit, shown after the control: "minutes".
    #[prop(optional, into)]
    unit: Option<String>,
    /// True if the field may be left empty.
    #[prop(optional)]
    optional: bool,
    /// Error text; by default that of `name` in the `FormScope`.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// ID of the control; needed if two forms of a page have equal field names.
    #[prop(optional, into)]
    id: Option<String>,
    /// True hides the label from the eye; screen readers speak it.
    #[prop(optional)]
    hide_label: bool,
    /// ID of the field's form if the field stands outside of it.
    #[prop(optional, into)]
    form: MaybeProp<String>,
) -> impl IntoView {
    let wiring = Wiring::new(&name, id, hint.is_some(), error);
    let first = restored_or(&name, value.get_untracked());
    let node = NodeRef::new();
    follow(node, value);
    let control = view! {
        <span class="input-row">
            <input
                node_ref=node
                id=wiring.id.clone()
                form=move || form.get()
                name=name
                type="text"
                inputmode="numeric"
                autocomplete="off"
                class="input num"
                value=first
                required=!optional
                aria-describedby=wiring.described_by()
                aria-invalid=wiring.invalid()
            />
            {unit.map(|unit| view! { <span class="input-unit">{unit}</span> })}
        </span>
    };
    let labelling = Labelling { label, hint, optional, hide_label, width: FieldWidth::Short };
    frame(labelling, &wiring, control.into_any())
}

/// An amount of money as text; the server parses it exactly, so no browser rounds it.
#[component]
pub fn MoneyInput(
    /// Name of the field in the form, and key of its error.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// Currency (ISO 4217), shown before the control.
    #[prop(into)]
    currency: Signal<String>,
    /// Hint about the expected input.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Initial value in major units: "1240.00"; later changes are written into the control.
    #[prop(optional, into)]
    value: Signal<String>,
    /// True if the field may be left empty.
    #[prop(optional)]
    optional: bool,
    /// Error text; by default that of `name` in the `FormScope`.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// ID of the control; needed if two forms of a page have equal field names.
    #[prop(optional, into)]
    id: Option<String>,
    /// True hides the label from the eye; screen readers speak it.
    #[prop(optional)]
    hide_label: bool,
) -> impl IntoView {
    let wiring = Wiring::new(&name, id, hint.is_some(), error);
    let first = restored_or(&name, value.get_untracked());
    let node = NodeRef::new();
    follow(node, value);
    let control = view! {
        <span class="input-row">
            <span class="input-unit">{currency}</span>
            <input
                node_ref=node
                id=wiring.id.clone()
                name=name
                type="text"
                inputmode="decimal"
                autocomplete="off"
                class="input num"
                value=first
                required=!optional
                aria-describedby=wiring.described_by()
                aria-invalid=wiring.invalid()
            />
        </span>
    };
    let labelling = Labelling { label, hint, optional, hide_label, width: FieldWidth::Medium };
    frame(labelling, &wiring, control.into_any())
}

/// A day, with the browser's calendar.
#[component]
pub fn DateInput(
    /// Name of the field in the form, and key of its error.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// Hint about the expected input.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Initial value as `2026-11-22`.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Earliest day as `2026-11-22`.
    #[prop(optional, into)]
    min: Option<String>,
    /// Latest day as `2026-11-22`.
    #[prop(optional, into)]
    max: Option<String>,
    /// True if the field may be left empty.
    #[prop(optional)]
    optional: bool,
    /// Error text; by default that of `name` in the `FormScope`.
    #[prop(optional, into)]
    error: MaybeProp<String>,
) -> impl IntoView {
    let wiring = Wiring::new(&name, None, hint.is_some(), error);
    let first = restored_or(&name, value.get_untracked());
    let node = NodeRef::new();
    follow(node, value);
    let control = view! {
        <input
            node_ref=node
            id=wiring.id.clone()
            name=name
            type="date"
            class="input"
            value=first
            min=min
            max=max
            required=!optional
            aria-describedby=wiring.described_by()
            aria-invalid=wiring.invalid()
        />
    };
    let labelling = Labelling { label, hint, optional, hide_label: false, width: FieldWidth::Medium };
    frame(labelling, &wiring, control.into_any())
}

/// A file. Its form needs `enctype="multipart/form-data"`.
#[component]
pub fn FileInput(
    /// Name of the field in the form, and key of its error.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// Accepted types, as HTML writes them: "application/pdf,image/*".
    #[prop(into)]
    accept: String,
    /// Hint with the accepted types and the maximum size.
    #[prop(optional, into)]
    hint: Option<String>,
    /// True if the field may be left empty.
    #[prop(optional)]
    optional: bool,
    /// Error text; by default that of `name` in the `FormScope`.
    #[prop(optional, into)]
    error: MaybeProp<String>,
) -> impl IntoView {
    let wiring = Wiring::new(&name, None, hint.is_some(), error);
    let control = view! {
        <input
            id=wiring.id.clone()
            name=name
            type="file"
            class="input input-file"
            accept=accept
            required=!optional
            aria-describedby=wiring.described_by()
            aria-invalid=wiring.invalid()
        />
    };
    let labelling = Labelling { label, hint, optional, hide_label: false, width: FieldWidth::Full };
    frame(labelling, &wiring, control.into_any())
}

//! One-line inputs. They start with what was typed before a plain form was refused, or else with their value. What is typed before
//! hydration stays: the value is written only when its signal changes later.

use leptos::prelude::*;

use super::field::{FieldWidth, Labelling, Wiring, frame};
use crate::form_restore::restored_or;

/// What is typed: sets the keyboard, the browser's own checks and what password managers offer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputKind {
    /// Free text.
    #[default]
    Text,
    /// An e-mail address.
    Email,
    /// A code: no corrections, no capitals, slashed zero.
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

/// Writes `value` into the control when it changes after the page is alive.
fn follow(node: NodeRef<leptos::html::Input>, value: Signal<String>) {
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

/// One line of text. `on:input` on the component hears the typing.
#[component]
pub fn TextInput(
    /// The form's key, and the key of its error.
    #[prop(into)]
    name: String,
    /// The label, always shown unless `hide_label`.
    #[prop(into)]
    label: String,
    /// How to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The first value; later changes are written into the control.
    #[prop(optional, into)]
    value: Signal<String>,
    /// What is typed.
    #[prop(optional)]
    kind: InputKind,
    /// May be left empty: says so in the label. Everything else is required.
    #[prop(optional)]
    optional: bool,
    /// The autofill token of HTML: `organization`, `email`, `username`, `one-time-code`.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// Longest text, in UTF-16 units as HTML counts.
    #[prop(optional)]
    max_length: Option<u32>,
    /// Why it was refused; found by name in the `FormScope` if not given.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Where two forms of a page have the same names.
    #[prop(optional, into)]
    id: Option<String>,
    /// How wide.
    #[prop(optional)]
    width: FieldWidth,
    /// Speaks the label without drawing it: only where a table's heading says it.
    #[prop(optional)]
    hide_label: bool,
    /// Takes focus when the page opens: only where the page is this one field.
    #[prop(optional)]
    autofocus: bool,
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

/// A whole number as text with a keyboard of digits: a number control changes its value under the mouse wheel, and hides what it cannot
/// read. The server reads it and says the range when it refuses.
#[component]
pub fn NumberInput(
    /// The form's key, and the key of its error.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// How to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The first value; later changes are written into the control.
    #[prop(optional, into)]
    value: Signal<String>,
    /// What the number counts: "minutes". Shown after the control.
    #[prop(optional, into)]
    unit: Option<String>,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
    /// Why it was refused; found by name in the `FormScope` if not given.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Where two forms of a page have the same names.
    #[prop(optional, into)]
    id: Option<String>,
    /// Speaks the label without drawing it.
    #[prop(optional)]
    hide_label: bool,
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

/// An amount of money as text: the server parses it exactly, so no browser rounds it.
#[component]
pub fn MoneyInput(
    /// The form's key, and the key of its error.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// ISO 4217 code, shown before the control.
    #[prop(into)]
    currency: Signal<String>,
    /// How to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The first value in major units: "1240.00"; later changes are written into the control.
    #[prop(optional, into)]
    value: Signal<String>,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
    /// Why it was refused; found by name in the `FormScope` if not given.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Where two forms of a page have the same names.
    #[prop(optional, into)]
    id: Option<String>,
    /// Speaks the label without drawing it.
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

/// A day, with the browser's own calendar.
#[component]
pub fn DateInput(
    /// The form's key, and the key of its error.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// How to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The first value as `2026-11-22`.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Earliest day as `2026-11-22`.
    #[prop(optional, into)]
    min: Option<String>,
    /// Latest day as `2026-11-22`.
    #[prop(optional, into)]
    max: Option<String>,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
    /// Why it was refused; found by name in the `FormScope` if not given.
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

/// A file to send. Its form needs `enctype="multipart/form-data"`.
#[component]
pub fn FileInput(
    /// The form's key, and the key of its error.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// Accepted types, as HTML writes them: "application/pdf,image/*".
    #[prop(into)]
    accept: String,
    /// What is accepted, in words, and the largest size.
    #[prop(optional, into)]
    hint: Option<String>,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
    /// Why it was refused; found by name in the `FormScope` if not given.
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

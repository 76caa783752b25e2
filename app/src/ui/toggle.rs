//! Checkboxes and radio buttons.

use leptos::prelude::*;

use super::Choice;
use super::field::{Wiring, group_error};
use crate::form_restore::restored_or;

/// A checkbox. It sends nothing when unchecked.
#[component]
pub fn Checkbox(
    /// Name of the field in the form, and key of its error.
    #[prop(into)]
    name: String,
    /// Label: what is agreed to or switched on.
    #[prop(into)]
    label: String,
    /// Value that the form sends when checked.
    #[prop(default = "true".to_owned(), into)]
    value: String,
    /// True checks it initially.
    #[prop(optional)]
    checked: bool,
    /// True requires it to be checked.
    #[prop(optional)]
    required: bool,
    /// Second line.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Error text; by default that of `name` in the `FormScope`.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// ID of the control; needed if two forms of a page have equal field names.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let wiring = Wiring::new(&name, id, hint.is_some(), error);
    let hint_id = [wiring.id.as_str(), "-hint"].concat();
    view! {
        <div class="field">
            {group_error(&wiring)}
            <label class="toggle">
                <input
                    type="checkbox"
                    id=wiring.id.clone()
                    name=name
                    value=value
                    checked=checked
                    required=required
                    aria-describedby=wiring.described_by()
                    aria-invalid=wiring.invalid()
                />
                <span class="toggle-text">{label}</span>
            </label>
            {hint.map(|hint| view! { <p class="field-hint toggle-hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

/// Draws a radio button; the first one has the ID that error summaries link to.
fn entry(name: &str, id: Option<String>, choice: Choice, checked: bool) -> impl IntoView + use<> {
    let Choice { value, label, hint } = choice;
    view! {
        <label class="toggle">
            <input type="radio" id=id name=name.to_owned() value=value checked=checked/>
            <span class="toggle-text">
                {label}
                {hint.map(|hint| view! { <span class="toggle-hint">{hint}</span> })}
            </span>
        </label>
    }
}

/// A choice of a few values, all visible.
#[component]
pub fn RadioGroup(
    /// Name of the field in the form, and key of its error.
    #[prop(into)]
    name: String,
    /// Question.
    #[prop(into)]
    legend: String,
    /// Options.
    choices: Vec<Choice>,
    /// Initial value.
    #[prop(optional, into)]
    value: String,
    /// Hint about the choice.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Error text; by default that of `name` in the `FormScope`.
    #[prop(optional, into)]
    error: MaybeProp<String>,
) -> impl IntoView {
    let first = restored_or(&name, value);
    let wiring = Wiring::new(&name, None, hint.is_some(), error);
    let hint_id = [wiring.id.as_str(), "-hint"].concat();
    let entries: Vec<_> = choices
        .into_iter()
        .enumerate()
        .map(|(place, choice)| {
            let checked = choice.value == first;
            entry(&name, (place == 0).then(|| wiring.id.clone()), choice, checked)
        })
        .collect();
    view! {
        <fieldset class="field" aria-describedby=wiring.described_by() aria-invalid=wiring.invalid()>
            <legend class="field-label">{legend}</legend>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            {group_error(&wiring)}
            <div class="toggles">{entries}</div>
        </fieldset>
    }
}

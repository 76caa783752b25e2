//! Checkboxes and radio buttons.

use leptos::prelude::*;

use super::Choice;
use super::field::{Wiring, group_error};
use crate::form_restore::restored_or;

/// One yes or no. Unchecked sends nothing.
#[component]
pub fn Checkbox(
    /// The form's key, and the key of its error.
    #[prop(into)]
    name: String,
    /// What is agreed to or switched on.
    #[prop(into)]
    label: String,
    /// What the form sends when checked.
    #[prop(default = "true".to_owned(), into)]
    value: String,
    /// Checked at first.
    #[prop(optional)]
    checked: bool,
    /// Must be checked to go on.
    #[prop(optional)]
    required: bool,
    /// A second line.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Why it was refused; found by name in the `FormScope` if not given.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Where two forms of a page have the same names.
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

/// Draws one entry; the first carries the id that error summaries link to.
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

/// One of a few, all in sight.
#[component]
pub fn RadioGroup(
    /// The form's key, and the key of its error.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    legend: String,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// The chosen value at first.
    #[prop(optional, into)]
    value: String,
    /// How to choose.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Why it was refused; found by name in the `FormScope` if not given.
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

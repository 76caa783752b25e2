//! The suggestions and the chosen values of a combobox.

use leptos::prelude::*;

use super::{Picker, option_id};
use crate::ui::{Choice, Glyph, Icon, IconSize, KeyedRow, VisuallyHidden, keyed_rows};

/// The chosen values: hidden inputs for the form, and chips with a button each.
pub(super) fn chosen(picker: Picker) -> impl IntoView {
    let (name, selected) = (picker.name, picker.selected);
    let chip = move |choice: Choice| {
        let value = choice.value.clone();
        let spoken = format!("Remove {}", choice.label);
        view! {
            <li class="chip">
                <input type="hidden" name=name.clone() value=choice.value/>
                {choice.hint.map(|code| view! { <span class="code">{code}</span> })}
                <span class="chip-label">{choice.label}</span>
                <button
                    type="button"
                    class="chip-remove"
                    on:click=move |_| selected.update(|all| all.retain(|one| one.value != value))
                >
                    <Glyph icon=Icon::X size=IconSize::Small/>
                    <VisuallyHidden>{spoken}</VisuallyHidden>
                </button>
            </li>
        }
    };
    view! {
        <ul class="chips" aria-label="Selected" hidden=move || selected.with(Vec::is_empty)>
            {keyed_rows(move || {
                let chip = chip.clone();
                let row = move |choice: Choice| {
                    let chip = chip.clone();
                    KeyedRow::new(choice.value.clone(), move || chip(choice))
                };
                selected.get().into_iter().map(row).collect()
            })}
        </ul>
    }
}

/// The list of suggestions under the input; `loading` while they are being loaded, `failure` if that failed.
pub(super) fn suggestions(
    picker: Picker,
    loading: Signal<bool>,
    failure: MaybeProp<String>,
) -> impl IntoView {
    let (open, options, query) = (picker.open, picker.options, picker.query);
    let count = move || options.with(Vec::len);
    let news = move || {
        if !open.get() {
            String::new()
        } else if loading.get() {
            "Searching".to_owned()
        } else {
            match count() {
                0 => failure.get().unwrap_or_else(|| "No matches".to_owned()),
                1 => "1 match".to_owned(),
                many => format!("{many} matches"),
            }
        }
    };
    let list_id = picker.list_id.clone();
    let entries = move || {
        let list = options.get().into_iter().enumerate();
        list.map(|(place, choice)| suggestion(picker.clone(), place, choice)).collect::<Vec<_>>()
    };
    view! {
        <ul id=list_id class="listbox notranslate" translate="no" role="listbox" aria-label="Suggestions" hidden=move || { !open.get() || count() == 0 }>
            {entries}
        </ul>
        <p class="listbox listbox-note notranslate" translate="no" hidden=move || { !open.get() || count() > 0 || query.with(String::is_empty) }>
            {news}
        </p>
        <span class="visually-hidden" role="status">{news}</span>
    }
}

fn suggestion(picker: Picker, place: usize, choice: Choice) -> impl IntoView {
    let (active, selected, value) = (picker.active, picker.selected, choice.value.clone());
    let chosen = move || selected.with(|all| all.iter().any(|one| one.value == value));
    let taken = choice.clone();
    let id = option_id(&picker.list_id, place);
    view! {
        <li
            id=id
            class="option"
            role="option"
            aria-selected=move || if chosen() { "true" } else { "false" }
            data-active=move || (active.get() == Some(place)).then_some("true")
            // keeps the focus in the input, which would otherwise lose it before the click
            on:pointerdown=|event| event.prevent_default()
            on:click=move |_| picker.choose(&taken)
        >
            {choice.hint.map(|code| view! { <span class="code option-code">{code}</span> })}
            <span>{choice.label}</span>
            <Glyph icon=Icon::Check size=IconSize::Small/>
        </li>
    }
}

/// The suggestions before hydration: plain choices of the form.
pub(super) fn still_choices(picker: &Picker) -> impl IntoView + use<> {
    let (name, multiple, selected) = (picker.name.clone(), picker.multiple, picker.selected);
    let fresh = picker
        .options
        .get()
        .into_iter()
        .filter(|choice| selected.with_untracked(|all| all.iter().all(|one| one.value != choice.value)));
    let entries: Vec<_> = fresh
        .map(|choice| {
            view! {
                <label class="toggle">
                    <input type=if multiple { "checkbox" } else { "radio" } name=name.clone() value=choice.value/>
                    {choice.hint.map(|code| view! { <span class="code">{code}</span> })}
                    <span class="toggle-text">{choice.label}</span>
                </label>
            }
        })
        .collect();
    (!entries.is_empty()).then(|| view! { <div class="toggles combobox-still" role="group" aria-label="Suggestions">{entries}</div> })
}

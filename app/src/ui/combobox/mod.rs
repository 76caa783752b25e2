//! A picker with search for one or many values: the ARIA combobox pattern with a list box.
//!
//! Without JavaScript it is a text input with a search button: the form comes back with the suggestions as checkboxes (or radio
//! buttons), and the chosen values stay in hidden inputs.

mod keys;
mod list;

use leptos::prelude::*;

use self::keys::{Move, step};
use self::list::{chosen, still_choices, suggestions};
use super::Choice;
use super::field::{Wiring, group_error};
use super::{Glyph, Icon, use_hydrated};

/// Shared state of the parts of a combobox.
#[derive(Clone)]
struct Picker {
    name: String,
    list_id: String,
    multiple: bool,
    query: RwSignal<String>,
    selected: RwSignal<Vec<Choice>>,
    options: Signal<Vec<Choice>>,
    open: RwSignal<bool>,
    active: RwSignal<Option<usize>>,
}

impl Picker {
    /// Chooses a suggestion, or removes it if it is chosen already.
    fn choose(&self, choice: &Choice) {
        let multiple = self.multiple;
        self.selected.update(|selected| {
            if let Some(place) = selected.iter().position(|one| one.value == choice.value) {
                selected.remove(place);
            } else {
                if !multiple {
                    selected.clear();
                }
                selected.push(choice.clone());
            }
        });
        self.query.set(String::new());
        self.close();
    }

    fn close(&self) {
        self.open.set(false);
        self.active.set(None);
    }

    fn active_id(&self) -> Option<String> {
        self.active.get().map(|place| option_id(&self.list_id, place))
    }
}

/// Returns the ID of a suggestion.
fn option_id(list_id: &str, place: usize) -> String {
    [list_id, "-", &place.to_string()].concat()
}

/// The picker. The caller loads `options` for `query` (by a resource); the form sends `name` once per choice and `{name}_query` with
/// the text (for a list `codes[]`: `codes_query`).
#[component]
pub fn Combobox(
    /// Name of the field in the form, and key of its error.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// Typed text, for which the caller loads suggestions. Its initial value should come from `{name}_query` in the address.
    query: RwSignal<String>,
    /// Suggestions for `query`.
    #[prop(into)]
    options: Signal<Vec<Choice>>,
    /// Chosen values.
    selected: RwSignal<Vec<Choice>>,
    /// True allows many values, shown as chips.
    #[prop(optional)]
    multiple: bool,
    /// True while suggestions are being loaded.
    #[prop(optional, into)]
    loading: Signal<bool>,
    /// Message when the search failed.
    #[prop(optional, into)]
    failure: MaybeProp<String>,
    /// Hint about searching.
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
    let hydrated = use_hydrated();
    let picker = Picker {
        list_id: [wiring.id.as_str(), "-list"].concat(),
        name,
        multiple,
        query,
        selected,
        options,
        open: RwSignal::new(false),
        active: RwSignal::new(None),
    };
    let hint_id = [wiring.id.as_str(), "-hint"].concat();
    let (alive, still, taken) = (picker.clone(), picker.clone(), picker.clone());
    view! {
        <div class="field combobox">
            <label class="field-label" for=wiring.id.clone()>
                {label}
                {optional.then(|| view! { <span class="field-optional">" (optional)"</span> })}
            </label>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            {group_error(&wiring)}
            {chosen(taken)}
            {entry(picker, &wiring, hydrated)}
            {move || {
                if hydrated.get() {
                    suggestions(alive.clone(), loading, failure).into_any()
                } else {
                    still_choices(&still).into_any()
                }
            }}
        </div>
    }
}

/// The text input and, before hydration, its search button.
fn entry(picker: Picker, wiring: &Wiring, hydrated: ReadSignal<bool>) -> impl IntoView + use<> {
    let (typing, keys, leaving, active) = (picker.clone(), picker.clone(), picker.clone(), picker.clone());
    let open = picker.open;
    let node = NodeRef::<leptos::html::Input>::new();
    keep_in_step(node, picker.query);
    view! {
        <div class="combobox-entry">
            <Glyph icon=Icon::Search/>
            <input
                node_ref=node
                id=wiring.id.clone()
                name=[picker.name.trim_end_matches("[]"), "_query"].concat()
                type="text"
                class="input"
                role=move || hydrated.get().then_some("combobox")
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                value=picker.query.get_untracked()
                aria-autocomplete=move || hydrated.get().then_some("list")
                aria-expanded=move || hydrated.get().then(|| if open.get() { "true" } else { "false" })
                aria-controls=move || hydrated.get().then(|| picker.list_id.clone())
                aria-activedescendant=move || active.active_id()
                aria-describedby=wiring.described_by()
                aria-invalid=wiring.invalid()
                on:input=move |event| {
                    typing.query.set(event_target_value(&event));
                    typing.active.set(None);
                    typing.open.set(true);
                }
                on:keydown=move |event| on_key(&keys, &event)
                on:blur=move |_| leaving.close()
            />
            <button type="submit" class="btn btn-secondary" formnovalidate=true hidden=move || hydrated.get()>"Search"</button>
        </div>
    }
}

/// Copies text typed before hydration into `query`, then writes changes of `query` into the input.
fn keep_in_step(node: NodeRef<leptos::html::Input>, query: RwSignal<String>) {
    Effect::new(move |_| {
        if let Some(input) = node.get()
            && query.with_untracked(|query| *query != input.value())
        {
            query.set(input.value());
        }
    });
    Effect::watch(
        move || query.get(),
        move |query, _, _| {
            if let Some(input) = node.get_untracked()
                && input.value() != *query
            {
                input.set_value(query);
            }
        },
        false,
    );
}

/// Handles the keys of the pattern: arrows, Home and End move, Enter chooses, Escape closes and then clears, Backspace in an empty
/// input removes the last chip.
fn on_key(picker: &Picker, event: &leptos::ev::KeyboardEvent) {
    let count = picker.options.with_untracked(Vec::len);
    let active = picker.active.get_untracked();
    let key = event.key();
    if let Some(way) = Move::from_key(&key, picker.open.get_untracked()) {
        event.prevent_default();
        picker.open.set(true);
        picker.active.set(step(active, count, way));
    } else if key == "Enter" && picker.open.get_untracked() {
        event.prevent_default();
        let choice = active.and_then(|place| picker.options.with_untracked(|all| all.get(place).cloned()));
        if let Some(choice) = choice {
            picker.choose(&choice);
        }
    } else if key == "Escape" {
        if picker.open.get_untracked() {
            event.prevent_default();
            picker.close();
        } else {
            picker.query.set(String::new());
        }
    } else if key == "Backspace" && picker.query.with_untracked(String::is_empty) {
        picker.selected.update(|selected| {
            selected.pop();
        });
    }
}

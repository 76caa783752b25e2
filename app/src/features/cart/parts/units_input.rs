//! The field for a number of units.

use contracts::cart::read_quantity;
use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys::HtmlInputElement};

use crate::ui::{NumberInput, field_id};

/// A number of units. While somebody types it says at once why the text is no number of units, such as `1,000`.
#[component]
pub fn UnitsInput(
    /// Name of the field in the form, and key of its error.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// Initial value.
    value: u32,
    /// Follows the text in the field.
    #[prop(optional)]
    typed: Option<RwSignal<String>>,
    /// ID of the field's form if the field stands outside of it.
    #[prop(optional, into)]
    form: MaybeProp<String>,
    /// True hides the label from the eye; screen readers speak it.
    #[prop(optional)]
    hide_label: bool,
) -> impl IntoView {
    let first = value.to_string();
    let typed = typed.unwrap_or_else(|| RwSignal::new(first.clone()));
    let id = field_id(&name);
    // text typed before hydration, or brought back with a refused form
    Effect::new(move |_| {
        let field = document().get_element_by_id(&id);
        if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
            // the page may have been left
            let _gone = typed.try_set(field.value());
        }
    });
    let error = Signal::derive(move || typed.try_with(|typed| reason_against(typed)).flatten());
    // a listener of a component may outlive its signals
    let read = move |event| drop(typed.try_set(event_target_value(&event)));
    view! {
        <NumberInput name label value=first error form hide_label on:input=read/>
    }
}

/// Returns why a text is no number of units; `None` for one that is, and for an empty text, which somebody is about to replace.
fn reason_against(typed: &str) -> Option<String> {
    if typed.trim().is_empty() {
        return None;
    }
    read_quantity(typed).err()?.get("quantity").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_of_thousands_is_refused_at_once_with_its_reason() {
        for text in ["1,000", "1 000", "1.000", "0", "10001", "x"] {
            let reason = reason_against(text).unwrap();
            assert_eq!(reason, "Units must be a whole number from 1 to 10000, in digits only.", "{text}");
        }
        for text in ["", " ", "1", " 10000 "] {
            assert_eq!(reason_against(text), None, "{text}");
        }
    }
}

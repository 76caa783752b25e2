//! Forms of method GET: searches, filters and settings of lists. The browser half follows them as it follows links, so that the page
//! is not loaded anew and the focus stays in the field. Before hydration the browser sends them itself.

use contracts::query_text::{push_pair, query_pairs};
use leptos::{
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{HtmlFormElement, SubmitEvent},
};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use crate::{answers::hand_on_focus, form_action::fields_of};

/// Follows all forms of method GET that lead to a page of this site; stands once inside the router.
#[component]
pub fn GetForms() -> impl IntoView {
    let navigate = use_navigate();
    let here = use_location().pathname;
    Effect::new(move |_| {
        let navigate = navigate.clone();
        // comes last, so that a form with a handler of its own is left to it
        let _stays = window_event_listener(leptos::ev::submit, move |event| {
            let Some(address) = address_of(&event) else { return };
            event.prevent_default();
            let is_here = address.split('?').next() == Some(here.get_untracked().as_str());
            if is_here && let Some(focused) = document().active_element() {
                hand_on_focus(Some(focused.id()));
            }
            navigate(&address, NavigateOptions::default());
        });
    });
}

/// Returns the address that a form leads to; `None` for one that is left to the browser or has been handled.
fn address_of(event: &SubmitEvent) -> Option<String> {
    let form = event.target()?.dyn_into::<HtmlFormElement>().ok()?;
    let path = form.get_attribute("action")?;
    // downloads are no pages
    let is_page = path.starts_with('/') && !path.starts_with("/api/") && !path.contains('?');
    if event.default_prevented() || form.method() != "get" || !is_page {
        return None;
    }
    Some(address(&path, &fields_of(event)?))
}

/// Returns the address of a page with the filled fields of a form.
fn address(path: &str, fields: &str) -> String {
    let mut query = String::new();
    for (name, value) in query_pairs(fields).iter().filter(|(_, value)| !value.is_empty()) {
        push_pair(&mut query, name, value);
    }
    if query.is_empty() { path.to_owned() } else { [path, "?", &query].concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_are_empty_are_not_in_the_address() {
        assert_eq!(address("/market", "q=hip+%26+knee&price_min="), "/market?q=hip+%26+knee");
        assert_eq!(address("/market", "q="), "/market");
    }
}

//! Input that leaving the page would lose; `public/page.js` knows the forms.

#[cfg(feature = "hydrate")]
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, JsValue},
};

/// True when a reload would lose typed text, according to `public/page.js`.
#[cfg(feature = "hydrate")]
pub(crate) fn has_unsaved_input() -> bool {
    let question = js_sys::Reflect::get(&window(), &JsValue::from_str("hasUnsavedInput"));
    let answer = question
        .and_then(|question| question.dyn_into::<js_sys::Function>())
        .and_then(|question| question.call0(&JsValue::UNDEFINED));
    answer.is_ok_and(|answer| answer.is_truthy())
}

/// Returns false on the server, where nobody types.
#[cfg(not(feature = "hydrate"))]
pub(crate) const fn has_unsaved_input() -> bool {
    false
}

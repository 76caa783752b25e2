//! Input that leaving the page would lose; `public/page.js` knows the forms.

#[cfg(feature = "hydrate")]
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, JsValue},
};

/// Calls a function that `public/page.js` gives to the window; `None` when it is missing or fails.
#[cfg(feature = "hydrate")]
fn call(name: &str) -> Option<JsValue> {
    let function = js_sys::Reflect::get(&window(), &JsValue::from_str(name)).ok()?;
    function.dyn_into::<js_sys::Function>().ok()?.call0(&JsValue::UNDEFINED).ok()
}

/// True when a reload would lose typed text.
#[cfg(feature = "hydrate")]
pub(crate) fn has_unsaved_input() -> bool {
    call("hasUnsavedInput").is_some_and(|answer| answer.is_truthy())
}

/// Returns false on the server, where nobody types.
#[cfg(not(feature = "hydrate"))]
pub(crate) const fn has_unsaved_input() -> bool {
    false
}

/// Keeps what was typed on this page in the tab, for when the same person comes back to it.
#[cfg(feature = "hydrate")]
pub(crate) fn keep_typed() {
    // nothing was typed in a page without the script
    let _kept = call("keepTyped");
}

/// Does nothing on the server, where nobody types.
#[cfg(not(feature = "hydrate"))]
pub(crate) const fn keep_typed() {}

/// Fills in what was kept when this page was left to sign in again, or to switch back to its organisation.
#[cfg(feature = "hydrate")]
pub fn restore_typed() {
    // nothing was kept by a page without the script
    let _restored = call("restoreTyped");
}

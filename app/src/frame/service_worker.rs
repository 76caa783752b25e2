//! The page's side of the service worker (`public/sw.js`).

use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
    web_sys::{EventTarget, ServiceWorkerContainer, ServiceWorkerRegistration},
};
use wasm_bindgen_futures::JsFuture;

/// Registers the service worker and sets `ready` when a newer version waits.
pub(super) fn watch(ready: RwSignal<bool>) {
    let Some(workers) = workers() else { return };
    spawn_local(async move {
        // refused where the browser keeps nothing; the site works without
        let Ok(registration) = JsFuture::from(workers.register("/sw.js")).await else { return };
        let registration: ServiceWorkerRegistration = registration.unchecked_into();
        follow(&registration, ready);
        let found = registration.clone();
        listen(&registration, "updatefound", move || follow(&found, ready));
    });
}

/// Activates the waiting version and reloads the page with it.
pub(super) fn activate_waiting() {
    let Some(workers) = workers() else { return };
    listen(&workers, "controllerchange", reload);
    spawn_local(async move {
        let found = JsFuture::from(workers.get_registration()).await;
        let waiting = found
            .and_then(|found| found.dyn_into::<ServiceWorkerRegistration>())
            .ok()
            .and_then(|registration| registration.waiting());
        let told = waiting.is_some_and(|worker| worker.post_message(&JsValue::from_str("update")).is_ok());
        // nobody waits when another window was faster
        if !told {
            reload();
        }
    });
}

/// Asks `public/page.js` whether loading the page anew would lose something that was typed.
pub(super) fn has_unsaved_input() -> bool {
    let question = js_sys::Reflect::get(&window(), &JsValue::from_str("hasUnsavedInput"));
    let answer = question
        .and_then(|question| question.dyn_into::<js_sys::Function>())
        .and_then(|question| question.call0(&JsValue::UNDEFINED));
    answer.is_ok_and(|answer| answer.is_truthy())
}

/// None where the page does not come over a safe connection.
fn workers() -> Option<ServiceWorkerContainer> {
    let workers = window().navigator().service_worker();
    (!workers.is_undefined()).then_some(workers)
}

/// Looks at the version that waits, and at the one that is on its way.
fn follow(registration: &ServiceWorkerRegistration, ready: RwSignal<bool>) {
    check_waiting(registration, ready);
    if let Some(coming) = registration.installing() {
        let registration = registration.clone();
        listen(&coming, "statechange", move || check_waiting(&registration, ready));
    }
}

/// Sets `ready` when a version waits; the very first version replaces none.
fn check_waiting(registration: &ServiceWorkerRegistration, ready: RwSignal<bool>) {
    if registration.waiting().is_some() && registration.active().is_some() {
        ready.set(true);
    }
}

fn listen(target: &EventTarget, event: &str, act: impl Fn() + 'static) {
    let act = Closure::<dyn Fn()>::new(act).into_js_value();
    // fails only for a listener that is no function
    let _added = target.add_event_listener_with_callback(event, act.unchecked_ref());
}

fn reload() {
    // refused only where the document has been left
    let _reloading = location().reload();
}

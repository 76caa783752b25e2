//! The page's side of the service worker (`public/sw.js`).

use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
    web_sys::{EventTarget, ServiceWorkerContainer, ServiceWorkerRegistration},
};
use wasm_bindgen_futures::JsFuture;

/// Registers the service worker; sets `ready` when a newer version is waiting.
pub(super) fn watch(ready: RwSignal<bool>) {
    let Some(workers) = workers() else { return };
    spawn_local(async move {
        // fails where the browser stores nothing; the site works without it
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
        // no version is waiting if another window has activated it
        if !told {
            reload();
        }
    });
}

/// Returns the browser's service workers; `None` without a secure connection.
fn workers() -> Option<ServiceWorkerContainer> {
    let workers = window().navigator().service_worker();
    (!workers.is_undefined()).then_some(workers)
}

/// Watches the waiting version and the one that is being installed.
fn follow(registration: &ServiceWorkerRegistration, ready: RwSignal<bool>) {
    check_waiting(registration, ready);
    if let Some(coming) = registration.installing() {
        let registration = registration.clone();
        listen(&coming, "statechange", move || check_waiting(&registration, ready));
    }
}

/// Sets `ready` when a version is waiting; the very first version does not replace another one.
fn check_waiting(registration: &ServiceWorkerRegistration, ready: RwSignal<bool>) {
    if registration.waiting().is_some() && registration.active().is_some() {
        ready.set(true);
    }
}

fn listen(target: &EventTarget, event: &str, act: impl Fn() + 'static) {
    let act = Closure::<dyn Fn()>::new(act).into_js_value();
    // fails only for a listener that is not a function
    let _added = target.add_event_listener_with_callback(event, act.unchecked_ref());
}

fn reload() {
    // fails only if the document has been left
    let _reloading = location().reload();
}

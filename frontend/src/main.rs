//! The browser half. One program starts in two ways: a page from the server is taken over where it stands, the offline shell is filled
//! from nothing. The server marks its pages with `<body data-ssr>`.

#[cfg(target_arch = "wasm32")]
fn main() {
    use leptos::prelude::{document, location};

    console_error_panic_hook::set_once();
    let served = document().body().is_some_and(|body| body.has_attribute("data-ssr"));
    if !served {
        leptos::mount::mount_to_body(app::OfflineApp);
        mark_alive();
        return;
    }
    wasm_bindgen_futures::spawn_local(async {
        let path = location().pathname().unwrap_or_default();
        // a page whose wing is missing stays as the server wrote it: its links and forms work without the browser half
        if app::fetch_wing_of(&path).await.is_ok() {
            leptos::mount::hydrate_body(app::App);
            mark_alive();
        }
    });
}

#[cfg(target_arch = "wasm32")]
fn mark_alive() {
    use leptos::prelude::{document, request_animation_frame};

    // after the first effects: from here on every control answers
    request_animation_frame(|| {
        app::frame::restore_typed();
        if let Some(body) = document().body() {
            // fails only for a name that is none
            let _marked = body.set_attribute("data-alive", "");
        }
    });
}

/// A native build of the workspace passes through here and needs nothing of it.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}

//! The browser half. One bundle starts in two ways: a page from the server is taken over where it stands, the offline shell is filled
//! from nothing. The server marks its pages with `<body data-ssr>`.

#[cfg(target_arch = "wasm32")]
fn main() {
    use leptos::prelude::{document, request_animation_frame};

    console_error_panic_hook::set_once();
    let served = document().body().is_some_and(|body| body.has_attribute("data-ssr"));
    if served {
        leptos::mount::hydrate_body(app::App);
    } else {
        leptos::mount::mount_to_body(app::OfflineApp);
    }
    // after the first effects: from here on every control answers
    request_animation_frame(|| {
        if let Some(body) = document().body() {
            // fails only for a name that is none
            let _marked = body.set_attribute("data-alive", "");
        }
    });
}

/// A native build of the workspace passes through here and needs nothing of it.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}

//! The formats of numbers, days and times of this page. The server chooses them and sends them to the browser with the page.

use contracts::formats::Formats;
use leptos::prelude::*;

/// Provides the formats of the request to [`with_formats`]. Call once, at the root.
pub fn provide_formats() {
    settle(SharedValue::new(formats_of_request).into_inner());
}

#[cfg(feature = "ssr")]
fn settle(formats: Formats) {
    provide_context(std::sync::Arc::new(formats));
}

#[cfg(feature = "ssr")]
fn formats_of_request() -> Formats {
    use_context::<http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<Formats>().cloned())
        .unwrap_or_default()
}

/// Runs `write` with the formats of the page; outside of a page with English formats and UTC.
#[cfg(feature = "ssr")]
pub(super) fn with_formats<T>(write: impl FnOnce(&Formats) -> T) -> T {
    match use_context::<std::sync::Arc<Formats>>() {
        Some(formats) => write(&formats),
        None => write(&Formats::default()),
    }
}

#[cfg(not(feature = "ssr"))]
std::thread_local! {
    /// Formats of the browser's page. Not a context, because they are also needed without a reactive owner, as in a timer's callback.
    static FORMATS: std::cell::RefCell<Formats> = std::cell::RefCell::default();
}

#[cfg(not(feature = "ssr"))]
fn settle(formats: Formats) {
    FORMATS.set(formats);
}

/// Returns the default formats; used only when the page contains none that can be read.
#[cfg(not(feature = "ssr"))]
fn formats_of_request() -> Formats {
    Formats::default()
}

/// Runs `write` with the formats of the page.
#[cfg(not(feature = "ssr"))]
pub(super) fn with_formats<T>(write: impl FnOnce(&Formats) -> T) -> T {
    FORMATS.with_borrow(write)
}

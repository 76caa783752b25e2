//! How this page writes numbers, days and times. Settled before the server renders, carried over to the browser with the page.

use contracts::formats::Formats;
use leptos::prelude::*;

/// Puts the formats of the request where [`with_formats`] finds them. Call once, at the root.
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

/// Runs `write` with the formats of the page; outside of a page with those of English and UTC.
#[cfg(feature = "ssr")]
pub(super) fn with_formats<T>(write: impl FnOnce(&Formats) -> T) -> T {
    match use_context::<std::sync::Arc<Formats>>() {
        Some(formats) => write(&formats),
        None => write(&Formats::default()),
    }
}

#[cfg(not(feature = "ssr"))]
std::thread_local! {
    /// A browser shows one page: its formats hold also where no reactive owner is at hand, as in the answer of a timer.
    static FORMATS: std::cell::RefCell<Formats> = std::cell::RefCell::default();
}

#[cfg(not(feature = "ssr"))]
fn settle(formats: Formats) {
    FORMATS.set(formats);
}

/// Runs only when a page brings nothing along that can be read.
#[cfg(not(feature = "ssr"))]
fn formats_of_request() -> Formats {
    Formats::default()
}

/// Runs `write` with the formats of the page.
#[cfg(not(feature = "ssr"))]
pub(super) fn with_formats<T>(write: impl FnOnce(&Formats) -> T) -> T {
    FORMATS.with_borrow(write)
}

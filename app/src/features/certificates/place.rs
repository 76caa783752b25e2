//! The place of the last redemption, remembered by the browser: most certificates are redeemed at the same desk. It is the device's, not the
//! person's, and names nobody.

#[cfg(not(feature = "ssr"))]
use leptos::prelude::document;

/// The attribute of `<body>` that tells it to the page.
#[cfg(not(feature = "ssr"))]
const ATTRIBUTE: &str = "data-place";

#[cfg(feature = "ssr")]
const COOKIE: &str = "__Host-place";

/// Keeps the place for a year.
#[cfg(feature = "ssr")]
pub(super) fn remember(place: &str) {
    let mut cookie = String::new();
    contracts::catalog::push_pair(&mut cookie, COOKIE, place);
    cookie.push_str("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000");
    crate::ssr::append_header(http::header::SET_COOKIE, &cookie);
}

/// The place that the browser remembers; empty for none.
#[cfg(feature = "ssr")]
pub(crate) fn remembered_place() -> String {
    let parts = leptos::prelude::use_context::<http::request::Parts>();
    let cookies = parts.as_ref().map(|parts| parts.headers.get_all(http::header::COOKIE).iter());
    cookies
        .into_iter()
        .flatten()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .flat_map(|pair| contracts::catalog::query_pairs(pair.trim()))
        .find_map(|(name, place)| (name == COOKIE).then_some(place))
        .unwrap_or_default()
}

/// The page tells it: the browser's own code cannot read the cookie.
#[cfg(not(feature = "ssr"))]
pub(crate) fn remembered_place() -> String {
    document().body().and_then(|body| body.get_attribute(ATTRIBUTE)).unwrap_or_default()
}

//! The location of the last redemption, stored in a cookie, because most certificates are redeemed at the same desk. It belongs to the
//! device, not to a person, and names nobody.

use contracts::{ids::CertificateId, query_text::push_pair};
#[cfg(not(feature = "ssr"))]
use leptos::prelude::document;

/// Attribute of `<body>` that passes the location to the browser.
#[cfg(not(feature = "ssr"))]
const ATTRIBUTE: &str = "data-place";

#[cfg(feature = "ssr")]
const COOKIE: &str = "__Host-place";

/// Returns the address of the redeem page with the location: the step that confirms this certificate, or the first step for `None`.
pub(super) fn redeem_address(certificate: Option<CertificateId>, place: &str) -> String {
    let mut address = "/redeem?".to_owned();
    if let Some(id) = certificate {
        push_pair(&mut address, "certificate", &id.to_string());
    }
    if !place.is_empty() {
        push_pair(&mut address, "place", place);
    }
    address.trim_end_matches('?').to_owned()
}

/// Stores the location in a cookie for a year.
#[cfg(feature = "ssr")]
pub(super) fn remember(place: &str) {
    let mut cookie = String::new();
    push_pair(&mut cookie, COOKIE, place);
    cookie.push_str("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000");
    crate::ssr::append_header(http::header::SET_COOKIE, &cookie);
}

/// Returns the location in the cookie; empty without one.
#[cfg(feature = "ssr")]
pub(crate) fn remembered_place() -> String {
    let parts = leptos::prelude::use_context::<http::request::Parts>();
    let cookies = parts.as_ref().map(|parts| parts.headers.get_all(http::header::COOKIE).iter());
    cookies
        .into_iter()
        .flatten()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .flat_map(|pair| contracts::query_text::query_pairs(pair.trim()))
        .find_map(|(name, place)| (name == COOKIE).then_some(place))
        .unwrap_or_default()
}

/// Returns the location from the page: scripts cannot read the cookie.
#[cfg(not(feature = "ssr"))]
pub(crate) fn remembered_place() -> String {
    document().body().and_then(|body| body.get_attribute(ATTRIBUTE)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_next_step_keeps_the_place() {
        assert_eq!(redeem_address(None, ""), "/redeem");
        assert_eq!(redeem_address(None, "Desk 2 & 3"), "/redeem?place=Desk+2+%26+3");
        let id = CertificateId(Uuid::nil());
        assert_eq!(redeem_address(Some(id), "Desk"), format!("/redeem?certificate={id}&place=Desk"));
    }
}

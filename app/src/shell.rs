//! The HTML documents: around every server-rendered page, and the offline shell. Their head is written by Trunk, so that both load
//! the same files.

use leptos::{nonce::use_nonce, prelude::*, tachys::html::InertElement};
use leptos_meta::MetaTags;

use crate::{
    App,
    features::certificates::place::remembered_place,
    frame::Theme,
    viewer::made_for,
    wing::{Wing, wing_of_request},
};

/// Placeholder that Trunk writes for the nonce of the response.
const NONCE_PLACEHOLDER: &str = "{{__TRUNK NONCE__}}";

/// Returns the whole document; `head` is the content of `<head>` of the built index page.
pub fn shell(head: &str) -> impl IntoView + use<> {
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    let head = Theme::current().paint(head.replace(NONCE_PLACEHOLDER, &nonce));
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>{InertElement::new(head)} <MetaTags/></head>
            <body data-ssr="" data-made-for=made_for() data-place=remembered_place() data-wing=wing_of_request().map(Wing::name)>
                <App/>
            </body>
        </html>
    }
}

/// Returns the empty document that the service worker keeps for times without a network; [`crate::OfflineApp`] fills it.
pub fn offline_shell(head: &str, nonce: &str) -> String {
    let head = head.replace(NONCE_PLACEHOLDER, nonce);
    ["<!DOCTYPE html><html lang=\"en\"><head>", &head, "</head><body></body></html>"].concat()
}

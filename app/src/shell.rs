//! The document around every server-rendered page, and the one without a page in it. Their head is the one Trunk wrote, so that
//! served pages and the offline shell load the same files.

use leptos::{nonce::use_nonce, prelude::*, tachys::html::InertElement};
use leptos_meta::MetaTags;

use crate::{
    App,
    features::certificates::place::remembered_place,
    frame::Theme,
    viewer::made_for,
    wing::{Wing, wing_of_request},
};

/// What Trunk writes where each response's nonce belongs.
const NONCE_PLACEHOLDER: &str = "{{__TRUNK NONCE__}}";

/// The whole document; `head` is what stands between `<head>` and `</head>` of the built index page.
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

/// The document around nothing, which the service worker keeps for times without a network: [`crate::OfflineApp`] fills it.
pub fn offline_shell(head: &str, nonce: &str) -> String {
    let head = head.replace(NONCE_PLACEHOLDER, nonce);
    ["<!DOCTYPE html><html lang=\"en\"><head>", &head, "</head><body></body></html>"].concat()
}

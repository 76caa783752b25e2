//! What identity keeps in the browser: the session's cookie, and for one page the link of a fresh invitation.

use contracts::identity::{InvitationLink, safe_next};
use http::{header, request::Parts};
use leptos::prelude::use_context;
use services::{OpCtx, identity::SignedIn};

use crate::ssr::{append_header, is_plain_form};

/// Name of the session cookie. The prefix makes browsers insist on Secure, Path=/ and no Domain.
pub const SESSION_COOKIE: &str = "__Host-session";

/// Holds the secret of an invitation's link between a plain form and the page after it.
const INVITATION_COOKIE: &str = "__Host-invitation";

/// The `Set-Cookie` of a session; an empty token takes it away.
pub fn session_cookie(token: &str) -> String {
    cookie(SESSION_COOKIE, token, if token.is_empty() { "; Max-Age=0" } else { "" })
}

fn cookie(name: &str, value: &str, age: &str) -> String {
    [name, "=", value, "; Path=/; Secure; HttpOnly; SameSite=Lax", age].concat()
}

/// Gives the browser its new session.
pub(super) fn begin(signed_in: &SignedIn) {
    append_header(header::SET_COOKIE, &session_cookie(&signed_in.token));
}

/// Where to go after signing in: back to where the person was, if that is a page of ours.
pub(super) fn after_sign_in(next: &str) -> &str {
    safe_next(next).unwrap_or(crate::frame::paths::DASHBOARD)
}

/// Keeps the link for the next page where a plain form asked for it: its answer is a redirect and shows nothing.
pub(super) fn hand_over(link: &InvitationLink) {
    if let (true, Some(token)) = (is_plain_form(), link.url.rsplit('/').next()) {
        append_header(header::SET_COOKIE, &cookie(INVITATION_COOKIE, token, "; Max-Age=60"));
    }
}

/// The kept link, once.
pub(super) fn handed_over(ctx: &OpCtx) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let token = parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(INVITATION_COOKIE)?.strip_prefix('='))?
        .to_owned();
    append_header(header::SET_COOKIE, &cookie(INVITATION_COOKIE, "", "; Max-Age=0"));
    Some([&ctx.platform().settings.public_url, "/invitations/", &token].concat())
}

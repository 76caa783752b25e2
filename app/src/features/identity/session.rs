//! Cookies of identity: the session, the known browser, and for one page the link of a new invitation.

use contracts::identity::{InvitationLink, safe_next};
use http::{header, request::Parts};
use leptos::prelude::use_context;
use services::{
    OpCtx,
    identity::{SignedIn, Start},
};

use crate::{
    frame::paths,
    ssr::{append_header, is_plain_form},
};

/// Name of the session cookie. The prefix makes browsers insist on Secure, Path=/ and no Domain.
pub const SESSION_COOKIE: &str = "__Host-session";

/// Name of the cookie that marks a browser in which somebody has signed in before. It grants no access.
pub const DEVICE_COOKIE: &str = "__Host-device";

/// Lifetime of the device cookie: 180 days, in seconds.
const DEVICE_AGE: &str = "; Max-Age=15552000";

/// Name of the cookie that carries the token of an invitation from a plain form to the next page.
const INVITATION_COOKIE: &str = "__Host-invitation";

/// Returns the `Set-Cookie` value of a session; an empty token deletes the cookie.
pub fn session_cookie(token: &str) -> String {
    cookie(SESSION_COOKIE, token, if token.is_empty() { "; Max-Age=0" } else { "" })
}

fn cookie(name: &str, value: &str, age: &str) -> String {
    [name, "=", value, "; Path=/; Secure; HttpOnly; SameSite=Lax", age].concat()
}

/// Sets the cookies of a new session.
pub(super) fn begin(signed_in: &SignedIn) {
    append_header(header::SET_COOKIE, &session_cookie(&signed_in.token));
    if let Some(device) = &signed_in.device {
        append_header(header::SET_COOKIE, &cookie(DEVICE_COOKIE, device, DEVICE_AGE));
    }
}

/// Returns the path to go to after signing in or switching organisation: `next` if it is a page of this site, else the start page.
pub fn after_sign_in<'a>(next: &'a str, signed_in: &SignedIn) -> &'a str {
    let start = match signed_in.start {
        Start::Dashboard => paths::DASHBOARD,
        Start::Redeem => paths::REDEEM,
    };
    safe_next(next).unwrap_or(start)
}

/// Stores the link for the next page if a plain form created the invitation, because its answer is a redirect without content.
pub(super) fn hand_over(link: &InvitationLink) {
    if let (true, Some(token)) = (is_plain_form(), link.url.rsplit('/').next()) {
        append_header(header::SET_COOKIE, &cookie(INVITATION_COOKIE, token, "; Max-Age=60"));
    }
}

/// Returns the stored link and deletes its cookie.
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

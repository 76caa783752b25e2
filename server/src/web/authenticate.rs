//! Turns the session cookie into the caller of the request, once, for pages and REST alike.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::CookieJar;
use contracts::identity::Viewer;
use services::{
    OpCtx, identity,
    platform::{Client, RequestId},
};
use uuid::Uuid;

use super::AppState;

/// Name of the session cookie. The prefix makes browsers insist on Secure, Path=/ and no Domain.
pub const SESSION_COOKIE: &str = "__Host-session";

/// The `Set-Cookie` of a session; an empty token takes it away.
pub fn session_cookie(token: &str) -> String {
    let age = if token.is_empty() { "; Max-Age=0" } else { "" };
    format!("{SESSION_COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax{age}")
}

/// Settles who calls. A cookie that stands for no live session makes an anonymous caller, never an error.
pub(super) async fn authenticate(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let request_id = request.extensions().get::<RequestId>().copied().unwrap_or(RequestId(Uuid::now_v7()));
    let client = request.extensions().get::<Client>().cloned().unwrap_or_default();
    let jar = CookieJar::from_headers(request.headers());
    let ctx = match jar.get(SESSION_COOKIE) {
        None => None,
        Some(cookie) => identity::authenticate(&state.platform, cookie.value(), request_id, client.clone())
            .await
            .inspect_err(|error| tracing::debug!(code = %error.code, "no session"))
            .ok(),
    };
    let signed_in = ctx.is_some();
    let ctx = ctx.unwrap_or_else(|| OpCtx::anonymous(state.platform.clone(), request_id, client));
    let viewer: Option<Viewer> =
        if signed_in { identity::viewer_get(&ctx).await.ok().flatten() } else { None };
    request.extensions_mut().insert(viewer);
    request.extensions_mut().insert(ctx);
    next.run(request).await
}

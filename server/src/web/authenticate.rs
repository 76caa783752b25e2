//! Turns the session cookie into the caller of the request, once, for pages and REST alike.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::CookieJar;
use contracts::identity::Viewer;
use http::{HeaderValue, header};
use services::{
    OpCtx, identity,
    platform::{Client, RequestId},
};
use uuid::Uuid;

use super::{AppState, SESSION_COOKIE, session_cookie};

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
    let (signed_in, had_cookie) = (ctx.is_some(), jar.get(SESSION_COOKIE).is_some());
    let ctx = ctx.unwrap_or_else(|| OpCtx::anonymous(state.platform.clone(), request_id, client));
    // only a page shows who is signed in
    let path = request.uri().path();
    let is_shown = signed_in && !path.starts_with("/api/") && !path.starts_with("/rpc/");
    let viewer: Option<Viewer> =
        if is_shown { identity::viewer_get(&ctx).await.ok().flatten() } else { None };
    request.extensions_mut().insert(viewer);
    request.extensions_mut().insert(ctx);
    let mut response = next.run(request).await;
    // a cookie that stands for nothing any more need not come again, unless the answer brings a new one
    let renewed = response
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .any(|value| value.to_str().is_ok_and(|text| text.starts_with(SESSION_COOKIE)));
    if let (false, true, false, Ok(value)) =
        (signed_in, had_cookie, renewed, HeaderValue::from_str(&session_cookie("")))
    {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

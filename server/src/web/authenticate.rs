//! Turns the session cookie into the caller of the request, once, for pages and REST alike.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use contracts::{
    error::{ErrorCode, ErrorKind},
    formats::Formats,
    identity::Viewer,
};
use http::StatusCode;
use services::{
    OpCtx, Result, identity,
    platform::{Caller, Client, RequestId, events::Alert},
};
use uuid::Uuid;

use super::{
    AppState, SESSION_COOKIE,
    context::{logged_path, report},
    csrf::is_signed_door,
    formats::formats_of,
    pages::names_a_file,
};
use crate::rest::{Problem, Refused};

/// Settles who calls. A cookie that stands for no live session makes an anonymous caller, never an error.
pub(super) async fn authenticate(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let request_id = request.extensions().get::<RequestId>().copied().unwrap_or(RequestId(Uuid::now_v7()));
    let client = request.extensions().get::<Client>().cloned().unwrap_or_default();
    // a file is the same for everybody, and a signed event has no other sender: nobody is looked up for either
    let token = CookieJar::from_headers(request.headers())
        .get(SESSION_COOKIE)
        .filter(|_| !names_a_file(request.uri().path()) && !is_signed_door(request.uri().path()))
        .map(|cookie| cookie.value().to_owned());
    let visitor = OpCtx::anonymous(state.platform.clone(), request_id, client);
    let (numbers, dates) = formats_of(request.headers());
    // only a page shows who is signed in
    let path = request.uri().path();
    let is_shown = !path.starts_with("/api/") && !path.starts_with("/rpc/");
    match caller_of(visitor, token, is_shown).await {
        Ok((ctx, viewer)) => {
            let path = logged_path(request.uri().path()).to_owned();
            let name =
                viewer.as_ref().and_then(|viewer| viewer.active.as_ref()).map(|active| &active.time_zone);
            let zone = name.map(|name| identity::time_zone_table(&ctx, name)).unwrap_or_default();
            request.extensions_mut().insert(Formats { numbers, dates, zone });
            request.extensions_mut().insert(viewer);
            request.extensions_mut().insert(ctx.clone());
            let answer = next.run(request).await;
            if ctx.is_person() && overreaches(&answer) {
                report(&ctx, Alert::AccessRefused { path }).await;
            }
            answer
        }
        // what cannot be looked up now is no reason to treat anybody as signed out
        Err(error) => Problem::from(error).into_response(),
    }
}

/// Whether somebody asked for what their role does not allow. A request from another site is reported as such.
fn overreaches(answer: &Response) -> bool {
    let code = answer.extensions().get::<Refused>().map(|refused| refused.code);
    answer.status() == StatusCode::FORBIDDEN && code != Some(ErrorCode::CrossSiteRequest)
}

async fn caller_of(visitor: OpCtx, token: Option<String>, is_shown: bool) -> Result<(OpCtx, Option<Viewer>)> {
    let Some(token) = token else { return Ok((visitor, None)) };
    let Caller { request_id, client, .. } = visitor.caller().clone();
    let ctx = match identity::authenticate(visitor.platform(), &token, request_id, client).await {
        Err(error) if error.kind() == ErrorKind::Unauthenticated => {
            tracing::debug!(code = %error.code, "no session");
            return Ok((visitor, None));
        }
        found => found?,
    };
    if !is_shown {
        return Ok((ctx, None));
    }
    let viewer = match identity::viewer_get(&ctx).await {
        // a member of nothing has no rights to look with
        Err(error) if error.kind() == ErrorKind::Forbidden => None,
        found => found?,
    };
    Ok((ctx, viewer))
}

//! Signing in over REST.

use app::features::identity::session::session_cookie;
use axum::response::IntoResponse;
use contracts::identity::SignIn;
use http::{StatusCode, header};
use services::identity;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Problem, extract::Body};
use crate::web::{AppState, Ctx};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(sign_in))
}

/// Sign in
///
/// Opens a session and returns its cookie; send the cookie with every other request. The session ends after 15 minutes without a
/// request, after 12 hours, or with `POST /sign-out`.
#[utoipa::path(post, path = "/api/sessions", tag = "account", operation_id = "sign_in", request_body = SignIn,
    responses((status = 204, description = "Signed in",
        headers(("set-cookie" = String, description = "`__Host-session`: send it with every request")))))]
async fn sign_in(Ctx(ctx): Ctx, Body(command): Body<SignIn>) -> Result<impl IntoResponse, Problem> {
    let signed_in = identity::sign_in(&ctx, command).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, session_cookie(&signed_in.token))]))
}

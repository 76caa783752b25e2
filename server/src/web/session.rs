//! The two forms every frame carries: sign out, and act for another organisation. Plain posts, with or without JavaScript:
//! the whole page belongs to somebody else afterwards.

use app::features::identity::session::session_cookie;
use axum::{
    Form,
    response::{IntoResponse, Redirect, Response},
};
use contracts::ids::OrgId;
use http::{HeaderName, header};
use serde::Deserialize;
use services::identity;

use super::Ctx;
use crate::rest::Problem;

/// Ends the session.
pub(super) async fn sign_out(Ctx(ctx): Ctx) -> Result<Response, Problem> {
    identity::sign_out(&ctx).await?;
    // pages a shared computer still holds go with the session
    let forget = [(HeaderName::from_static("clear-site-data"), "\"cache\"")];
    Ok((forget, with_session("", "/")).into_response())
}

#[derive(Deserialize)]
pub(super) struct Switch {
    organisation: OrgId,
}

/// Acts for another organisation from now on.
pub(super) async fn switch(Ctx(ctx): Ctx, Form(form): Form<Switch>) -> Result<Response, Problem> {
    let signed_in = identity::organisation_switch(&ctx, form.organisation).await?;
    Ok(with_session(&signed_in.token, "/dashboard"))
}

fn with_session(token: &str, to: &str) -> Response {
    ([(header::SET_COOKIE, session_cookie(token))], Redirect::to(to)).into_response()
}

//! The two forms every frame carries: sign out, and act for another organisation. Plain posts, with or without JavaScript:
//! the whole page belongs to somebody else afterwards.

use app::{
    features::identity::session::{after_sign_in, session_cookie},
    viewer::sign_in_from,
};
use axum::response::{IntoResponse, Redirect, Response};
use contracts::ids::OrgId;
use http::{HeaderMap, HeaderName, Uri, header};
use serde::Deserialize;
use services::identity;

use super::Ctx;
use crate::rest::{Form, Problem, Query};

#[derive(Deserialize)]
pub(super) struct SignOut {
    /// Somebody else goes on at this place.
    #[serde(default)]
    switch: bool,
}

/// Ends the session. A tablet that changes hands asks at once who signs in next, and then shows the same page.
pub(super) async fn sign_out(
    Ctx(ctx): Ctx,
    Query(SignOut { switch }): Query<SignOut>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    identity::sign_out(&ctx).await?;
    // pages a shared computer still holds go with the session
    let forget = [(HeaderName::from_static("clear-site-data"), "\"cache\"")];
    let to = if switch { sign_in_leading_back(&headers) } else { "/".to_owned() };
    Ok((forget, with_session("", &to)).into_response())
}

fn sign_in_leading_back(headers: &HeaderMap) -> String {
    let from = headers.get(header::REFERER).and_then(|from| from.to_str().ok()?.parse::<Uri>().ok());
    from.map_or_else(
        || "/sign-in".to_owned(),
        |from| sign_in_from(from.path(), from.query().unwrap_or_default()),
    )
}

#[derive(Deserialize)]
pub(super) struct Switch {
    organisation: OrgId,
    /// Where to go on; where the person begins when it says nothing.
    #[serde(default)]
    next: String,
}

/// Acts for another organisation from now on.
pub(super) async fn switch(Ctx(ctx): Ctx, Form(form): Form<Switch>) -> Result<Response, Problem> {
    let signed_in = identity::organisation_switch(&ctx, form.organisation).await?;
    Ok(with_session(&signed_in.token, after_sign_in(&form.next, &signed_in)))
}

fn with_session(token: &str, to: &str) -> Response {
    ([(header::SET_COOKIE, session_cookie(token))], Redirect::to(to)).into_response()
}

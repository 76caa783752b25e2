//! Refuses what a page sends that was made for somebody else than who acts now: the tabs of a browser share one session, and another
//! tab may have signed in or switched organisation since. Forms carry a field, scripted requests a header, downloads a parameter
//! ([`MadeFor`]). Signing out is always right and asks for nothing; the API's clients have no page.

use app::frame::paths::SWITCH_ORGANISATION;
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use contracts::{error::ErrorCode, identity::MadeFor, query_text::query_pairs};
use http::{HeaderMap, Uri, header};
use services::{Error, OpCtx, identity};

use super::MAX_BODY_BYTES;
use crate::rest::Problem;

/// Fact: the name of the person who acts now.
pub(super) const PERSON: &str = "person";
/// Fact: the name of the organisation the person acts for now.
pub(super) const ORGANISATION: &str = "organisation";
/// Facts: the organisation the page was made for, where the person may go back to it, and its name.
pub(super) const SWITCH_BACK: [&str; 2] = ["switch_back", "switch_back_name"];
/// Fact: what the form that switches back carries.
pub(super) const NOW: &str = "made_for";

/// How the address of a download says for whom its page was made ([`MadeFor::FIELD`]).
const IN_ADDRESS: &str = "made_for=";

/// Compares for whom the page was made with who acts now. Requests of visitors pass: nothing is done in anybody's name, and what
/// needs a sign-in asks for it.
pub(super) async fn refuse_stale_page(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_switch = path == SWITCH_ORGANISATION;
    let is_download = path.starts_with("/api/") && says_for_whom(request.uri());
    let is_of_pages = is_switch || is_download || path.starts_with("/rpc/");
    let Some(ctx) = request.extensions().get::<OpCtx>().filter(|ctx| is_of_pages && ctx.is_person()).cloned()
    else {
        return next.run(request).await;
    };
    let (page, request) = match page_of(request).await {
        Ok(read) => read,
        Err(error) => return Problem::from(error).into_response(),
    };
    let now = ctx.made_for();
    // who chooses an organisation says for which one
    let fits = page.is_some_and(|page| page == now || is_switch && page.person == now.person);
    if fits {
        return next.run(request).await;
    }
    match refusal(&ctx, page.unwrap_or_default()).await {
        Ok(error) | Err(error) => Problem::from(error).into_response(),
    }
}

/// For whom the page of a request was made, and the request, whose body may have been read for it. `None`: it does not say.
async fn page_of(request: Request) -> Result<(Option<MadeFor>, Request), Error> {
    let headers = request.headers();
    if let Some(said) = headers.get(MadeFor::HEADER) {
        let page = said.to_str().ok().and_then(|said| said.parse().ok());
        return Ok((page, request));
    }
    if says_for_whom(request.uri()) {
        return Ok(page_of_download(request));
    }
    if !is_form(headers) {
        return Ok((None, request));
    }
    let (parts, body) = request.into_parts();
    let fields = to_bytes(body, MAX_BODY_BYTES)
        .await
        .map_err(|cause| Error::new(ErrorCode::TooLarge).caused_by(cause))?;
    let said = std::str::from_utf8(&fields).map(query_pairs).unwrap_or_default();
    let said = said.into_iter().find(|(name, _)| name == MadeFor::FIELD);
    let page = said.and_then(|(_, value)| value.parse().ok());
    Ok((page, Request::from_parts(parts, Body::from(fields))))
}

/// Whether the address of a download says for whom its page was made.
pub(super) fn says_for_whom(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with(IN_ADDRESS)))
}

/// For whom the page of a download was made, and the request without saying so: the operation knows no such parameter.
fn page_of_download(mut request: Request) -> (Option<MadeFor>, Request) {
    let query = request.uri().query().unwrap_or_default();
    let (said, rest): (Vec<&str>, Vec<&str>) =
        query.split('&').partition(|pair| pair.starts_with(IN_ADDRESS));
    let page = said.first().and_then(|pair| pair.strip_prefix(IN_ADDRESS)?.parse().ok());
    let address = [request.uri().path(), "?", &rest.join("&")].concat();
    if let Ok(address) = address.parse() {
        *request.uri_mut() = address;
    }
    (page, request)
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// Says who acts now, and whether the person may go back to the page's organisation.
async fn refusal(ctx: &OpCtx, page: MadeFor) -> services::Result<Error> {
    let mut error = Error::new(ErrorCode::MadeForAnother).with_fact(NOW, ctx.made_for().to_string());
    let Some(viewer) = identity::viewer_get(ctx).await? else { return Ok(error) };
    let back = viewer
        .memberships
        .iter()
        .find(|one| page.person == Some(viewer.user_id) && page.organisation == Some(one.org_id));
    if let Some(back) = back {
        let [id, name] = SWITCH_BACK;
        error = error.with_fact(id, back.org_id.to_string()).with_fact(name, &back.name);
    }
    if let Some(active) = &viewer.active {
        error = error.with_fact(ORGANISATION, &active.name);
    }
    Ok(error.with_fact(PERSON, viewer.name))
}

//! Refusals of the layers, in the form the caller reads: a page for a browser's navigation, problem details for a program.

use app::ssr::accepts_html;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use contracts::error::ErrorCode;
use http::{HeaderValue, StatusCode, header};
use services::{Error, platform::RequestId};

use super::AppState;
use crate::rest::{Problem, Refused, STYLED_POLICY};

/// Gives a refusal its form. Answers to calls (`/api/…`, `/rpc/…` from our own code) stay problem details.
pub(super) async fn worded(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let for_a_person = accepts_html(request.headers()) && !request.uri().path().starts_with("/api/");
    let request_id = request.extensions().get::<RequestId>().copied();
    let answer = named(next.run(request).await);
    match answer.extensions().get::<Refused>().copied() {
        Some(Refused(code)) if for_a_person => page(state.site.styles(), code, request_id, &answer),
        _ => answer,
    }
}

/// The limits of size and time answer in plain text or not at all.
fn named(answer: Response) -> Response {
    let is_ours = answer.extensions().get::<Refused>().is_some();
    match answer.status() {
        StatusCode::PAYLOAD_TOO_LARGE if !is_ours => {
            Problem::from(Error::new(ErrorCode::TooLarge)).into_response()
        }
        // the balancer's question is answered with 503 and words of its own
        StatusCode::SERVICE_UNAVAILABLE
            if !is_ours && !answer.headers().contains_key(header::CONTENT_TYPE) =>
        {
            Problem::from(Error::new(ErrorCode::TookTooLong)).into_response()
        }
        _ => answer,
    }
}

fn page(styles: &str, code: ErrorCode, request_id: Option<RequestId>, answer: &Response) -> Response {
    let request = request_id.map(|id| format!("<p>Request number: {id}</p>")).unwrap_or_default();
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>This did not work · HCTS</title>{styles}</head><body><main class=\"page reading prose\"><h1>This did not work</h1>\
         <p>{}</p>{request}<p><a href=\"/\">Go to the start page</a></p></main></body></html>",
        code.message()
    );
    let mut response = (answer.status(), Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(STYLED_POLICY));
    if let Some(wait) = answer.headers().get(header::RETRY_AFTER) {
        headers.insert(header::RETRY_AFTER, wait.clone());
    }
    response
}

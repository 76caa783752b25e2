//! Keeps what was typed into a form that was refused, for who has no JavaScript: from the refused post to the page after it,
//! in a cookie that lives a minute. Passwords and tokens are never kept.

use app::{kept::KeptInput, ssr::accepts_html};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Query, Request},
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use contracts::error::ErrorCode;
use http::{HeaderMap, HeaderValue, Uri, header};
use services::Error;

use super::LARGEST_BODY;
use crate::rest::Problem;

const COOKIE: &str = "__Host-kept";
/// Browsers keep 4,096 bytes of a cookie; longer fields are typed again.
const MOST_BYTES: usize = 3_500;

/// Runs a server function and keeps the form's fields if the answer sends a plain form back with an error.
pub(super) async fn keeping_input<F>(request: Request, run: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    if !is_plain_form(request.headers()) {
        return run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(fields) = to_bytes(body, LARGEST_BODY).await else {
        return Problem::from(Error::new(ErrorCode::TooLarge)).into_response();
    };
    let mut response = run(Request::from_parts(parts, Body::from(fields.clone()))).await;
    let refused = response
        .headers()
        .get(header::LOCATION)
        .is_some_and(|location| location.to_str().is_ok_and(|location| location.contains("__err=")));
    if let (true, Some(cookie)) = (refused, cookie(&fields)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn is_plain_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    accepts_html(headers)
        && content_type.is_some_and(|text| text.contains("application/x-www-form-urlencoded"))
}

fn cookie(fields: &Bytes) -> Option<HeaderValue> {
    let fields = std::str::from_utf8(fields).ok()?;
    let mut kept = String::new();
    for field in fields.split('&') {
        let name = field.split('=').next().unwrap_or_default().to_lowercase();
        let secret = name.contains("password") || name.contains("token");
        if !secret && kept.len() + field.len() < MOST_BYTES {
            if !kept.is_empty() {
                kept.push('&');
            }
            kept.push_str(field);
        }
    }
    // a cookie cannot hold these, and an encoded form has none
    if kept.contains([';', ',', ' ', '"', '\\']) {
        return None;
    }
    HeaderValue::from_str(&format!("{COOKIE}={kept}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60"))
        .ok()
}

/// The fields kept for this page, if it is the page of the refused form.
pub(super) fn kept_input(request: &Request) -> Option<KeptInput> {
    if !request.uri().query().is_some_and(|query| query.contains("__err=")) {
        return None;
    }
    let jar = CookieJar::from_headers(request.headers());
    let uri: Uri = format!("/?{}", jar.get(COOKIE)?.value()).parse().ok()?;
    Query::<Vec<(String, String)>>::try_from_uri(&uri).ok().map(|Query(fields)| KeptInput(fields))
}

/// Takes the kept fields out of the browser again.
pub(super) const FORGET: &str = "__Host-kept=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_kept_and_the_rest_reads_back() {
        let fields =
            Bytes::from_static(b"email=a%40b.example&password=plum&new_password=x&token=t&name=Ad%C3%A9le+B");
        let cookie = cookie(&fields).unwrap();
        let value = cookie.to_str().unwrap();
        assert!(!value.contains("plum") && !value.contains("token"), "{value}");
        let request = Request::get("/sign-up?__path=x&__err=y")
            .header(header::COOKIE, value.split(';').next().unwrap())
            .body(Body::empty())
            .unwrap();
        let kept = kept_input(&request).unwrap();
        assert_eq!((kept.get("email"), kept.get("name")), (Some("a@b.example"), Some("Adéle B")));
        let elsewhere = Request::get("/").header(header::COOKIE, value).body(Body::empty()).unwrap();
        assert!(kept_input(&elsewhere).is_none());
    }
}

//! Restores what was typed into a form that was refused, for browsers without JavaScript: from the refused post to the page after it, in a
//! cookie that lives a minute. Passwords and tokens are never stored, nor is for whom the page was made. The refusal itself travels in the
//! address; the cookie holds its digest, so that nobody can put words of their own into our mouth by a link. A browser that keeps no cookie is answered
//! with the page itself.

use app::{
    error::UiError,
    features::identity::rpc::{InvitationAccept, SignIn, SignUp},
    form_restore::RestoredInput,
    ssr::accepts_html,
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Query, Request},
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use contracts::{error::ErrorCode, identity::MadeFor, query_text::push_pair};
use http::{HeaderMap, HeaderValue, Uri, header, request::Parts};
use server_fn::{ServerFn, error::ServerFnUrlError};
use services::{Error, platform::sha256};

use super::{MAX_BODY_BYTES, pages::page_request};
use crate::rest::Problem;

const COOKIE: &str = "__Host-kept";
/// Where an address carries why a plain form was refused.
const ERROR: &str = "__err";
/// Maximum size of the preserved fields, in bytes (browsers keep 4,096 of a cookie); longer fields have to be typed again.
const MAX_COOKIE_BYTES: usize = 3_500;

/// Set with every page that a browser without any cookie asks for: one that sends none back keeps none.
pub(super) const PROBE: &str = "__Host-probe=1; Path=/; Secure; HttpOnly; SameSite=Lax";

/// The functions that begin a session, which is a cookie.
const BEGINNING_SESSIONS: [&str; 3] = [SignIn::PATH, SignUp::PATH, InvitationAccept::PATH];

/// How a server function answers.
pub(super) enum Outcome {
    /// As it is.
    Answer(Response),
    /// A plain form was refused, and the browser keeps no cookies: the page at this address, with what was typed.
    PageInPlace(Box<Request>, RestoredInput),
}

/// Runs a server function and preserves the fields of the form if the answer sends a plain form back with an error.
pub(super) async fn preserve_form_input<F>(request: Request, run: impl FnOnce(Request) -> F) -> Outcome
where
    F: Future<Output = Response>,
{
    if !is_plain_form(request.headers()) {
        return Outcome::Answer(run(request).await);
    }
    let keeps_cookies = keeps_cookies(&request);
    let (parts, body) = request.into_parts();
    let Ok(fields) = to_bytes(body, MAX_BODY_BYTES).await else {
        return Outcome::Answer(Problem::from(Error::new(ErrorCode::TooLarge)).into_response());
    };
    if !keeps_cookies && BEGINNING_SESSIONS.contains(&parts.uri.path()) {
        let error = UiError::new(ErrorCode::CookiesBlocked);
        let back = redisplay_request(&parts, error);
        return back.map_or_else(
            || Outcome::Answer(Problem::from(Error::new(ErrorCode::CookiesBlocked)).into_response()),
            |page| {
                Outcome::PageInPlace(
                    Box::new(page),
                    RestoredInput(fields_of(&preservable_fields(&fields).unwrap_or_default())),
                )
            },
        );
    }
    let mut response = run(Request::from_parts(parts, Body::from(fields.clone()))).await;
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let refusal = location.and_then(|location| errors_in(&location.parse().ok()?));
    if let Some(cookie) = refusal.and_then(|refusal| cookie(&refusal, &fields)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Outcome::Answer(response)
}

/// Whether the browser has sent any cookie.
pub(super) fn keeps_cookies(request: &Request) -> bool {
    request.headers().contains_key(header::COOKIE)
}

/// Returns the request that displays the page of the form again, with the error in its address.
fn redisplay_request(parts: &Parts, error: UiError) -> Option<Request> {
    let referer = parts.headers.get(header::REFERER)?.to_str().ok()?;
    let url = ServerFnUrlError::new(parts.uri.path(), error).to_url(referer).ok()?;
    Some(page_request(&format!("{}?{}", url.path(), url.query()?), parts))
}

fn is_plain_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    accepts_html(headers)
        && content_type.is_some_and(|text| text.contains("application/x-www-form-urlencoded"))
}

fn pairs_of(uri: &Uri) -> Vec<(String, String)> {
    Query::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default()
}

/// The fields of a form, as a form writes them.
fn fields_of(form: &str) -> Vec<(String, String)> {
    format!("/?{form}").parse().map(|uri| pairs_of(&uri)).unwrap_or_default()
}

/// What an address says of a refused form, if it does.
fn errors_in(uri: &Uri) -> Option<String> {
    let errors: Vec<String> =
        pairs_of(uri).into_iter().filter(|(name, _)| name == ERROR).map(|(_, value)| value).collect();
    (!errors.is_empty()).then(|| errors.join(" "))
}

/// Stands for a refusal in the cookie.
fn digest_of(refusal: &str) -> String {
    sha256(refusal).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cookie(refusal: &str, fields: &Bytes) -> Option<HeaderValue> {
    let digest = digest_of(refusal);
    let kept = preservable_fields(fields).unwrap_or_default();
    let rules = "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60";
    HeaderValue::from_str(&format!("{COOKIE}={digest}.{kept}; {rules}")).ok()
}

/// Returns the fields that may be preserved (no passwords, no tokens) and fit into the cookie; `None` when a cookie cannot hold them.
fn preservable_fields(fields: &Bytes) -> Option<String> {
    let fields = std::str::from_utf8(fields).ok()?;
    let mut kept = String::new();
    for field in fields.split('&') {
        let name = field.split('=').next().unwrap_or_default().to_lowercase();
        let secret = name.contains("password") || name.contains("token");
        if !secret && name != MadeFor::FIELD && kept.len() + field.len() < MAX_COOKIE_BYTES {
            if !kept.is_empty() {
                kept.push('&');
            }
            kept.push_str(field);
        }
    }
    // a cookie cannot hold these, and an encoded form has none
    (!kept.contains([';', ',', ' ', '"', '\\'])).then_some(kept)
}

/// How a browser came to a page.
pub(super) enum Arrival {
    /// As to any page.
    Plain,
    /// Sent back after its form was refused, with what was typed.
    Refused(RestoredInput),
    /// By an address with somebody's words in place of a refusal of ours; the same address without them.
    Forged(HeaderValue),
}

/// Tells how a browser came to a page. The address alone proves nothing: the browser must hold the cookie that came with the same refusal.
pub(super) fn arrival(request: &Request) -> Arrival {
    let uri = request.uri();
    let Some(refusal) = errors_in(uri) else { return Arrival::Plain };
    let jar = CookieJar::from_headers(request.headers());
    let kept = jar.get(COOKIE).and_then(|cookie| cookie.value().split_once('.'));
    match kept.filter(|(digest, _)| *digest == digest_of(&refusal)) {
        Some((_, fields)) => Arrival::Refused(RestoredInput(fields_of(fields))),
        None => Arrival::Forged(without_error(uri)),
    }
}

fn without_error(uri: &Uri) -> HeaderValue {
    // two slashes at its start, of either kind, would make the address another site's
    let mut address = format!("/{}", uri.path().trim_start_matches(['/', '\\']));
    let mut query = String::new();
    for (name, value) in pairs_of(uri) {
        if name != ERROR && name != "__path" {
            push_pair(&mut query, &name, &value);
        }
    }
    if !query.is_empty() {
        address.extend(["?", &query]);
    }
    HeaderValue::from_str(&address).unwrap_or(HeaderValue::from_static("/"))
}

/// Removes the preserved fields from the browser.
pub(super) const FORGET: &str = "__Host-kept=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";

#[cfg(test)]
mod tests {
    use super::*;

    fn get(address: &str, cookie: &str) -> Request {
        let kept = cookie.split(';').next().unwrap();
        Request::get(address).header(header::COOKIE, kept).body(Body::empty()).unwrap()
    }

    #[test]
    fn secrets_are_not_kept_and_the_rest_reads_back() {
        let fields =
            Bytes::from_static(b"email=a%40b.example&password=plum&new_password=x&token=t&name=Ad%C3%A9le+B");
        let cookie = cookie("y=", &fields).unwrap();
        let value = cookie.to_str().unwrap();
        assert!(!value.contains("plum") && !value.contains("token"), "{value}");
        let Arrival::Refused(kept) = arrival(&get("/sign-up?__path=x&__err=y%3D", value)) else {
            panic!("the refusal is the cookie's")
        };
        assert_eq!((kept.get("email"), kept.get("name")), (Some("a@b.example"), Some("Adéle B")));
        assert!(matches!(arrival(&get("/", value)), Arrival::Plain));
    }

    #[test]
    fn words_that_are_no_refusal_of_ours_are_taken_out_of_the_address() {
        let fields = Bytes::from_static(b"name=B");
        let cookie = cookie("ours", &fields).unwrap();
        let cookie = cookie.to_str().unwrap();
        for (address, cookie, clean) in [
            ("/sign-up?a=1+2&__path=x&__err=theirs&b=%26", cookie, "/sign-up?a=1+2&b=%26"),
            ("/sign-up?__err=ours", "", "/sign-up"),
            ("/sign-up?__err=ours&__err=theirs", cookie, "/sign-up"),
            ("/sign-up?%5F%5Ferr=theirs", cookie, "/sign-up"),
            ("//evil.example?__err=theirs", cookie, "/evil.example"),
        ] {
            let Arrival::Forged(to) = arrival(&get(address, cookie)) else { panic!("{address} passes") };
            assert_eq!(to, clean, "{address}");
        }
    }
}

//! Refusals of the layers, in the form the caller reads: a page for a browser's navigation, problem details for a program.

use app::{frame::Theme, ssr::accepts_html};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contracts::error::ErrorCode;
use http::{HeaderMap, Method, StatusCode, header};
use services::{Error, platform::RequestId};

use super::{AppState, csrf::is_ours, plain};
use crate::rest::{Problem, Refused};

/// What the page needs to know of the request it answers.
struct Asked {
    theme: Theme,
    request_id: Option<RequestId>,
    /// Where the person was, to try once more; empty for this very address, none where it is not known.
    again: Option<String>,
}

impl Asked {
    fn of(request: &Request, public_url: &str) -> Self {
        let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let came_from = || text(header::REFERER).filter(|from| is_ours(from, request.headers(), public_url));
        let again = if matches!(*request.method(), Method::GET | Method::HEAD) {
            Some(String::new())
        } else {
            came_from().map(str::to_owned)
        };
        Self {
            theme: plain::theme_of(request.headers()),
            request_id: request.extensions().get::<RequestId>().copied(),
            again,
        }
    }
}

/// Gives a refusal its form. Answers to calls (`/api/…`, `/rpc/…` from our own code) stay problem details.
pub(super) async fn worded(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let for_a_person = accepts_html(request.headers()) && !request.uri().path().starts_with("/api/");
    let asked = for_a_person.then(|| Asked::of(&request, &state.platform.settings.public_url));
    let answer = named(next.run(request).await);
    match (answer.extensions().get::<Refused>().copied(), asked) {
        (Some(Refused(code)), Some(asked)) => page(state.site.styles(), code, &asked, &answer),
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
        // the router names the methods an address takes and says nothing more
        StatusCode::METHOD_NOT_ALLOWED if !is_ours => {
            let mut refusal = Problem::from(Error::new(ErrorCode::WrongMethod)).into_response();
            if let Some(allowed) = answer.headers().get(header::ALLOW) {
                refusal.headers_mut().insert(header::ALLOW, allowed.clone());
            }
            refusal
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

fn page(styles: &str, code: ErrorCode, asked: &Asked, answer: &Response) -> Response {
    let html = html(styles, code, asked, answer.status(), answer.headers());
    let mut response = plain::answer(answer.status(), html);
    for kept in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = answer.headers().get(&kept) {
            response.headers_mut().insert(kept, value.clone());
        }
    }
    response
}

fn html(styles: &str, code: ErrorCode, asked: &Asked, status: StatusCode, headers: &HeaderMap) -> String {
    let (heading, next) = words(code);
    let wait = headers
        .get(header::RETRY_AFTER)
        .and_then(|seconds| seconds.to_str().ok()?.parse::<u32>().ok())
        .map(|seconds| format!("<p>Wait {seconds} {}.</p>", if seconds == 1 { "second" } else { "seconds" }))
        .unwrap_or_default();
    let again = asked
        .again
        .as_deref()
        .map(|address| {
            format!("<a class=\"btn btn-primary\" href=\"{}\">Try again</a>", in_attribute(address))
        })
        .unwrap_or_default();
    let request = asked
        .request_id
        .map(|id| format!("<p class=\"error-request\">Request <span class=\"code\">{id}</span></p>"))
        .unwrap_or_default();
    let content = format!(
        "<div class=\"error-page\"><p class=\"error-status\">Error {status}</p><h1>{heading}</h1><p>{message}</p><p>{next}</p>{wait}\
         <p class=\"error-next cluster\">{again}<a class=\"btn btn-secondary\" href=\"/\">Go to home page</a></p>{request}</div>",
        message = code.message(),
    );
    plain::page(styles, asked.theme, heading, &content)
}

/// What happened in a few words, and what to do next.
const fn words(code: ErrorCode) -> (&'static str, &'static str) {
    match code {
        ErrorCode::TooManyRequests | ErrorCode::TooManyAttempts => {
            ("Too many requests", "Your last action was not carried out.")
        }
        ErrorCode::CrossSiteRequest => (
            "This request came from another site",
            "Go back and try again from the HCTS page itself. Nothing was changed.",
        ),
        ErrorCode::TooLarge => ("This file or form is too large", "Go back and send a file of at most 2 MB."),
        ErrorCode::NotFound | ErrorCode::InvitationInvalid => {
            ("Page not found", "Check the link. The page may have moved or been removed.")
        }
        ErrorCode::NotSignedIn | ErrorCode::SessionExpired => {
            ("You are not signed in", "Sign in and try again. Nothing was changed.")
        }
        ErrorCode::TookTooLong => (
            "This took too long",
            "If you were paying or redeeming, check whether it went through before trying again.",
        ),
        ErrorCode::OutcomeUnknown => {
            ("We don't know whether this was saved", "Check whether it went through before trying again.")
        }
        ErrorCode::Busy
        | ErrorCode::Unavailable
        | ErrorCode::StorageFull
        | ErrorCode::SearchTooSlow
        | ErrorCode::GatewayUnavailable => (
            "We can't answer right now",
            "If you were paying or redeeming, check whether it went through before trying again.",
        ),
        ErrorCode::Internal => (
            "Something went wrong on our side",
            "We have recorded the error. If you were paying or redeeming, check whether it went through before trying again.",
        ),
        _ => ("This request could not be completed", "Nothing was changed."),
    }
}

fn in_attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn asked(headers: &[(&'static str, &'static str)], method: Method) -> Asked {
        let mut request = Request::new(axum::body::Body::empty());
        *request.method_mut() = method;
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        Asked::of(&request, "https://hcts.example")
    }

    fn shown(code: ErrorCode, asked: &Asked) -> String {
        let headers = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static("7"))]);
        html("", code, asked, StatusCode::TOO_MANY_REQUESTS, &headers)
    }

    #[test]
    fn a_refusal_says_what_happened_how_long_to_wait_and_where_to_go() {
        let html = shown(ErrorCode::TooManyRequests, &asked(&[("cookie", "theme=dark")], Method::GET));
        for part in [
            "data-theme=\"dark\"",
            "Error 429 Too Many Requests",
            "<h1>Too many requests</h1>",
            "Wait 7 seconds.",
            "href=\"\">Try again",
            "class=\"brand\"",
        ] {
            assert!(html.contains(part), "{part} is missing: {html}");
        }
    }

    #[test]
    fn a_refused_form_leads_back_to_our_own_page_alone() {
        let ours = asked(&[("referer", "https://hcts.example/check?code=\"a&b")], Method::POST);
        assert!(
            shown(ErrorCode::TooLarge, &ours)
                .contains("href=\"https://hcts.example/check?code=&quot;a&amp;b\">Try again")
        );
        let foreign = asked(&[("referer", "https://evil.example/")], Method::POST);
        assert!(!shown(ErrorCode::CrossSiteRequest, &foreign).contains("Try again"));
    }
}

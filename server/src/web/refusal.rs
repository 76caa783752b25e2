//! Renders errors in the form the caller reads: a page for the navigation of a browser, problem details (RFC 9457) for a program.

use std::collections::BTreeMap;

use app::{
    frame::{
        Theme,
        paths::{SIGN_IN, SWITCH_ORGANISATION},
    },
    ssr::accepts_html,
    viewer::sign_in_from,
};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contracts::{error::ErrorCode, identity::MadeFor};
use http::{HeaderMap, Method, StatusCode, Uri, header};
use services::{Error, platform::RequestId};

use super::{
    AppState,
    csrf::is_ours,
    made_for,
    static_page::{self, PageAssets},
};
use crate::rest::{Problem, Refused};

/// What an error page needs to know of the request it answers.
struct ErrorPageContext {
    theme: Theme,
    request_id: Option<RequestId>,
    /// Address for another try; empty for the same address, `None` where it is not known.
    retry_address: Option<String>,
}

impl ErrorPageContext {
    fn of(request: &Request, public_url: &str) -> Self {
        let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let came_from = || text(header::REFERER).filter(|from| is_ours(from, request.headers(), public_url));
        // a download that was made for another is so each time: its page is what to load again
        let is_page = matches!(*request.method(), Method::GET | Method::HEAD)
            && !made_for::says_for_whom(request.uri());
        let retry_address = if is_page { Some(String::new()) } else { came_from().map(str::to_owned) };
        Self {
            theme: static_page::theme_of(request.headers()),
            request_id: request.extensions().get::<RequestId>().copied(),
            retry_address,
        }
    }
}

/// Renders a refused navigation of a browser as a page. Answers to calls (`/api/…`, `/rpc/…` from our own code) stay problem details.
pub(super) async fn render_error_page(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    // of the operations a page links to its downloads alone
    let is_call = request.uri().path().starts_with("/api/") && !made_for::says_for_whom(request.uri());
    let for_a_person = accepts_html(request.headers()) && !is_call;
    let context = for_a_person.then(|| ErrorPageContext::of(&request, &state.platform.settings.public_url));
    let answer = normalise(next.run(request).await);
    match (answer.extensions().get::<Refused>().cloned(), context) {
        (Some(refused), Some(context)) => page((&state).into(), &refused, &context, &answer),
        _ => answer,
    }
}

/// Replaces the plain answers of the router and of the layers for size and time by problem details.
fn normalise(answer: Response) -> Response {
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

fn page(
    assets: PageAssets<'_>,
    refused: &Refused,
    context: &ErrorPageContext,
    answer: &Response,
) -> Response {
    let html = html(assets, refused, context, answer.status(), answer.headers());
    let mut response = static_page::answer(answer.status(), html);
    for kept in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = answer.headers().get(&kept) {
            response.headers_mut().insert(kept, value.clone());
        }
    }
    response
}

fn html(
    assets: PageAssets<'_>,
    refused: &Refused,
    context: &ErrorPageContext,
    status: StatusCode,
    headers: &HeaderMap,
) -> String {
    let code = refused.code;
    let (heading, next) = describe_error(code);
    let wait = headers
        .get(header::RETRY_AFTER)
        .and_then(|seconds| seconds.to_str().ok()?.parse::<u32>().ok())
        .map(|seconds| format!("<p>Wait {seconds} {}.</p>", if seconds == 1 { "second" } else { "seconds" }))
        .unwrap_or_default();
    let retry_address =
        context.retry_address.as_deref().map(|address| way_on(code, address)).unwrap_or_default();
    let (who, back) = if code == ErrorCode::MadeForAnother {
        (who_acts_now(&refused.facts), form_that_switches_back(&refused.facts, context))
    } else {
        Default::default()
    };
    let request = context
        .request_id
        .map(|id| format!("<p class=\"error-request\">Request <span class=\"code\">{id}</span></p>"))
        .unwrap_or_default();
    let content = format!(
        "<div class=\"error-page\"><p class=\"error-status\">Error {status}</p><h1>{heading}</h1>{who}<p>{message}</p><p>{next}</p>{wait}{back}\
         <p class=\"error-next cluster\">{retry_address}<a class=\"btn btn-secondary\" href=\"/\">Go to home page</a></p>{request}</div>",
        message = code.message_with(&refused.facts),
    );
    static_page::page(assets, context.theme, heading, &content)
}

/// Returns the link for another try at `address`: by way of the sign-in page for who is signed out.
fn way_on(code: ErrorCode, address: &str) -> String {
    let (address, words) = match code {
        ErrorCode::NotSignedIn | ErrorCode::SessionExpired => {
            let page: Option<Uri> = address.parse().ok();
            let from = page.map(|page| sign_in_from(page.path(), page.query().unwrap_or_default()));
            (from.unwrap_or_else(|| SIGN_IN.to_owned()), "Sign in")
        }
        ErrorCode::MadeForAnother => (address.to_owned(), "Reload the page"),
        _ => (address.to_owned(), "Try again"),
    };
    format!("<a class=\"btn btn-primary\" href=\"{}\">{words}</a>", in_attribute(&address))
}

/// For whom the browser acts now.
fn who_acts_now(facts: &BTreeMap<String, String>) -> String {
    let Some(person) = facts.get(made_for::PERSON) else { return String::new() };
    let organisation = facts.get(made_for::ORGANISATION);
    let place = organisation.map(|name| format!(" for <strong>{}</strong>", in_attribute(name)));
    format!(
        "<p>You are now signed in as <strong>{}</strong>{}.</p>",
        in_attribute(person),
        place.unwrap_or_default()
    )
}

/// Leads back to the organisation the page was made for, and to the page; nothing where the person may not go back.
fn form_that_switches_back(facts: &BTreeMap<String, String>, context: &ErrorPageContext) -> String {
    let [id, name] = made_for::SWITCH_BACK.map(|fact| facts.get(fact));
    let (Some(id), Some(name), Some(now)) = (id, name, facts.get(made_for::NOW)) else {
        return String::new();
    };
    let page: Option<Uri> = context.retry_address.as_deref().and_then(|address| address.parse().ok());
    let next = page.as_ref().and_then(Uri::path_and_query).map_or("", |page| page.as_str());
    format!(
        "<form method=\"post\" action=\"{SWITCH_ORGANISATION}\"><input type=\"hidden\" name=\"{}\" value=\"{now}\">\
         <input type=\"hidden\" name=\"next\" value=\"{}\">\
         <button class=\"btn btn-secondary\" name=\"organisation\" value=\"{id}\">Switch back to {}</button></form>",
        MadeFor::FIELD,
        in_attribute(next),
        in_attribute(name),
    )
}

/// Returns the heading of an error page, and what to do next.
const fn describe_error(code: ErrorCode) -> (&'static str, &'static str) {
    match code {
        ErrorCode::TooManyRequests | ErrorCode::TooManyAttempts => {
            ("Too many requests", "Your last action was not carried out.")
        }
        ErrorCode::MadeForAnother => ("This page is out of date", "Your entries were not sent."),
        ErrorCode::CrossSiteRequest => ("This request came from another site", "Nothing was changed."),
        ErrorCode::TooLarge => {
            ("This file or form is too large", "Go back and use a file of at most 2 MB or a shorter text.")
        }
        ErrorCode::NotFound | ErrorCode::InvitationInvalid => {
            ("Page not found", "Check the link. The page may have moved or been removed.")
        }
        ErrorCode::NotSignedIn | ErrorCode::SessionExpired => {
            ("You are not signed in", "Nothing was changed.")
        }
        ErrorCode::TookTooLong => ("This took too long", "A payment or redemption may have gone through."),
        ErrorCode::OutcomeUnknown => {
            ("We don't know whether this was saved", "A payment or redemption may have gone through.")
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

    fn context_of(headers: &[(&'static str, &'static str)], method: Method) -> ErrorPageContext {
        let mut request = Request::new(axum::body::Body::empty());
        *request.method_mut() = method;
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        ErrorPageContext::of(&request, "https://hcts.example")
    }

    fn render_error(code: ErrorCode, context: &ErrorPageContext) -> String {
        let headers = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static("7"))]);
        let refused = Refused { code, facts: BTreeMap::new() };
        html(PageAssets::default(), &refused, context, StatusCode::TOO_MANY_REQUESTS, &headers)
    }

    #[test]
    fn a_refusal_says_what_happened_how_long_to_wait_and_where_to_go() {
        let html =
            render_error(ErrorCode::TooManyRequests, &context_of(&[("cookie", "theme=dark")], Method::GET));
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
        let ours = context_of(&[("referer", "https://hcts.example/check?code=\"a&b")], Method::POST);
        assert!(
            render_error(ErrorCode::TooLarge, &ours)
                .contains("href=\"https://hcts.example/check?code=&quot;a&amp;b\">Try again")
        );
        let signed_out = context_of(&[("referer", "https://hcts.example/orders?state=paid")], Method::POST);
        assert!(
            render_error(ErrorCode::NotSignedIn, &signed_out)
                .contains("href=\"/sign-in?next=%2Forders%3Fstate%3Dpaid\">Sign in")
        );
        let foreign = context_of(&[("referer", "https://evil.example/")], Method::POST);
        assert!(!render_error(ErrorCode::CrossSiteRequest, &foreign).contains("Try again"));
    }
}

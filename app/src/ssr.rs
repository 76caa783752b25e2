//! Access of server functions to the services: the caller, redirects, and the conversion of errors.

use contracts::error::{ErrorCode, ErrorKind};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use services::OpCtx;

use crate::error::UiError;

/// Returns the caller of this request, as determined by the web layer.
pub fn ctx() -> Result<OpCtx, UiError> {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<OpCtx>().cloned())
        .ok_or_else(|| UiError::new(ErrorCode::Internal))
}

/// Redirects the browser to `path` when the server function returns. The caller still has to `return`.
pub fn redirect_to(path: &str) {
    #[expect(clippy::disallowed_methods, reason = "the one place; its name says that it does not return")]
    leptos_axum::redirect(path);
}

/// Redirects like [`redirect_to`] if `condition` holds.
pub fn redirect_if(condition: bool, path: &str) {
    if condition {
        redirect_to(path);
    }
}

/// Redirects the browser to another site, such as a payment page. A form sent without JavaScript cannot be redirected there (the
/// page's policy allows forms to `'self'` only): it is redirected to `own_page`, which has a link.
pub fn leave_for(outside: Option<&str>, own_page: &str) {
    redirect_to(outside.filter(|_| !is_plain_form()).unwrap_or(own_page));
}

/// True for a form that the browser sent without scripts. Its answer is a redirect, whose status must stay.
pub fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| accepts_html(&parts.headers))
}

/// True when the client expects a page; the application's scripts expect data.
pub fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.to_str().is_ok_and(|text| text.contains("text/html")))
}

/// Adds a header to the response.
pub fn append_header(name: header::HeaderName, value: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(value)) {
        response.append_header(name, value);
    }
}

/// Sets the status of a failed call. Does nothing for a page, which sets its own, and for a plain form, which is redirected.
pub(crate) fn answer_with_status_of(kind: ErrorKind) {
    let is_call =
        use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with("/rpc/")) && !is_plain_form();
    if let (true, Some(response)) = (is_call, use_context::<ResponseOptions>()) {
        response.set_status(status_of(kind));
    }
}

/// Facts written by people, which may name a person: they are left out of the address that answers a plain form.
const WRITTEN_BY_A_PERSON: [&str; 2] = ["place", "reason"];

/// Sends code and fields to the browser, and logs the cause once.
impl From<services::Error> for UiError {
    fn from(error: services::Error) -> Self {
        let parts = use_context::<Parts>();
        let request_id = parts
            .as_ref()
            .and_then(|parts| parts.extensions.get::<OpCtx>())
            .map(|ctx| ctx.caller().request_id.to_string());
        if matches!(error.kind(), ErrorKind::Internal | ErrorKind::Unavailable) {
            tracing::error!(code = %error.code, cause = ?error.source, request_id, "server function failed");
        }
        answer_with_status_of(error.kind());
        let mut facts = error.facts;
        if is_plain_form() {
            facts.retain(|name, _| !WRITTEN_BY_A_PERSON.contains(&name.as_str()));
        }
        Self { code: error.code, fields: error.fields, facts, request_id }
    }
}

/// Returns the HTTP status of a kind of error.
pub const fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Malformed => StatusCode::BAD_REQUEST,
        ErrorKind::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        ErrorKind::WrongMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

//! The only door from the pages to the services.

use contracts::error::{ErrorCode, ErrorKind};
use http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use services::OpCtx;

use crate::error::UiError;

/// The caller of this request, as the web layer settled it.
pub fn ctx() -> Result<OpCtx, UiError> {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<OpCtx>().cloned())
        .ok_or_else(|| UiError::new(ErrorCode::Internal))
}

/// Sends the browser to `path` when the server function returns. It does not return by itself: `return` its value.
pub fn redirect_to(path: &str) {
    #[expect(clippy::disallowed_methods, reason = "the one place; its name says that it does not return")]
    leptos_axum::redirect(path);
}

/// Adds a header to the answer.
pub fn append_header(name: header::HeaderName, value: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(value)) {
        response.append_header(name, value);
    }
}

/// Codes and fields go to the browser; a cause goes to the log, once, here.
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
        // a plain form post is answered with a redirect, whose status must stay
        let plain_form = parts.is_some_and(|parts| {
            parts
                .headers
                .get(header::ACCEPT)
                .is_some_and(|accept| accept.to_str().is_ok_and(|text| text.contains("text/html")))
        });
        if let (false, Some(response)) = (plain_form, use_context::<ResponseOptions>()) {
            response.set_status(status_of(error.kind()));
        }
        Self { code: error.code, fields: error.fields, facts: error.facts, request_id }
    }
}

/// The status of each family of errors.
pub const fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

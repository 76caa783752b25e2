//! Errors at the REST door: problem details (RFC 9457).

use std::collections::BTreeMap;

use app::ssr::status_of;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use contracts::{
    error::{ErrorCode, ErrorKind},
    validate::FieldErrors,
};
use http::{HeaderValue, header};
use serde::Serialize;
use services::Error;

/// An error on its way out. Unknown failures are logged here, once.
#[derive(Debug)]
pub struct Problem(Error);

/// Error code and facts of a refusal, attached to the response: `web::refusal` makes a page for browsers from it.
#[derive(Clone)]
pub(crate) struct Refused {
    pub(crate) code: ErrorCode,
    pub(crate) facts: BTreeMap<String, String>,
}

/// An error as problem details (RFC 9457), `application/problem+json`.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ProblemBody {
    /// `about:blank#` followed by the code. Stable; not a link to follow.
    #[serde(rename = "type")]
    kind: String,
    /// Explanation of the code for people.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// The stable code.
    code: ErrorCode,
    /// Invalid fields by name, each with its error message.
    #[serde(skip_serializing_if = "FieldErrors::is_empty")]
    #[schema(value_type = BTreeMap<String, String>)]
    fields: FieldErrors,
    /// Facts about the refusal, such as when a certificate was redeemed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    facts: BTreeMap<String, String>,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self(error) = self;
        if matches!(error.kind(), ErrorKind::Internal | ErrorKind::Unavailable) {
            tracing::error!(code = %error.code, cause = ?error.source, "request failed");
        }
        let status = status_of(error.kind());
        let retry_after =
            error.facts.get("retry_after_seconds").and_then(|seconds| HeaderValue::from_str(seconds).ok());
        let refused = Refused { code: error.code, facts: error.facts.clone() };
        let body = ProblemBody {
            kind: format!("about:blank#{}", error.code),
            title: error.code.message(),
            status: status.as_u16(),
            code: error.code,
            fields: error.fields,
            facts: error.facts,
        };
        let mut response = (status, Json(body)).into_response();
        response.extensions_mut().insert(refused);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

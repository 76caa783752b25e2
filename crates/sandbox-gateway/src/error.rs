//! The error type of the API and its JSON form.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

/// An invalid field of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct FieldError {
    /// Name of the field in the request.
    pub(crate) field: String,
    /// Reason in words.
    pub(crate) reason: String,
}

/// An error response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    /// HTTP status.
    pub(crate) status: StatusCode,
    /// Stable code for programs.
    pub(crate) code: &'static str,
    /// Message for people.
    pub(crate) message: String,
    /// Invalid fields; for status 422.
    pub(crate) fields: Vec<FieldError>,
}

impl ApiError {
    fn plain(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), fields: Vec::new() }
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::plain(StatusCode::NOT_FOUND, "not_found", format!("No such {what}."))
    }

    pub(crate) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::plain(StatusCode::CONFLICT, code, message)
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::plain(StatusCode::BAD_REQUEST, "malformed_request", message)
    }

    pub(crate) fn unauthorised() -> Self {
        Self::plain(StatusCode::UNAUTHORIZED, "unauthorised", "The API key is missing or wrong.")
    }

    pub(crate) fn unavailable() -> Self {
        Self::plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "The payment provider is not available. Try again later.",
        )
    }

    pub(crate) fn fields(fields: Vec<FieldError>) -> Self {
        let message = "Some fields of the request are not valid.";
        Self { fields, ..Self::plain(StatusCode::UNPROCESSABLE_ENTITY, "invalid_fields", message) }
    }

    pub(crate) fn field(field: &str, reason: impl Into<String>) -> Self {
        Self::fields(vec![FieldError { field: field.into(), reason: reason.into() }])
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({"error": {"code": self.code, "message": self.message, "fields": self.fields}});
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        let (name, value) = match self.status {
            StatusCode::UNAUTHORIZED => ("www-authenticate", "Bearer"),
            StatusCode::SERVICE_UNAVAILABLE => ("retry-after", "2"),
            _ => ("cache-control", "no-store"),
        };
        headers.insert(name, axum::http::HeaderValue::from_static(value));
        response
    }
}

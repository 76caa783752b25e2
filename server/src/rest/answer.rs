//! What an operation answers.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Serialize;
use services::Error;

use super::Problem;

/// Room for most answers, in bytes. A longer one grows a few times; from nothing it would grow as often as it takes to write it.
const ROOM: usize = 4096;

/// A value as JSON.
pub(super) struct Answer<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(ROOM);
        match serde_json::to_writer(&mut body, &self.0) {
            Ok(()) => {
                ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
            }
            Err(cause) => Problem::from(Error::internal(cause)).into_response(),
        }
    }
}

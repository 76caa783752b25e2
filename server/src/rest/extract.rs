//! What a request brings, read into commands; refused as problem details that name the field. How values are read stands in
//! [`super::read`].

use std::error::Error as StdError;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Multipart, Request, multipart::MultipartError},
};
use contracts::{
    error::ErrorCode,
    page::{ExportChoice, FileFormat},
    query_text::query_pairs,
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use services::Error;

use super::{Problem, read};

/// A command in JSON.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        require_media_type(request.headers(), "application/json")?;
        let body = whole_body(request, state).await?;
        Ok(Self(read::from_json(&body).map_err(Error::invalid)?))
    }
}

/// A form, where no server function reads it.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        require_media_type(request.headers(), "application/x-www-form-urlencoded")?;
        let body = whole_body(request, state).await?;
        let pairs = query_pairs(&String::from_utf8_lossy(&body));
        Ok(Self(read::from_pairs(pairs, "body").map_err(Error::invalid)?))
    }
}

/// Refuses a body of another media type, whatever its parameters.
fn require_media_type(headers: &HeaderMap, wanted: &str) -> Result<(), Error> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(Error::new(ErrorCode::WrongMediaType).with_fact("accepted", wanted))
}

async fn whole_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Error> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        let is_too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
        let code = if is_too_large { ErrorCode::TooLarge } else { ErrorCode::MalformedRequest };
        Error::new(code).caused_by(rejection)
    })
}

/// The first file of a form, or the whole body where none is sent with a form; empty if the form has none.
pub(crate) struct Upload(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let mut form = Multipart::from_request(request, state)
            .await
            .map_err(|_| Problem::from(Error::invalid_field("file", "Send the file with a form.")))?;
        match form.next_field().await.map_err(wrong_upload)? {
            Some(file) => file.bytes().await.map(Self).map_err(wrong_upload),
            None => Ok(Self(Bytes::new())),
        }
    }
}

fn wrong_upload(cause: MultipartError) -> Problem {
    let mut causes =
        std::iter::successors(Some(&cause as &(dyn StdError + 'static)), |&cause| cause.source());
    let is_too_large = causes.any(|cause| cause.is::<LengthLimitError>());
    let error = if is_too_large {
        Error::new(ErrorCode::TooLarge)
    } else {
        Error::invalid_field("file", "The file was not received completely. Send it again.")
    };
    error.caused_by(cause).into()
}

/// Parameters of the path. A value that cannot be read is answered with `not_found` (404).
pub(super) struct Path<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = axum::extract::Path::from_request_parts(parts, state).await;
        read.map(|axum::extract::Path(part)| Self(part)).map_err(|_| Problem::from(Error::not_found()))
    }
}

/// The query.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        read_query(query_pairs(parts.uri.query().unwrap_or_default())).map(Self)
    }
}

fn read_query<T: DeserializeOwned>(pairs: Vec<(String, String)>) -> Result<T, Problem> {
    Ok(read::from_pairs(pairs, "query").map_err(Error::invalid)?)
}

/// The filters of a list, and the kind of file it is exported as.
pub(super) struct Export<T> {
    pub(super) filter: T,
    pub(super) format: FileFormat,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Export<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let pairs = query_pairs(parts.uri.query().unwrap_or_default());
        // each knows its own fields alone
        let (choice, filter) = pairs.into_iter().partition(|(name, _)| name == "format");
        let ExportChoice { format } = read_query(choice)?;
        Ok(Self { filter: read_query(filter)?, format })
    }
}

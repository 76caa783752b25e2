//! What a request brings, read into commands: axum's extractors, refusing as problem details that name the field.

use std::error::Error as StdError;

use axum::{
    body::Bytes,
    extract::{
        FromRequest, FromRequestParts, Json, Multipart, Request,
        multipart::MultipartError,
        rejection::{FormRejection, JsonRejection, QueryRejection},
    },
};
use contracts::{
    error::ErrorCode,
    page::{ExportChoice, FileFormat},
    validate::field_label,
};
use http::request::Parts;
use http_body_util::LengthLimitError;
use serde::de::{self, DeserializeOwned};
use services::Error;

use super::Problem;

/// A command in JSON.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = Json::from_request(request, state).await;
        read.map(|Json(command)| Self(command)).map_err(|rejection| Problem::from(wrong_body(rejection)))
    }
}

fn wrong_body(rejection: JsonRejection) -> Error {
    match rejection {
        JsonRejection::BytesRejection(cause) => Error::new(ErrorCode::TooLarge).caused_by(cause),
        JsonRejection::MissingJsonContentType(_) => Error::invalid_field(
            "body",
            "Send the request body as JSON, with Content-Type: application/json.",
        ),
        rejection => wrong_field::<serde_json::Error>(&rejection, "body"),
    }
}

/// A form, where no server function reads it.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = axum::extract::Form::from_request(request, state).await;
        read.map(|axum::extract::Form(form)| Self(form))
            .map_err(|rejection| Problem::from(wrong_form(rejection)))
    }
}

fn wrong_form(rejection: FormRejection) -> Error {
    match rejection {
        FormRejection::BytesRejection(cause) => Error::new(ErrorCode::TooLarge).caused_by(cause),
        FormRejection::InvalidFormContentType(_) => {
            Error::invalid_field("body", "Send the request body as a form.")
        }
        rejection => wrong_field::<de::value::Error>(&rejection, "body"),
    }
}

/// The first file of a form; empty if the form has none.
pub(super) struct Upload(pub(super) Bytes);

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

/// A part of the path. One that cannot be read names nothing that is there.
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

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        read_query(axum::extract::Query::from_request_parts(parts, state).await).map(Self)
    }
}

fn read_query<T>(read: Result<axum::extract::Query<T>, QueryRejection>) -> Result<T, Problem> {
    read.map(|axum::extract::Query(query)| query)
        .map_err(|rejection| Problem::from(wrong_field::<de::value::Error>(&rejection, "query")))
}

/// The filters of a list, and the kind of file it is exported as.
pub(super) struct Export<T> {
    pub(super) filter: T,
    pub(super) format: FileFormat,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Export<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(ExportChoice { format }) = Query::from_request_parts(parts, state).await?;
        // the filter knows its own fields alone
        let query = parts.uri.query().unwrap_or_default();
        let query: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("format=")).collect();
        let uri = format!("/?{}", query.join("&"))
            .parse()
            .map_err(|cause| Problem::from(Error::internal(cause)))?;
        let filter = read_query(axum::extract::Query::try_from_uri(&uri))?;
        Ok(Self { filter, format })
    }
}

/// The field a reader of kind `E` stumbled over, or else the whole.
fn wrong_field<E: StdError + 'static>(rejection: &(dyn StdError + 'static), whole: &str) -> Error {
    let mut causes = std::iter::successors(Some(rejection), |&cause| cause.source());
    let Some(found) = causes.find_map(|cause| cause.downcast_ref::<serde_path_to_error::Error<E>>()) else {
        return Error::invalid_field(whole, format!("{} cannot be read: {rejection}.", field_label(whole)));
    };
    let (path, reason) = (found.path().to_string(), found.inner().to_string());
    // a field that is not there has no place: serde names it in its words alone
    let missing = reason.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let field = match (path.as_str(), missing) {
        ("." | "?", None) => whole.to_owned(),
        ("." | "?", Some(field)) => field.to_owned(),
        (path, None) => path.to_owned(),
        (path, Some(field)) => format!("{path}.{field}"),
    };
    Error::invalid_field(&field, format!("{} cannot be read: {reason}.", field_label(&field)))
}

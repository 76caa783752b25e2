//! Lists as files for spreadsheets.

use axum::response::{IntoResponse, Response};
use http::header;
use services::platform::ListFile;

/// A file to be saved, as an answer.
pub(super) struct Download(pub(super) ListFile);

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let Self(file) = self;
        // the name is ASCII without quotes: the plain form of RFC 6266 is enough
        let disposition = format!("attachment; filename=\"{}\"", file.file_name);
        let headers =
            [(header::CONTENT_TYPE, file.media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
        (headers, file.bytes).into_response()
    }
}

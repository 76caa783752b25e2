//! Lists as files for spreadsheets.

use axum::response::{IntoResponse, Response};
use http::header;
use services::platform::CsvFile;

/// A file to be saved, as an answer.
pub(super) struct Csv(pub(super) CsvFile);

impl IntoResponse for Csv {
    fn into_response(self) -> Response {
        let Self(file) = self;
        // the name is ASCII without quotes: the plain form of RFC 6266 is enough
        let disposition = format!("attachment; filename=\"{}\"", file.file_name);
        let headers = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ];
        (headers, file.text).into_response()
    }
}

//! The forms of the public check as a browser without scripts sends them. The page is shown in place: the code of a certificate stands
//! in no address, and so in no history of a shared tablet.

use app::features::certificates::PostedCheck;
use axum::{
    extract::{FromRequest, Request, State},
    response::{IntoResponse, Response},
};
use http::header;
use serde::Deserialize;
use services::{OpCtx, certificates};

use super::{AppState, Ctx, pages};
use crate::rest::{Form, Problem, Upload};

#[derive(Deserialize)]
struct CodeForm {
    code: String,
}

/// Shows the check of a code, or of the certificate in a file.
pub(super) async fn check(State(state): State<AppState>, Ctx(ctx): Ctx, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let page = pages::page_request("/check", &parts);
    match read_posted(&ctx, Request::from_parts(parts, body)).await {
        Ok(posted) => pages::check_page(&state, posted, page).await,
        Err(problem) => problem.into_response(),
    }
}

async fn read_posted(ctx: &OpCtx, request: Request) -> Result<PostedCheck, Problem> {
    let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if media_type.is_some_and(|text| text.starts_with("multipart/form-data")) {
        let Upload(file) = Upload::from_request(request, &()).await?;
        let text = certificates::certificate_file_text(ctx, file).await?;
        return Ok(PostedCheck { text, is_file: true });
    }
    let Form(CodeForm { code }) = Form::from_request(request, &()).await?;
    Ok(PostedCheck { text: Some(code), is_file: false })
}

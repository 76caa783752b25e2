//! Pages, server functions and the files beside them.

use std::{io, path::Path, sync::Arc};

use app::shell::shell;
use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, StatusCode, header};
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;
use tower::ServiceExt;
use tower_http::services::ServeDir;

use super::{
    AppState,
    headers::page_policy,
    kept::{FORGET, keeping_input, kept_input},
};

/// The built site.
pub struct Site {
    head: Arc<str>,
    styles: String,
    files: ServeDir,
}

impl Site {
    /// Takes the head of the built index page over into every page and serves the files beside it.
    ///
    /// # Errors
    /// When there is no index page: the site has not been built.
    pub fn open(dir: &Path) -> io::Result<Arc<Self>> {
        let index = std::fs::read_to_string(dir.join("index.html"))?;
        let head = index
            .split_once("<head>")
            .and_then(|(_, rest)| rest.split_once("</head>"))
            .map_or("", |(head, _)| head);
        Ok(Self::with_head(head, dir))
    }

    /// A site whose pages have this head; for tests of pages without a browser.
    pub fn with_head(head: &str, dir: &Path) -> Arc<Self> {
        let files = ServeDir::new(dir)
            .precompressed_br()
            .precompressed_gzip()
            .append_index_html_on_directories(false);
        let styles = head.lines().filter(|line| line.contains("rel=\"stylesheet\"")).collect();
        Arc::new(Self { head: head.into(), styles, files })
    }

    /// The links to the built style sheets, for a page outside the application.
    pub(crate) fn styles(&self) -> &str {
        &self.styles
    }
}

/// A file if there is one, else a page; the router of the application knows which pages exist.
pub(super) async fn page_or_file(State(state): State<AppState>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let names_a_file = request.uri().path().rsplit('/').next().is_some_and(|name| name.contains('.'));
    if names_a_file { file(&state, request).await } else { page(&state, request).await }
}

async fn file(state: &AppState, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let answer = match state.site.files.clone().oneshot(request).await {
        Ok(answer) if answer.status() != StatusCode::NOT_FOUND => answer.map(Body::new),
        Ok(_) => return StatusCode::NOT_FOUND.into_response(),
        Err(never) => match never {},
    };
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching_of(&path)));
    response
}

/// Names with a content hash never change; the rest is asked for again.
fn caching_of(path: &str) -> &'static str {
    let stem = path.rsplit('/').next().unwrap_or_default();
    let hashed = stem
        .split(['-', '.', '_'])
        .any(|part| part.len() >= 15 && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if hashed { "public, max-age=31536000, immutable" } else { "public, max-age=0, must-revalidate" }
}

/// Pages are rendered whole: they work without JavaScript, and need no inline script to put pieces in place.
async fn page(state: &AppState, request: Request) -> Response {
    let head = Arc::clone(&state.site.head);
    let kept = kept_input(&request);
    let render = leptos_axum::render_app_async_with_context(
        move || {
            if let Some(kept) = kept.clone() {
                provide_context(kept);
                app::ssr::append_header(header::SET_COOKIE, FORGET);
            }
            let policy = page_policy(&use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default());
            if let (Some(response), Ok(value)) =
                (use_context::<ResponseOptions>(), HeaderValue::from_str(&policy))
            {
                response.insert_header(header::CONTENT_SECURITY_POLICY, value);
            }
        },
        move || shell(&head),
    );
    render(request).await
}

/// A server function of our own pages.
pub(super) async fn server_function(request: Request) -> Response {
    keeping_input(request, async |request| leptos_axum::handle_server_fns(request).await.into_response())
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(caching_of("/frontend-3f2a9c1d0b7e4a55_bg.wasm").contains("immutable"));
        assert!(caching_of("/main-9a8b7c6d5e4f3a2b.css").contains("immutable"));
        assert!(!caching_of("/sw.js").contains("immutable"));
        assert!(!caching_of("/manifest.webmanifest").contains("immutable"));
    }
}

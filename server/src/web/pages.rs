//! Pages, server functions and the files beside them.

use std::{io, path::Path, sync::Arc};

use app::{
    features::certificates::PostedCheck,
    form_restore::RestoredInput,
    frame::IsDemo,
    shell::{offline_shell, shell},
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    response::{Html, IntoResponse, Response},
};
use contracts::error::ErrorCode;
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use leptos::nonce::{Nonce, use_nonce};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;
use percent_encoding::percent_decode_str;
use services::Error;
use tower::ServiceExt;
use tower_http::services::ServeDir;

use super::{
    AppState, MAX_BODY_BYTES,
    compress::{is_anonymous, mark_anonymous},
    csrf::is_ours,
    form_restore::{Arrival, FORGET, Outcome, PROBE, arrival, keeps_cookies, preserve_form_input},
    headers::{WORKER_POLICY, page_policy},
};
use crate::rest::Problem;

/// The address of the service worker; its folder is its scope.
const WORKER: &str = "/sw.js";

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
        let kept = |line: &&str| line.contains("rel=\"stylesheet\"") || line.contains("rel=\"icon\"");
        let styles = head.lines().filter(kept).collect();
        Arc::new(Self { head: head.into(), styles, files })
    }

    /// The links to the built style sheets and the icon, for a page outside the application.
    pub(crate) fn styles(&self) -> &str {
        &self.styles
    }

    /// The page without a server behind it. Its nonce lasts as long as the copy that is kept of it, in which nothing foreign stands.
    fn offline_shell(&self) -> Response {
        let nonce = Nonce::new().to_string();
        let headers = [
            (header::CONTENT_SECURITY_POLICY, page_policy(&nonce)),
            (header::CACHE_CONTROL, "no-cache".to_owned()),
        ];
        (headers, Html(offline_shell(&self.head, &nonce))).into_response()
    }

    async fn file(&self, request: Request) -> Response {
        let path = request.uri().path().to_owned();
        // the template the pages' head is taken from is no page, however its name is written
        let name = path.rsplit('/').next().unwrap_or_default();
        if percent_decode_str(name).decode_utf8_lossy().starts_with("index.html") {
            return Problem::from(Error::not_found()).into_response();
        }
        let answer = match self.files.clone().oneshot(request).await {
            Ok(answer) if answer.status() != StatusCode::NOT_FOUND => answer.map(Body::new),
            Ok(_) => return Problem::from(Error::not_found()).into_response(),
            Err(never) => match never {},
        };
        let mut response = answer.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching_of(&path)));
        // each file may lie there packed as well
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if path == WORKER {
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(WORKER_POLICY));
        }
        response
    }
}

/// What the service worker keeps for times without a network: the same for everybody.
pub(super) async fn offline(State(state): State<AppState>) -> Response {
    state.site.offline_shell()
}

/// A file if there is one, else a page; the router of the application knows which pages exist. There is neither below `/api`.
pub(super) async fn page_or_file(State(state): State<AppState>, request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return Problem::from(Error::not_found()).into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    if names_a_file(request.uri().path()) {
        state.site.file(request).await
    } else {
        page(&state, request).await
    }
}

/// Whether a file is asked for, which is the same for everybody; no page's address has a dot in its last part.
pub(super) fn names_a_file(path: &str) -> bool {
    let called = path.starts_with("/api/") || path.starts_with("/rpc/");
    !called && path.rsplit('/').next().is_some_and(|name| name.contains('.'))
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
    let is_anonymous = is_anonymous(&request);
    let kept = match arrival(&request) {
        Arrival::Plain => None,
        Arrival::Refused(kept) => Some(kept),
        Arrival::Forged(clean) => {
            return (StatusCode::SEE_OTHER, [(header::LOCATION, clean)]).into_response();
        }
    };
    let provide = move || kept.iter().cloned().for_each(provide_restored_input);
    let answer = render(Arc::clone(&state.site.head), provide, state.is_demo, request).await;
    if is_anonymous { mark_anonymous(answer) } else { answer }
}

/// The check page with the answer to what was posted to it.
pub(super) async fn check_page(state: &AppState, posted: PostedCheck, request: Request) -> Response {
    let provide = move || provide_context(posted.clone());
    render(Arc::clone(&state.site.head), provide, state.is_demo, request).await
}

/// A request for the page at `address`, from whoever sent a form.
pub(super) fn page_request(address: &str, form: &Parts) -> Request {
    let mut page = Request::new(Body::empty());
    *page.uri_mut() = address.parse().unwrap_or_default();
    *page.extensions_mut() = form.extensions.clone();
    for name in [header::HOST, header::COOKIE, header::USER_AGENT, header::ACCEPT, header::ACCEPT_LANGUAGE] {
        if let Some(value) = form.headers.get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}

fn provide_restored_input(kept: RestoredInput) {
    provide_context(kept);
    app::ssr::append_header(header::SET_COOKIE, FORGET);
}

/// Renders the page of the request. `provide` adds what this answer alone tells the page.
async fn render(
    head: Arc<str>,
    provide: impl Fn() + Clone + Send + Sync + 'static,
    is_demo: bool,
    request: Request,
) -> Response {
    let keeps_cookies = keeps_cookies(&request);
    let render = leptos_axum::render_app_async_with_context(
        move || {
            provide_context(IsDemo(is_demo));
            provide();
            if !keeps_cookies {
                app::ssr::append_header(header::SET_COOKIE, PROBE);
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

/// A server function of our own pages. A plain form is sent back where it came from, but never to another site.
pub(super) async fn server_function(State(state): State<AppState>, request: Request) -> Response {
    // read here, as a server function would call a body without a stated length that is too long a failure of ours
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return Problem::from(Error::new(ErrorCode::TooLarge)).into_response();
    };
    let mut request = Request::from_parts(parts, Body::from(body));
    let headers = request.headers();
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    if !referer.is_some_and(|referer| is_ours(referer, headers, &state.platform.settings.public_url)) {
        request.headers_mut().remove(header::REFERER);
    }
    let run = async |request| leptos_axum::handle_server_fns(request).await.into_response();
    match preserve_form_input(request, run).await {
        Outcome::Answer(answer) => answer,
        // without its scripts, which would look for a page at the address of the function
        Outcome::PageInPlace(page, kept) => {
            let provide = move || provide_restored_input(kept.clone());
            let mut page = render(state.site.styles().into(), provide, state.is_demo, *page).await;
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            page
        }
    }
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

    #[tokio::test]
    async fn the_service_worker_is_asked_for_again_and_may_fetch_from_here_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("sw.js"), "self.skipWaiting();").unwrap();
        let site = Site::with_head("", dir.path());
        let answer = site.file(http::Request::get(WORKER).body(Body::empty()).unwrap()).await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(header("content-type").starts_with("text/javascript"));
        assert!(header("cache-control").contains("max-age=0"));
        assert!(header("content-security-policy").starts_with("default-src 'none'; connect-src 'self';"));
    }

    #[tokio::test]
    async fn a_file_varies_with_its_packing_and_the_template_is_no_page() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("index.html"), "<head></head>").unwrap();
        std::fs::write(dir.path().join("robots.txt"), "User-agent: *").unwrap();
        let site = Site::open(dir.path()).unwrap();
        let get = async |path: &str| site.file(http::Request::get(path).body(Body::empty()).unwrap()).await;
        let file = get("/robots.txt").await;
        assert_eq!(file.status(), StatusCode::OK);
        assert_eq!(file.headers()["vary"], "accept-encoding");
        for missing in
            ["/index.html", "/%69ndex.html", "/%69%6e%64ex.html.br", "/index.html.br", "/nothing.txt"]
        {
            let answer = get(missing).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{missing}");
            assert_eq!(answer.headers()["content-type"], "application/problem+json", "{missing}");
        }
    }

    #[tokio::test]
    async fn the_offline_shell_may_run_under_its_own_policy() {
        let head = "<script type=\"module\" nonce=\"{{__TRUNK NONCE__}}\"></script>";
        let answer = Site::with_head(head, Path::new("/nonexistent")).offline_shell();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let body = to_bytes(answer.into_body(), 10_000).await.unwrap();
        let page = std::str::from_utf8(&body).unwrap();
        let (_, rest) = page.split_once("nonce=\"").unwrap();
        let (nonce, _) = rest.split_once('"').unwrap();
        assert!(policy.contains(&format!("'nonce-{nonce}'")), "{policy} does not let {page} run");
    }
}

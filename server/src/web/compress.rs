//! Compresses pages where it pays: brotli at a low level, or gzip. What decides is who asked: a page that holds anything of a
//! signed-in person is never compressed, as its length would tell who can make it reflect words of theirs what else stands in it
//! (BREACH). A page for nobody in particular holds no secret: its nonce is new with each answer. Files are packed when the site is built.

use axum::{extract::Request, response::Response};
use axum_extra::extract::CookieJar;
use http::{Extensions, HeaderMap, StatusCode, Version};
use tower_http::{CompressionLevel, compression::CompressionLayer};

use super::{
    SESSION_COOKIE,
    context::logged_path,
    form_restore::{Arrival, arrival},
};

/// Brotli's levels go to 11; from 5 on a page takes longer to pack than to make.
const LEVEL: i32 = 4;

/// Marks an answer that holds nothing of anybody.
#[derive(Clone, Copy)]
struct Anonymous;

/// Whether the page that answers holds nothing of the person who asks: no session, nothing typed that is given back, no secret
/// in the address.
pub(super) fn is_anonymous(request: &Request) -> bool {
    let path = request.uri().path();
    CookieJar::from_headers(request.headers()).get(SESSION_COOKIE).is_none()
        && logged_path(path) == path
        && matches!(arrival(request), Arrival::Plain)
}

/// Lets a page be compressed.
pub(super) fn mark_anonymous(mut answer: Response) -> Response {
    answer.extensions_mut().insert(Anonymous);
    answer
}

/// Picks the answers to compress.
type Choice = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// Compresses answers that were marked.
pub(super) fn anonymous_pages() -> CompressionLayer<Choice> {
    let is_marked: Choice = |_, _, _, extensions| extensions.get::<Anonymous>().is_some();
    CompressionLayer::new().quality(CompressionLevel::Precise(LEVEL)).compress_when(is_marked)
}

//! Attaches id and client to each request and hands its context to handlers.

use std::net::{IpAddr, SocketAddr};

use app::features::identity::session::DEVICE_COOKIE;
use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::CookieJar;
use contracts::error::ErrorCode;
use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};
use services::{
    Error, OpCtx,
    platform::{Client, RequestId, events::Alert, sha256},
};
use tracing::Span;
use uuid::Uuid;

use super::AppState;
use crate::rest::Problem;

/// The header that carries the request's name.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Attaches a request id of our own (never one of the client) and the client to the request; the response carries the id as well.
pub(super) async fn attach_request_context(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let request_id = RequestId(Uuid::now_v7());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let client = Client {
        address: client_address(peer, request.headers(), state.trusted_proxies),
        user_agent: request
            .headers()
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .map(|text| text.chars().take(200).collect()),
        device: CookieJar::from_headers(request.headers())
            .get(DEVICE_COOKIE)
            .map(|cookie| sha256(cookie.value())),
    };
    request.extensions_mut().insert(request_id);
    request.extensions_mut().insert(client);
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&request_id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The address `trusted` proxies vouch for: each appends one entry to `X-Forwarded-For`, so the client stands `trusted`
/// entries from the end. Without a trusted proxy the header changes nothing; who comes without it is counted as the peer.
fn client_address(peer: Option<IpAddr>, headers: &HeaderMap, trusted: usize) -> Option<IpAddr> {
    if trusted == 0 {
        return peer;
    }
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let vouched = forwarded
        .len()
        .checked_sub(trusted)
        .and_then(|position| forwarded.get(position))
        .and_then(|entry| entry.trim().parse().ok());
    vouched.or(peer)
}

/// Records a security event; who is refused is refused also when it cannot be kept.
pub(super) async fn report(ctx: &OpCtx, alert: Alert) {
    if let Err(error) = ctx.raise(alert).await {
        tracing::error!(code = %error.code, cause = ?error.source, "a security event could not be recorded");
    }
}

/// Paths that end in a secret are logged without it.
pub(super) fn logged_path(path: &str) -> &str {
    ["/invitations/", "/api/certificates/verify/"]
        .into_iter()
        .find(|start| path.starts_with(start))
        .unwrap_or(path)
}

/// The span all log lines of a request stand in. Paths hold ids but no personal data; queries may, and stay out.
pub(super) fn request_span(request: &Request) -> Span {
    let request_id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let path = logged_path(request.uri().path());
    tracing::info_span!("request", method = %request.method(), path, request_id)
}

/// The caller of a REST operation.
pub struct Ctx(pub OpCtx);

impl<S: Sync> FromRequestParts<S> for Ctx {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<OpCtx>()
            .cloned()
            .map(Self)
            .ok_or_else(|| Problem::from(Error::new(ErrorCode::Internal)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(forwarded: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(
            HeaderName::from_static("x-forwarded-for"),
            HeaderValue::from_static(forwarded),
        )])
    }

    #[test]
    fn an_untrusted_header_changes_nothing() {
        let peer = "192.0.2.1".parse().ok();
        assert_eq!(client_address(peer, &headers("198.51.100.7"), 0), peer);
        assert_eq!(
            client_address(peer, &headers("203.0.113.9, 198.51.100.7"), 1),
            "198.51.100.7".parse().ok()
        );
        assert_eq!(
            client_address(peer, &headers("203.0.113.9, 198.51.100.7"), 2),
            "203.0.113.9".parse().ok()
        );
        assert_eq!(client_address(peer, &HeaderMap::new(), 1), peer, "never nobody");
    }

    #[test]
    fn secrets_of_addresses_are_not_logged() {
        assert_eq!(logged_path("/invitations/s3cret"), "/invitations/");
        assert_eq!(logged_path("/api/certificates/verify/ABCD"), "/api/certificates/verify/");
        assert_eq!(logged_path("/services/7"), "/services/7");
    }
}

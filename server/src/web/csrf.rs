//! Refuses unsafe requests from other sites: `Sec-Fetch-Site` first, then `Origin` (OWASP CSRF cheat sheet). Server functions
//! have no such defence of their own. A request without a browser's headers and without a cookie carries nothing to abuse.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contracts::error::ErrorCode;
use http::{HeaderMap, Method, header};
use services::{Error, OpCtx, platform::events::Alert};

use super::{
    AppState, SESSION_COOKIE,
    context::{logged_path, report},
};
use crate::rest::Problem;

/// Whether `path` is a door for payment providers: their messages are signed one by one, and know no cookies.
pub(super) fn is_signed_door(path: &str) -> bool {
    path.starts_with("/api/payments/webhook/")
}

pub(super) async fn refuse_cross_site(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let public_url = &state.platform.settings.public_url;
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_signed_door(request.uri().path()) || same_origin(request.headers(), public_url) {
        return next.run(request).await;
    }
    if let Some(ctx) = request.extensions().get::<OpCtx>() {
        let path = logged_path(request.uri().path()).to_owned();
        report(ctx, Alert::CrossSiteRequestRefused { path }).await;
    }
    Problem::from(Error::new(ErrorCode::CrossSiteRequest)).into_response()
}

fn same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => is_ours(origin, headers, public_url),
        // a browser may send its cookies in several headers
        (None, None) => !headers
            .get_all(header::COOKIE)
            .iter()
            .any(|cookies| String::from_utf8_lossy(cookies.as_bytes()).contains(SESSION_COOKIE)),
    }
}

/// Whether an address is of this site: the public origin, or the host that was asked under the public scheme.
pub(super) fn is_ours(address: &str, headers: &HeaderMap, public_url: &str) -> bool {
    let Some((scheme, rest)) = address.split_once("://") else { return false };
    let Some((public_scheme, public_host)) = public_url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let asked = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    scheme == public_scheme && (authority == public_host || Some(authority) == asked)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn is_allowed(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        same_origin(&headers, "https://public.example")
    }

    #[test]
    fn only_our_own_pages_pass() {
        assert!(is_allowed(&[("sec-fetch-site", "same-origin"), ("cookie", "__Host-session=x")]));
        assert!(is_allowed(&[("origin", "https://hcts.example"), ("host", "hcts.example")]));
        assert!(is_allowed(&[("origin", "https://public.example"), ("host", "upstream")]), "behind a proxy");
        assert!(is_allowed(&[("host", "hcts.example")]), "a script without cookies");
        for bad in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://hcts.example.evil"), ("host", "hcts.example")],
            &[("origin", "null"), ("host", "hcts.example")],
            &[("origin", "http://hcts.example"), ("host", "hcts.example")],
            &[("origin", "https://hcts.example")],
            &[("host", "hcts.example"), ("cookie", "__Host-session=x")],
            &[("host", "hcts.example"), ("cookie", "theme=dark"), ("cookie", "__Host-session=x")],
        ] {
            assert!(!is_allowed(bad), "{bad:?}");
        }
    }
}

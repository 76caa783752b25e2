//! Refuses unsafe requests from other sites: `Sec-Fetch-Site` first, then `Origin` (OWASP CSRF cheat sheet). Server functions
//! have no such defence of their own. A request without a browser's headers and without a cookie carries nothing to abuse.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use contracts::error::ErrorCode;
use http::{HeaderMap, Method, header};
use services::{Error, OpCtx, platform::SecurityEvent};

use super::{SESSION_COOKIE, context::logged_path};
use crate::rest::Problem;

/// The payment provider's door: it is signed per message and knows no cookies.
const SIGNED_DOOR: &str = "/api/payments/webhook";

pub(super) async fn refuse_cross_site(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || request.uri().path() == SIGNED_DOOR || same_origin(request.headers()) {
        return next.run(request).await;
    }
    if let Some(ctx) = request.extensions().get::<OpCtx>() {
        let details = serde_json::json!({ "path": logged_path(request.uri().path()) });
        let event = SecurityEvent { kind: "malicious_csrf", severity: "high", user_id: None, details };
        if let Err(error) = ctx.security_event(event).await {
            tracing::error!(code = %error.code, cause = ?error.source, "security event lost");
        }
    }
    Problem::from(Error::new(ErrorCode::CrossSiteRequest)).into_response()
}

fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN), text(header::HOST))
    {
        (Some(site), _, _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, authority)| authority == host)
        }
        (None, Some(_), None) => false,
        (None, None, _) => !text(header::COOKIE).is_some_and(|cookies| cookies.contains(SESSION_COOKIE)),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn judged(pairs: &[(&'static str, &'static str)]) -> bool {
        same_origin(
            &pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect(),
        )
    }

    #[test]
    fn only_our_own_pages_pass() {
        assert!(judged(&[("sec-fetch-site", "same-origin"), ("cookie", "__Host-session=x")]));
        assert!(judged(&[("origin", "https://hcts.example"), ("host", "hcts.example")]));
        assert!(judged(&[("host", "hcts.example")]), "a script without cookies");
        for bad in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://hcts.example.evil"), ("host", "hcts.example")],
            &[("origin", "null"), ("host", "hcts.example")],
            &[("host", "hcts.example"), ("cookie", "__Host-session=x")],
        ] {
            assert!(!judged(bad), "{bad:?}");
        }
    }
}

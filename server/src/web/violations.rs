//! What browsers report of pages that would have broken their own policy (CSP 3): somebody's script in them, or a defect of ours.

use axum::body::Bytes;
use http::{StatusCode, Uri};
use serde::Deserialize;
use services::platform::events::Alert;

use super::{
    Ctx,
    context::{logged_path, report},
};

/// Maximum number of reports of one request that are read; a browser collects a few.
const MAX_REPORTS: usize = 10;
/// The directives of our own policy, which alone a browser can report; anything else is somebody's free text.
const DIRECTIVES: &[&str] = &[
    "base-uri",
    "connect-src",
    "default-src",
    "font-src",
    "form-action",
    "frame-ancestors",
    "img-src",
    "manifest-src",
    "media-src",
    "object-src",
    "script-src",
    "script-src-attr",
    "script-src-elem",
    "style-src",
    "style-src-attr",
    "style-src-elem",
    "worker-src",
];
/// Maximum size of a report, in bytes.
const MAX_REPORT_BYTES: usize = 64 * 1024;

/// Both kinds that browsers send: an object of its own (`report-uri`), or a list (Reporting API).
#[derive(Deserialize)]
#[serde(untagged)]
enum Reports {
    One {
        #[serde(rename = "csp-report")]
        report: Violation,
    },
    Many(Vec<Report>),
}

#[derive(Deserialize)]
struct Report {
    body: Violation,
}

#[derive(Deserialize)]
struct Violation {
    #[serde(alias = "document-uri", alias = "documentURL", default)]
    page: String,
    #[serde(alias = "effective-directive", alias = "effectiveDirective")]
    directive: String,
    #[serde(alias = "blocked-uri", alias = "blockedURL", default)]
    blocked: String,
}

/// Records what was reported. Anybody can send anything here: only names of directives, our own paths and foreign hosts are kept.
pub(super) async fn receive(Ctx(ctx): Ctx, body: Bytes) -> StatusCode {
    let Some(violations) = read(&body) else { return StatusCode::BAD_REQUEST };
    for violation in violations {
        report(&ctx, violation.alert()).await;
    }
    StatusCode::NO_CONTENT
}

fn read(body: &[u8]) -> Option<Vec<Violation>> {
    let reports = serde_json::from_slice(body.get(..MAX_REPORT_BYTES.min(body.len()))?).ok()?;
    let violations = match reports {
        Reports::One { report } => vec![report],
        Reports::Many(reports) => reports.into_iter().map(|report| report.body).take(MAX_REPORTS).collect(),
    };
    Some(violations)
}

impl Violation {
    /// Returns the security event, with what may be kept of the report.
    fn alert(&self) -> Alert {
        let page = self.page.parse::<Uri>().ok();
        let page = page.as_ref().map_or("", |page| logged_path(page.path()));
        let is_ours = DIRECTIVES.contains(&self.directive.as_str());
        let directive = if is_ours { &self.directive } else { "other" };
        Alert::ContentBlocked {
            path: cut(page),
            directive: directive.to_owned(),
            blocked: cut(&foreign_host(&self.blocked)),
        }
    }
}

/// The host of an address, or a word such as `inline`; what comes after a host may hold anything.
fn foreign_host(blocked: &str) -> String {
    match blocked.parse::<Uri>() {
        Ok(address) if address.scheme().is_some() => {
            address.host().map_or_else(String::new, ToOwned::to_owned)
        }
        _ => blocked.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect(),
    }
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(violation: &Violation) -> serde_json::Value {
        serde_json::to_value(violation.alert()).unwrap()
    }

    #[test]
    fn both_kinds_of_report_say_the_same() {
        let said = |body: &str| read(body.as_bytes()).unwrap().iter().map(details).collect::<Vec<_>>();
        let expected = serde_json::json!({ "path": "/invitations/", "directive": "script-src-elem", "blocked": "evil.example" });
        let old = r#"{"csp-report":{"document-uri":"https://hcts.example/invitations/s3cret?a=b","effective-directive":"script-src-elem",
            "blocked-uri":"https://evil.example/x.js?who=me","original-policy":"default-src"}}"#;
        let new = r#"[{"type":"csp-violation","age":1,"body":{"documentURL":"https://hcts.example/invitations/s3cret",
            "effectiveDirective":"script-src-elem","blockedURL":"https://evil.example/x.js","disposition":"enforce"}}]"#;
        assert_eq!((said(old), said(new)), (vec![expected.clone()], vec![expected]));
    }

    #[test]
    fn what_is_no_report_is_none_and_a_flood_is_cut() {
        for body in ["", "{}", "[1]", r#"{"csp-report":{}}"#] {
            assert!(read(body.as_bytes()).is_none(), "{body}");
        }
        let one = r#"{"body":{"effectiveDirective":"img-src","blockedURL":"inline; name=Ada"}}"#;
        let many = read(format!("[{}]", [one; 50].join(",")).as_bytes()).unwrap();
        assert_eq!(many.len(), MAX_REPORTS);
        assert_eq!(details(&many[0])["blocked"], "inline");
        let free = r#"{"csp-report":{"effective-directive":"my name is Ada"}}"#;
        assert_eq!(details(&read(free.as_bytes()).unwrap()[0])["directive"], "other");
        assert!(read(&vec![b' '; MAX_REPORT_BYTES + 1]).is_none());
    }
}

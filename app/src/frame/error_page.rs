//! When a page cannot be shown: what happened, what it means, what to do next.

use leptos::prelude::*;

use super::paths;
use crate::ui::{ButtonLook, CopyButton, Glyph, Icon, IconSize, LinkButton, PageHeader, page_has_heading};

/// Why the page cannot be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// 403: known, and not allowed.
    Forbidden,
    /// 404: no such page, or none the viewer may know of.
    NotFound,
    /// 409: the thing changed meanwhile.
    Conflict,
    /// 422: the address asks for what cannot be.
    Invalid,
    /// 429: too many requests.
    TooMany,
    /// 500: our fault.
    Server,
    /// No connection.
    Offline,
}

/// The words of one kind.
struct Words {
    icon: Icon,
    title: &'static str,
    text: &'static str,
    next: (&'static str, &'static str),
    otherwise: Option<(&'static str, &'static str)>,
}

impl ErrorKind {
    /// The status of the answer; `None` when there was no answer.
    pub const fn status(self) -> Option<u16> {
        match self {
            Self::Forbidden => Some(403),
            Self::NotFound => Some(404),
            Self::Conflict => Some(409),
            Self::Invalid => Some(422),
            Self::TooMany => Some(429),
            Self::Server => Some(500),
            Self::Offline => None,
        }
    }

    const fn words(self) -> Words {
        let start = Some(("Go to the start page", paths::HOME));
        let (icon, title, text, next, otherwise) = match self {
            Self::Forbidden => (
                Icon::Lock,
                "You do not have access",
                "Your role in this organisation does not include this page. Nothing was changed. An owner of your organisation can give you the role, or you can switch to another organisation in the bar above.",
                ("Go to your dashboard", paths::DASHBOARD),
                None,
            ),
            Self::NotFound => (
                Icon::Search,
                "There is no such page",
                "The address may be mistyped, or what was here belongs to another organisation or has been taken away. Nothing of yours is lost.",
                ("Look in the market", paths::MARKET),
                start,
            ),
            Self::Conflict => (
                Icon::Refresh,
                "This changed while you were looking",
                "Someone else, or you in another window, was faster. Your last step was not carried out and nothing was charged. Open the page again to see how things stand now.",
                ("Open it again", ""),
                start,
            ),
            Self::Invalid => (
                Icon::Search,
                "This address asks for something that does not exist",
                "A part of it, such as a filter or a number, is mistyped or out of date. Nothing of yours is lost.",
                ("Go to the start page", paths::HOME),
                None,
            ),
            Self::TooMany => (
                Icon::Clock,
                "Too many requests",
                "We slow down requests that come too fast, to keep accounts safe. Your last step was not carried out. Wait a minute, then try again.",
                ("Try again", ""),
                start,
            ),
            Self::Server => (
                Icon::Alert,
                "Something failed on our side",
                "The fault has been recorded. If you were paying or redeeming, look first whether it went through.",
                ("Try again", ""),
                start,
            ),
            Self::Offline => (
                Icon::Offline,
                "You are offline",
                "This page needs a connection: try again as soon as you have one. If you were paying or redeeming, look first whether it went through.",
                ("Try again", ""),
                None,
            ),
        };
        Words { icon, title, text, next, otherwise }
    }
}

/// The page in place of the page, or below the heading of the page whose data failed. Sets the status of the server's answer.
#[component]
pub fn ErrorPage(
    /// Why.
    kind: ErrorKind,
    /// A safe sentence that says more than the kind: "The price changed at 14:05."
    #[prop(optional, into)]
    detail: Option<String>,
    /// What support needs to find the fault.
    #[prop(optional, into)]
    request_id: Option<String>,
) -> impl IntoView {
    set_status(kind);
    let Words { icon, title, text, next: (words, href), otherwise } = kind.words();
    let otherwise = otherwise.map(|(words, href)| view! { <LinkButton href>{words}</LinkButton> });
    // below a heading this arrives later than the page: it is spoken, as nothing else would
    let below = page_has_heading();
    let heading = if below {
        view! { <leptos_meta::Title text=title/><h2>{title}</h2> }.into_any()
    } else {
        view! { <PageHeader title/> }.into_any()
    };
    let request = request_id.filter(|id| !id.is_empty()).map(|id| {
        view! {
            <p class="error-request">"Request " <span class="code">{id.clone()}</span> <CopyButton text=id label="Copy"/></p>
        }
    });
    let status = kind
        .status()
        .map(|status| view! { <p class="error-status">{["Error ", &status.to_string()].concat()}</p> });
    view! {
        <div class="error-page" role=below.then_some("alert") data-offline=(kind == ErrorKind::Offline).then_some("")>
            <Glyph icon size=IconSize::Large/>
            {status}
            {heading}
            {detail.filter(|detail| !detail.is_empty()).map(|detail| view! { <p class="error-detail">{detail}</p> })}
            <p>{text}</p>
            <p class="error-next cluster">
                <LinkButton href look=ButtonLook::Primary external=href.is_empty()>{words}</LinkButton>
                {otherwise}
            </p>
            {request}
        </div>
    }
}

#[cfg(feature = "ssr")]
fn set_status(kind: ErrorKind) {
    let status = kind.status().and_then(|status| http::StatusCode::from_u16(status).ok());
    if let (Some(status), Some(response)) = (status, use_context::<leptos_axum::ResponseOptions>()) {
        response.set_status(status);
    }
}

#[cfg(not(feature = "ssr"))]
const fn set_status(_kind: ErrorKind) {}

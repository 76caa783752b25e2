//! The page shown in place of one that fails: what happened, what it means, what to do next.

use contracts::{identity::Viewer, permission::Level};
use leptos::prelude::*;

use super::paths;
use crate::{
    ui::{ButtonLook, CopyButton, Glyph, Icon, IconSize, LinkButton, PageHeader, page_has_heading},
    viewer::use_viewer,
};

/// Reason why the page cannot be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// 403: signed in, but not allowed.
    Forbidden,
    /// 404: the page does not exist, or the viewer must not learn that it does.
    NotFound,
    /// 409: the object was changed meanwhile.
    Conflict,
    /// 422: the address has invalid values.
    Invalid,
    /// 429: too many requests.
    TooMany,
    /// 503: the server or a system it depends on is busy or does not answer.
    Unavailable,
    /// 500: an error in the server.
    Server,
    /// The browser is offline.
    Offline,
}

/// Texts of one kind.
struct Words {
    icon: Icon,
    title: &'static str,
    text: &'static str,
    next: (&'static str, &'static str),
    otherwise: Option<(&'static str, &'static str)>,
}

impl ErrorKind {
    /// Returns the HTTP status; `None` when there was no answer.
    pub const fn status(self) -> Option<u16> {
        match self {
            Self::Forbidden => Some(403),
            Self::NotFound => Some(404),
            Self::Conflict => Some(409),
            Self::Invalid => Some(422),
            Self::TooMany => Some(429),
            Self::Unavailable => Some(503),
            Self::Server => Some(500),
            Self::Offline => None,
        }
    }

    const fn words(self) -> Words {
        let start = Some(("Go to home page", paths::HOME));
        let (icon, title, text, next, otherwise) = match self {
            Self::Forbidden => {
                (Icon::Lock, "You don't have access", "", ("Go to your dashboard", paths::DASHBOARD), None)
            }
            Self::NotFound => (
                Icon::Search,
                "Page not found",
                "Check the link. The page may have moved, or belong to another organisation.",
                ("Browse the market", paths::MARKET),
                start,
            ),
            Self::Conflict => (
                Icon::Refresh,
                "This has changed in the meantime",
                "It was changed by someone else, or by you in another window. Your last action was not carried out and nothing was charged. Reload the page to see the current state.",
                ("Reload page", ""),
                start,
            ),
            Self::Invalid => (
                Icon::Search,
                "This link isn't valid",
                "A filter or number in the link is wrong or out of date. Your data is safe.",
                ("Go to home page", paths::HOME),
                None,
            ),
            Self::TooMany => (
                Icon::Clock,
                "Too many requests",
                "We limit how many requests can be made in a short time, to keep accounts safe. Your last action was not carried out. Wait a minute, then try again.",
                ("Try again", ""),
                start,
            ),
            Self::Unavailable => (
                Icon::Clock,
                "We can't answer right now",
                "If you were paying or redeeming, check whether it went through before trying again.",
                ("Try again", ""),
                start,
            ),
            Self::Server => (
                Icon::Alert,
                "Something went wrong on our side",
                "We have recorded the error. If you were paying or redeeming, check whether it went through before trying again.",
                ("Try again", ""),
                start,
            ),
            Self::Offline => (
                Icon::Offline,
                "You are offline",
                "This page needs an internet connection. Try again when you are back online. If you were paying or redeeming, check whether it went through before trying again.",
                ("Try again", ""),
                None,
            ),
        };
        Words { icon, title, text, next, otherwise }
    }
}

/// Error page; if the page already has a heading, an error section below it. Sets the status of the server's answer.
#[component]
pub fn ErrorPage(
    /// Kind of error.
    kind: ErrorKind,
    /// Sentence that is more specific than the kind, such as "The price changed at 14:05."
    #[prop(optional, into)]
    detail: Option<String>,
    /// ID of the request, for support.
    #[prop(optional, into)]
    request_id: Option<String>,
) -> impl IntoView {
    set_status(kind);
    let Words { icon, title, text, next: (words, href), otherwise } = kind.words();
    let text = if kind == ErrorKind::Forbidden {
        use_viewer().with_untracked(|viewer| who_can_help(viewer.as_ref()))
    } else {
        text
    };
    let otherwise = otherwise.map(|(words, href)| view! { <LinkButton href>{words}</LinkButton> });
    // below a heading the error arrives after the page, so it must be announced
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
    let status =
        kind.status().map(|status| view! { <p class="error-status">{format!("Error {status}")}</p> });
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

/// Returns a sentence about who can grant access to this person; an owner has nobody to ask in the organisation.
fn who_can_help(viewer: Option<&Viewer>) -> &'static str {
    let Some(viewer) = viewer else { return "Sign in with an account that has access." };
    match viewer.active.as_ref().map(|active| active.level) {
        None => "You don't belong to an organisation yet. Ask an owner of your organisation to invite you.",
        Some(Level::Owner) => {
            "It isn't available to your type of organisation. If you belong to another organisation, switch to it in the bar above."
        }
        Some(_) => {
            "If you need access, ask an owner of your organisation to change your role. If you belong to another organisation, switch to it in the bar above."
        }
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

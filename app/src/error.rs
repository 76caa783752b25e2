//! The one error the browser sees: a stable code and the fields it is about. Without JavaScript it travels in an address, so
//! it carries no text of its own and nothing personal.

use std::collections::BTreeMap;

use contracts::{
    error::{ErrorCode, ErrorKind},
    validate::FieldErrors,
};
use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_location, location::Url};
use serde::{Deserialize, Serialize};
use server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

use crate::frame::paths;

/// Why a server function refused or failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", code.message())]
pub struct UiError {
    /// The stable code; words come from it.
    pub code: ErrorCode,
    /// What is wrong with which field.
    #[serde(default)]
    pub fields: FieldErrors,
    /// Facts that may be shown.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
    /// What support needs to find the request.
    #[serde(default)]
    pub request_id: Option<String>,
}

impl UiError {
    /// An error with nothing but its code.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, fields: FieldErrors::new(), facts: BTreeMap::new(), request_id: None }
    }
}

impl FromServerFnError for UiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(cause: ServerFnErrorErr) -> Self {
        let code = match cause {
            ServerFnErrorErr::Request(_) => ErrorCode::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => ErrorCode::InvalidInput,
            _ => ErrorCode::Internal,
        };
        #[cfg(feature = "ssr")]
        crate::ssr::answer_with_status_of(code.kind());
        Self::new(code)
    }
}

impl From<UiError> for crate::ui::FormErrors {
    fn from(error: UiError) -> Self {
        let message = error.to_string();
        Self::from_fields(error.fields.0).with_message(message)
    }
}

/// A read that failed, in place of what it would have shown: a page of its own, with the status to go with it.
#[component]
pub fn ErrorView(
    /// What happened.
    error: UiError,
) -> impl IntoView {
    use crate::frame::{ErrorKind as PageKind, ErrorPage};

    if matches!(error.code, ErrorCode::NotSignedIn | ErrorCode::SessionExpired) {
        return view! { <SignInFirst/> }.into_any();
    }
    let kind = match error.code.kind() {
        _ if error.code == ErrorCode::Offline => PageKind::Offline,
        ErrorKind::Unauthenticated | ErrorKind::Forbidden => PageKind::Forbidden,
        ErrorKind::NotFound => PageKind::NotFound,
        ErrorKind::Conflict | ErrorKind::Invalid | ErrorKind::TooLarge => PageKind::Conflict,
        ErrorKind::TooMany => PageKind::TooMany,
        ErrorKind::Unavailable | ErrorKind::Internal => PageKind::Server,
    };
    let detail = error.code.message();
    view! { <ErrorPage kind detail request_id=error.request_id.unwrap_or_default()/> }.into_any()
}

/// Sends a visitor to the sign-in page, which leads back here.
#[component]
fn SignInFirst() -> impl IntoView {
    let location = use_location();
    let here = [location.pathname.get_untracked(), location.search.get_untracked()];
    let here = match here {
        [path, search] if search.is_empty() => path,
        [path, search] => [path, search].join("?"),
    };
    let path = [paths::SIGN_IN, "?next=", &Url::escape(&here)].concat();
    view! { <Redirect path/> }
}

/// The errors of an action's last answer, for the `FormScope` around its form; none while it has succeeded or not run.
pub fn errors_of<F>(action: ServerAction<F>) -> Signal<crate::ui::FormErrors>
where
    F: server_fn::ServerFn<Error = UiError> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let value = action.value();
    Signal::derive(move || {
        value.get().and_then(Result::err).map(crate::ui::FormErrors::from).unwrap_or_default()
    })
}

//! The one error the browser sees: a stable code and the fields it is about. Without JavaScript it travels in an address, so
//! it carries no text of its own and nothing personal.

use std::collections::BTreeMap;

use contracts::{
    error::{ErrorCode, ErrorKind},
    validate::FieldErrors,
};
use leptos::prelude::*;
use leptos_router::components::Redirect;
use serde::{Deserialize, Serialize};
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

use crate::{
    rpc::JsonText,
    viewer::{leave_for, sign_in_from_here},
};

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

    /// Whether it may have been carried out all the same: the answer was lost on its way, or none was made.
    pub const fn leaves_it_open(&self) -> bool {
        matches!(self.code.kind(), ErrorKind::Unavailable | ErrorKind::Internal)
    }

    /// Whether nobody is signed in, or not any more.
    pub const fn is_signed_out(&self) -> bool {
        matches!(self.code, ErrorCode::NotSignedIn | ErrorCode::SessionExpired)
    }
}

impl FromServerFnError for UiError {
    type Encoder = JsonText;

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
        let signed_out = error.is_signed_out();
        // the words ask for the number only when the fault is ours
        let request_id = error.request_id.filter(|_| error.code.kind() == ErrorKind::Internal);
        Self::from_fields(error.fields.0)
            .with_message(message)
            .with_request(request_id)
            .signed_out(signed_out)
    }
}

/// A read that failed, in place of what it would have shown: a page of its own, with the status to go with it.
#[component]
pub fn ErrorView(
    /// What happened.
    error: UiError,
) -> impl IntoView {
    use crate::frame::ErrorPage;

    if error.is_signed_out() {
        return view! { <SignInFirst/> }.into_any();
    }
    let kind = page_kind(error.code);
    // these pages say it all by themselves: there are no fields below, or no connection
    let says_it_all = kind == crate::frame::ErrorKind::Offline || error.code == ErrorCode::InvalidInput;
    let detail = if says_it_all { "" } else { error.code.message() };
    view! { <ErrorPage kind detail request_id=error.request_id.unwrap_or_default()/> }.into_any()
}

fn page_kind(code: ErrorCode) -> crate::frame::ErrorKind {
    use crate::frame::ErrorKind as PageKind;

    match code.kind() {
        _ if code == ErrorCode::Offline => PageKind::Offline,
        ErrorKind::Unauthenticated | ErrorKind::Forbidden => PageKind::Forbidden,
        ErrorKind::NotFound => PageKind::NotFound,
        ErrorKind::Malformed
        | ErrorKind::WrongMethod
        | ErrorKind::WrongMediaType
        | ErrorKind::Invalid
        | ErrorKind::TooLarge => PageKind::Invalid,
        ErrorKind::Conflict => PageKind::Conflict,
        ErrorKind::TooMany => PageKind::TooMany,
        ErrorKind::Unavailable => PageKind::Unavailable,
        ErrorKind::Internal => PageKind::Server,
    }
}

/// Sends a visitor to the sign-in page, which leads back here. In the browser the whole page goes: what stands around it still
/// shows who was signed in.
#[component]
fn SignInFirst() -> impl IntoView {
    let path = sign_in_from_here();
    let there = path.clone();
    // effects are the browser's alone
    Effect::new(move |_| leave_for(&there));
    view! {
        {cfg!(feature = "ssr").then(|| view! { <Redirect path/> })}
        <p role="status">"Going to the sign-in page…"</p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{frame, ui::FormErrors};

    fn failed(code: ErrorCode) -> FormErrors {
        UiError { request_id: Some("0199".to_owned()), ..UiError::new(code) }.into()
    }

    #[test]
    fn a_form_shows_the_number_of_the_request_where_the_words_ask_for_it() {
        for code in ErrorCode::ALL {
            let asks = code.message().contains("request number");
            assert_eq!(failed(*code).request_id().is_some(), asks, "{code}");
        }
    }

    #[test]
    fn a_form_leads_to_the_sign_in_page_when_the_session_is_over() {
        assert!(failed(ErrorCode::SessionExpired).is_signed_out());
        assert!(failed(ErrorCode::NotSignedIn).is_signed_out());
        assert!(!failed(ErrorCode::WrongCredentials).is_signed_out());
    }

    #[test]
    fn what_no_answer_came_for_may_have_been_done() {
        for code in [ErrorCode::Offline, ErrorCode::TookTooLong, ErrorCode::Internal] {
            assert!(UiError::new(code).leaves_it_open(), "{code}");
        }
        for code in [ErrorCode::InvalidInput, ErrorCode::SoldOut, ErrorCode::IdempotencyMismatch] {
            assert!(!UiError::new(code).leaves_it_open(), "{code}");
        }
    }

    #[test]
    fn a_wrong_address_is_nobody_elses_doing() {
        assert_eq!(page_kind(ErrorCode::InvalidInput), frame::ErrorKind::Invalid);
        assert_eq!(page_kind(ErrorCode::ChangedMeanwhile), frame::ErrorKind::Conflict);
        assert_eq!(page_kind(ErrorCode::Busy).status(), Some(503), "a busy service is no fault of the page");
    }
}

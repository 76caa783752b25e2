//! The error type of server functions: a code with the fields it is about. Without JavaScript it is part of an address, so it carries
//! neither text of its own nor personal data.

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
    frame::keep_typed,
    rpc::JsonText,
    viewer::{leave_for, sign_in_from_here},
};

/// Error of a server function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", code.message_with(facts))]
pub struct UiError {
    /// Stable code, which determines the message.
    pub code: ErrorCode,
    /// Invalid fields with their reasons.
    #[serde(default)]
    pub fields: FieldErrors,
    /// Facts that may be shown, by name.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
    /// ID of the request, for support.
    #[serde(default)]
    pub request_id: Option<String>,
}

impl UiError {
    /// Creates an error with a code only.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, fields: FieldErrors::new(), facts: BTreeMap::new(), request_id: None }
    }

    /// True when the request may have been carried out: the answer was lost, or none was made.
    pub const fn leaves_it_open(&self) -> bool {
        matches!(self.code.kind(), ErrorKind::Unavailable | ErrorKind::Internal)
    }

    /// True when nobody is signed in, or the session has ended.
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
        // people need the request's number only for an error of the server
        let request_id = error.request_id.filter(|_| error.code.kind() == ErrorKind::Internal);
        Self::from_fields(error.fields.0)
            .with_message(message)
            .with_request(request_id)
            .signed_out(signed_out)
    }
}

/// Page in place of data that could not be read. Sets the status of the server's answer.
#[component]
pub fn ErrorView(
    /// The error.
    error: UiError,
) -> impl IntoView {
    use crate::frame::ErrorPage;

    if error.is_signed_out() {
        return view! { <SignInFirst/> }.into_any();
    }
    let kind = page_kind(error.code);
    // for these the page's own text is complete: there are no fields below, or no connection
    let says_it_all = kind == crate::frame::ErrorKind::Offline || error.code == ErrorCode::InvalidInput;
    let detail = if says_it_all { String::new() } else { error.to_string() };
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

/// Sends a visitor to the sign-in page, which leads back here. In the browser it loads a new page, because the frame of the current
/// one still shows who was signed in.
#[component]
fn SignInFirst() -> impl IntoView {
    let path = sign_in_from_here();
    let there = path.clone();
    // effects run in the browser only
    Effect::new(move |_| {
        keep_typed();
        leave_for(&there);
    });
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

//! What the server said about a form.

use leptos::prelude::*;
use server_fn::ServerFn;

use crate::{error::UiError, ui::FormErrors};

/// The errors of the last try, for a `FormScope`; nothing before it and after a success.
pub fn errors_of<S>(action: ServerAction<S>) -> Signal<FormErrors>
where
    S: ServerFn<Error = UiError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Signal::derive(move || match action.value().get() {
        Some(Err(error)) => error.into(),
        Some(Ok(_)) | None => FormErrors::default(),
    })
}

/// Whether the last try went through.
pub fn succeeded<S>(action: ServerAction<S>) -> Signal<bool>
where
    S: ServerFn<Error = UiError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Signal::derive(move || matches!(action.value().get(), Some(Ok(_))))
}

//! Errors of a form, shared by its summary and its fields.

use std::collections::BTreeMap;

use leptos::prelude::*;

/// Errors of a form: one message for the whole form, and one per field by the field's `name`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormErrors {
    message: Option<String>,
    fields: BTreeMap<String, String>,
    request_id: Option<String>,
    signed_out: bool,
}

impl FormErrors {
    /// Creates the errors from pairs of field name and reason.
    pub fn from_fields<N: Into<String>, R: Into<String>>(fields: impl IntoIterator<Item = (N, R)>) -> Self {
        let fields = fields.into_iter().map(|(name, reason)| (name.into(), reason.into())).collect();
        Self { fields, ..Self::default() }
    }

    /// Adds a message for the form as a whole.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Adds the ID of the request, for support, after an error of the server.
    #[must_use]
    pub fn with_request(mut self, request_id: Option<String>) -> Self {
        self.request_id = request_id.filter(|id| !id.is_empty());
        self
    }

    /// Sets whether the form was refused because nobody is signed in.
    #[must_use]
    pub fn signed_out(mut self, signed_out: bool) -> Self {
        self.signed_out = signed_out;
        self
    }

    /// Returns the ID of the failed request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// True when the person has to sign in first.
    pub const fn is_signed_out(&self) -> bool {
        self.signed_out
    }

    /// Returns the message for the form as a whole.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns the reason for one field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// Iterates over fields and reasons, sorted by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, reason)| (name.as_str(), reason.as_str()))
    }

    /// True when there are no errors.
    pub fn is_empty(&self) -> bool {
        self.message.is_none() && self.fields.is_empty()
    }
}

/// Errors of the surrounding form, from the context.
#[derive(Clone, Copy)]
pub(super) struct CurrentErrors(pub(super) Signal<FormErrors>);

/// Provides errors to all fields and the `ErrorSummary` inside; each field finds its own by `name`.
#[component]
pub fn FormScope(
    /// Errors of the last answer; empty before the first.
    #[prop(into)]
    errors: Signal<FormErrors>,
    /// The form.
    children: Children,
) -> impl IntoView {
    view! { <leptos::context::Provider value=CurrentErrors(errors)>{children()}</leptos::context::Provider> }
}

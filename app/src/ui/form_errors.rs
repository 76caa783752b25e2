//! What the server said about a form, shared by its summary and its fields.

use std::collections::BTreeMap;

use leptos::prelude::*;

/// One message for the whole form and one per field, by the field's `name`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormErrors {
    message: Option<String>,
    fields: BTreeMap<String, String>,
    request_id: Option<String>,
    signed_out: bool,
}

impl FormErrors {
    /// From pairs of field name and reason.
    pub fn from_fields<N: Into<String>, R: Into<String>>(fields: impl IntoIterator<Item = (N, R)>) -> Self {
        let fields = fields.into_iter().map(|(name, reason)| (name.into(), reason.into())).collect();
        Self { fields, ..Self::default() }
    }

    /// Adds what is wrong with the form as a whole, or with the act itself.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Adds what support needs to find a request that failed on our side.
    #[must_use]
    pub fn with_request(mut self, request_id: Option<String>) -> Self {
        self.request_id = request_id.filter(|id| !id.is_empty());
        self
    }

    /// Says whether the form was refused because nobody is signed in any more.
    #[must_use]
    pub fn signed_out(mut self, signed_out: bool) -> Self {
        self.signed_out = signed_out;
        self
    }

    /// The number of the request that failed.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Whether to sign in is what comes next.
    pub const fn is_signed_out(&self) -> bool {
        self.signed_out
    }

    /// What is wrong with the form as a whole.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What is wrong with one field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// Fields and reasons, by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, reason)| (name.as_str(), reason.as_str()))
    }

    /// True when nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.message.is_none() && self.fields.is_empty()
    }
}

/// The errors of the form around a field, found through the context.
#[derive(Clone, Copy)]
pub(super) struct CurrentErrors(pub(super) Signal<FormErrors>);

/// Gives the errors to every field and `ErrorSummary` inside: they find their own by `name`.
#[component]
pub fn FormScope(
    /// What the server said last; empty before the first try.
    #[prop(into)]
    errors: Signal<FormErrors>,
    /// The form.
    children: Children,
) -> impl IntoView {
    view! { <leptos::context::Provider value=CurrentErrors(errors)>{children()}</leptos::context::Provider> }
}

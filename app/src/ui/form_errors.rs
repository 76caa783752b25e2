//! Errors of a form, shared by its summary and its fields. The fields register themselves, so that the summary lists the errors in the
//! order of the form.

use std::collections::BTreeMap;

use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::wasm_bindgen::JsCast;

use super::field_id;

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

/// Errors and fields of the surrounding form, from the context.
#[derive(Clone, Copy)]
pub(super) struct CurrentErrors {
    errors: Signal<FormErrors>,
    fields: StoredValue<Vec<FormField>>,
}

/// A field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FormField {
    name: String,
    /// ID of its control.
    id: String,
    emptied: Option<Emptied>,
}

/// A field that came back empty with a refused form.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Emptied {
    /// Errors of the refusal.
    with: FormErrors,
    /// Text that asks for the input again.
    reason: String,
}

/// An entry of the summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ListedError {
    /// ID of the control.
    pub(super) id: String,
    pub(super) reason: String,
}

impl CurrentErrors {
    fn new(errors: Signal<FormErrors>) -> Self {
        Self { errors, fields: StoredValue::new(Vec::new()) }
    }

    /// Returns the errors.
    pub(super) const fn errors(self) -> Signal<FormErrors> {
        self.errors
    }

    /// Adds a field behind those that are registered. One that is drawn again, with the same ID, replaces its earlier self.
    pub(super) fn register(self, name: &str, id: &str) {
        // a form that is being replaced has no list any more
        let _registered = self.fields.try_update_value(|fields| {
            fields.retain(|field| field.id != id);
            fields.push(FormField { name: name.to_owned(), id: id.to_owned(), emptied: None });
        });
    }

    /// Asks for the input of a field again as long as the present errors stand: the form came back without it. Does nothing before a
    /// refusal.
    pub(super) fn ask_again(self, name: &str, reason: String) {
        let Some(with) = self.errors.try_get_untracked().filter(|errors| !errors.is_empty()) else { return };
        let _asked = self.fields.try_update_value(|fields| {
            if let Some(field) = fields.iter_mut().find(|field| field.name == name) {
                field.emptied = Some(Emptied { with, reason });
            }
        });
    }

    /// Returns the error of a field; `None` when it is valid.
    pub(super) fn reason_of(self, name: &str) -> Option<String> {
        self.errors
            .try_with(|errors| {
                let emptied = || {
                    self.fields
                        .try_with_value(|fields| {
                            fields
                                .iter()
                                .find(|field| field.name == name)
                                .and_then(|field| field.asks(errors))
                        })
                        .flatten()
                };
                errors.get(name).map(str::to_owned).or_else(emptied)
            })
            .flatten()
    }

    /// Returns the errors of all fields in the order of the form; those of unknown fields last.
    pub(super) fn list(self, errors: &FormErrors) -> Vec<ListedError> {
        let fields = self.fields.try_get_value().unwrap_or_default();
        let mut listed: Vec<ListedError> = fields
            .iter()
            .filter_map(|field| {
                let reason = errors.get(&field.name).map(str::to_owned).or_else(|| field.asks(errors))?;
                Some(ListedError { id: field.id.clone(), reason })
            })
            .collect();
        sort_by_place(&mut listed);
        let unknown = errors.fields().filter(|(name, _)| fields.iter().all(|field| field.name != *name));
        listed.extend(
            unknown.map(|(name, reason)| ListedError { id: field_id(name), reason: reason.to_owned() }),
        );
        listed
    }
}

impl FormField {
    /// Returns the text that asks for the input again if the field was emptied by these errors.
    fn asks(&self, errors: &FormErrors) -> Option<String> {
        self.emptied.as_ref().filter(|emptied| emptied.with == *errors).map(|emptied| emptied.reason.clone())
    }
}

/// Sorts by the place of the controls in the document: a field that was drawn again is registered last, but has kept its place.
#[cfg(feature = "hydrate")]
fn sort_by_place(listed: &mut [ListedError]) {
    let Ok(controls) = document().query_selector_all("input[id], select[id], textarea[id]") else { return };
    let ids: Vec<String> = (0..controls.length())
        .filter_map(|place| controls.get(place)?.dyn_into::<web_sys::Element>().ok())
        .map(|control| control.id())
        .collect();
    listed.sort_by_key(|error| ids.iter().position(|id| *id == error.id).unwrap_or(usize::MAX));
}

/// Does nothing on the server, which draws each field once, in order.
#[cfg(not(feature = "hydrate"))]
const fn sort_by_place(_listed: &mut [ListedError]) {}

/// Provides errors to all fields and the `ErrorSummary` inside; each field finds its own by `name`.
#[component]
pub fn FormScope(
    /// Errors of the last answer; empty before the first.
    #[prop(into)]
    errors: Signal<FormErrors>,
    /// The form.
    children: Children,
) -> impl IntoView {
    let current = CurrentErrors::new(errors);
    view! { <leptos::context::Provider value=current>{children()}</leptos::context::Provider> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::{ErrorSummary, NumberInput, PasswordInput, TextInput};

    fn draw(errors: FormErrors) -> String {
        Owner::new().with(|| {
            view! {
                <FormScope errors=Signal::stored(errors)>
                    <ErrorSummary/>
                    <form>
                        <TextInput name="title" label="Title"/>
                        <div><NumberInput name="capacity" id="other" label="Units"/></div>
                        <PasswordInput name="password" label="Password"/>
                        <TextInput name="city" label="City"/>
                    </form>
                </FormScope>
            }
            .to_html()
        })
    }

    /// Returns the IDs that the summary links to.
    fn linked_ids(html: &str) -> Vec<&str> {
        let list = html
            .split_once("<ul>")
            .and_then(|(_, rest)| rest.split_once("</ul>"))
            .map_or("", |(list, _)| list);
        list.split("<a href=\"#")
            .skip(1)
            .filter_map(|entry| entry.split_once('"'))
            .map(|(id, _)| id)
            .collect()
    }

    #[test]
    fn a_summary_has_the_order_of_the_form_and_leads_to_its_controls() {
        let reasons = [("city", "C."), ("elsewhere", "E."), ("capacity", "U."), ("title", "T.")];
        let html = draw(FormErrors::from_fields(reasons));
        assert_eq!(linked_ids(&html), ["f-title", "other", "f-password", "f-city", "f-elsewhere"]);
    }

    #[test]
    fn a_password_is_asked_for_again_after_a_refusal_at_the_field_and_in_the_summary() {
        let ask = "Password: enter it again.";
        for errors in [FormErrors::from_fields([("city", "C.")]), FormErrors::default().with_message("No.")] {
            let html = draw(errors);
            assert_eq!(html.matches(ask).count(), 2, "{html}");
            assert!(html.contains("aria-describedby=\"f-password-error\""), "{html}");
        }
        let html = draw(FormErrors::from_fields([("password", "Password must be at least 15 characters.")]));
        assert!(!html.contains(ask), "{html}");
        assert!(!draw(FormErrors::default()).contains(ask), "before a refusal");
    }
}

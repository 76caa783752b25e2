//! Form actions: forms that send their fields to a server function, with or without JavaScript. The fields are sent as text, as they
//! were typed. Begin with [`FormAction`] and [`CommandForm`].

#[cfg(feature = "hydrate")]
use contracts::error::ErrorCode;
use contracts::query_text::query_pairs;
use leptos::{
    prelude::*,
    server::ServerActionError,
    task::spawn_local,
    wasm_bindgen::JsCast,
    web_sys::{Event, FormData, HtmlFormElement, SubmitEvent, UrlSearchParams},
};
use server_fn::{ServerFn, error::ServerFnUrlError};
use uuid::Uuid;

use crate::{
    error::UiError,
    rpc::{post, read},
    ui::FormErrors,
    viewer::MadeForField,
};

/// A server function that forms of a page call, with the answer to its last call. Unlike Leptos' own `ServerAction` it has no argument
/// types.
#[derive(Clone, Copy)]
pub struct FormAction {
    path: &'static str,
    /// Fields of the form that is being sent; `None` when none is.
    sent: RwSignal<Option<String>>,
    answer: RwSignal<Option<Result<String, UiError>>>,
    version: RwSignal<usize>,
}

impl FormAction {
    /// Creates the action that calls `S`.
    pub fn of<S: ServerFn<Error = UiError>>() -> Self {
        Self::at(S::PATH)
    }

    /// Creates the action. If the page's address carries the error of a plain form for this path, the action begins with it.
    fn at(path: &'static str) -> Self {
        let refusal = use_context::<ServerActionError>()
            .filter(|refused| refused.path() == path)
            .map(|refused| Err(ServerFnUrlError::decode_err(refused.err())));
        let action = Self {
            path,
            sent: RwSignal::new(None),
            answer: RwSignal::new(refusal),
            version: RwSignal::new(0),
        };
        action.listen_for_network();
        action
    }

    /// Clears an "offline" error as soon as the browser is online again, so that the page fetches its data again.
    #[cfg(feature = "hydrate")]
    fn listen_for_network(self) {
        let listener = window_event_listener_untyped("online", move |_| {
            let is_offline = |error: &UiError| error.code == ErrorCode::Offline;
            if self.answer.with_untracked(|answer| matches!(answer, Some(Err(error)) if is_offline(error))) {
                self.answer.set(None);
                self.version.update(|version| *version = version.wrapping_add(1));
            }
        });
        on_cleanup(move || listener.remove());
    }

    /// Does nothing on the server.
    #[cfg(not(feature = "hydrate"))]
    #[expect(clippy::unused_self, reason = "the browser's half has the same method")]
    const fn listen_for_network(self) {}

    /// Returns the path of the server function.
    pub(crate) const fn path(self) -> &'static str {
        self.path
    }

    /// Returns a counter that grows with each answer, and when an answer is cleared because the browser is online again.
    pub fn version(self) -> ReadSignal<usize> {
        self.version.read_only()
    }

    /// Returns a signal that is true while a call is in progress.
    pub fn pending(self) -> Signal<bool> {
        Signal::derive(move || self.sent.with(Option::is_some))
    }

    /// Returns a signal that is true while a call with this value of this field is in progress, to find the row of a table that was sent.
    pub fn pending_with(self, field: &'static str, value: impl ToString) -> Signal<bool> {
        let value = value.to_string();
        Signal::derive(move || self.sent_in(field).as_ref() == Some(&value))
    }

    /// Returns the value of a field in the call in progress.
    pub fn sent_in(self, field: &str) -> Option<String> {
        let pairs = self.sent.with(|sent| sent.as_deref().map(query_pairs))?;
        pairs.into_iter().find(|(name, _)| name == field).map(|(_, value)| value)
    }

    /// Returns the error of the last call; `None` when there was none or it succeeded.
    pub fn refusal(self) -> Option<UiError> {
        self.answer.with(|answer| answer.as_ref()?.as_ref().err().cloned())
    }

    /// Returns the outcome of the last call, without tracking it.
    pub(crate) fn outcome(self) -> Option<Result<(), UiError>> {
        self.answer.with_untracked(|answer| {
            answer.as_ref().map(|answer| answer.as_ref().map(drop).map_err(Clone::clone))
        })
    }

    /// Returns the errors of the last call for the `FormScope` around its form.
    pub fn errors(self) -> Signal<FormErrors> {
        Signal::derive(move || self.refusal().map(FormErrors::from).unwrap_or_default())
    }

    /// Returns a signal that is true when the last call succeeded.
    pub fn has_succeeded(self) -> Signal<bool> {
        Signal::derive(move || self.answer.with(|answer| matches!(answer, Some(Ok(_)))))
    }

    /// Returns the output of the last call of `S`; `None` when it failed or the action calls another function.
    pub fn answer_of<S: ServerFn<Error = UiError>>(self) -> Option<S::Output>
    where
        S::Output: serde::de::DeserializeOwned,
    {
        self.answer.with(|answer| match answer {
            Some(Ok(text)) if self.path == S::PATH => read(text).ok(),
            _ => None,
        })
    }

    /// Clears the last answer.
    pub fn clear(self) {
        self.answer.set(None);
    }

    /// Calls the server function with these fields, URL-encoded.
    pub fn send(self, fields: String) {
        self.sent.set(Some(fields.clone()));
        spawn_local(async move {
            let answer = post(self.path, fields.clone()).await;
            #[cfg(feature = "hydrate")]
            if let Err(error) = &answer {
                crate::frame::signed_out(error);
            }
            // a page that has been left ignores the answer
            let arrived = self.sent.try_update(|sent| sent.take_if(|sent| *sent == fields));
            if arrived.is_some() {
                self.answer.set(Some(answer));
                self.version.update(|version| *version = version.wrapping_add(1));
            }
        });
    }

    fn submit(self, event: &SubmitEvent) {
        if event.default_prevented() {
            return;
        }
        // fields that cannot be read are sent by the browser itself
        if let Some(fields) = fields_of(event) {
            event.prevent_default();
            self.send(fields);
        }
    }
}

/// Returns an idempotency key that makes repeated clicks one request. The server creates it with the page, and the browser keeps it.
pub fn request_key() -> RwSignal<String> {
    RwSignal::new(SharedValue::new(new_key).into_inner())
}

/// Returns a new idempotency key.
pub fn new_key() -> String {
    Uuid::new_v4().to_string()
}

/// Returns the fields of the submitted form, URL-encoded, with those of the button that sent it.
pub(crate) fn fields_of(event: &SubmitEvent) -> Option<String> {
    let form = event.target()?.dyn_into::<HtmlFormElement>().ok()?;
    let data = FormData::new_with_form(&form).ok()?;
    if let Some(button) = event.submitter()
        && let Some(name) = button.get_attribute("name")
    {
        data.append_with_str(&name, &button.get_attribute("value").unwrap_or_default()).ok()?;
    }
    url_encode(&data)
}

/// Returns the fields of the form that an event listener stands on, URL-encoded.
pub(crate) fn fields_around(event: &Event) -> Option<String> {
    fields_in(event.current_target()?.dyn_ref::<HtmlFormElement>()?)
}

/// Returns the fields of a form, URL-encoded.
pub(crate) fn fields_in(form: &HtmlFormElement) -> Option<String> {
    url_encode(&FormData::new_with_form(form).ok()?)
}

fn url_encode(data: &FormData) -> Option<String> {
    UrlSearchParams::new_with_str_sequence_sequence(data).ok()?.to_string().as_string()
}

/// A form that performs an action: sent by a script after hydration, by the browser before. Only the server validates the fields,
/// because the browser's own messages would appear first, in other words and in another place.
#[component]
pub fn CommandForm(
    /// Action of the form.
    action: FormAction,
    /// ID, for fields and buttons that stand outside of the form.
    #[prop(optional)]
    id: Option<&'static str>,
    /// CSS class.
    #[prop(optional)]
    class: Option<&'static str>,
    /// Accessible name of a form without a heading.
    #[prop(optional)]
    label: Option<&'static str>,
    /// Fields and buttons.
    children: Children,
) -> impl IntoView {
    view! {
        <form id=id action=action.path() method="post" class=class aria-label=label novalidate=true on:submit=move |event| action.submit(&event)>
            <MadeForField/>
            {children()}
        </form>
    }
    .into_any()
}

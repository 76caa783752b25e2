//! What a form does: a server function, and what is known of the last time it was sent. A form works without JavaScript; with it
//! the page stays. No types here either: what was typed goes to the server as the form has it.

use contracts::catalog::query_pairs;
#[cfg(feature = "hydrate")]
use contracts::error::ErrorCode;
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

/// A server function that forms of a page send.
#[derive(Clone, Copy)]
pub struct Act {
    path: &'static str,
    /// The fields of the form that is on its way.
    sent: RwSignal<Option<String>>,
    answer: RwSignal<Option<Result<String, UiError>>>,
    version: RwSignal<usize>,
}

impl Act {
    /// The act that calls `S`.
    pub fn of<S: ServerFn<Error = UiError>>() -> Self {
        Self::at(S::PATH)
    }

    /// Begins with what a plain form was refused for: the address of the page says it.
    fn at(path: &'static str) -> Self {
        let refusal = use_context::<ServerActionError>()
            .filter(|refused| refused.path() == path)
            .map(|refused| Err(ServerFnUrlError::decode_err(refused.err())));
        let act = Self {
            path,
            sent: RwSignal::new(None),
            answer: RwSignal::new(refusal),
            version: RwSignal::new(0),
        };
        act.listen_for_network();
        act
    }

    /// Forgets an answer of "no connection" as soon as there is one again: it asks for what has happened.
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

    /// The server is where the network is.
    #[cfg(not(feature = "hydrate"))]
    #[expect(clippy::unused_self, reason = "the browser's half has the same method")]
    const fn listen_for_network(self) {}

    /// Where it is sent.
    pub(crate) const fn path(self) -> &'static str {
        self.path
    }

    /// Changes with each answer, and when one is forgotten because the network is back.
    pub fn version(self) -> ReadSignal<usize> {
        self.version.read_only()
    }

    /// Whether it is on its way.
    pub fn pending(self) -> Signal<bool> {
        Signal::derive(move || self.sent.with(Option::is_some))
    }

    /// Whether it is on its way with this value in this field: which row of a table was sent.
    pub fn pending_with(self, field: &'static str, value: impl ToString) -> Signal<bool> {
        let value = value.to_string();
        Signal::derive(move || self.sent_in(field).as_ref() == Some(&value))
    }

    /// What a field of the form on its way holds.
    pub fn sent_in(self, field: &str) -> Option<String> {
        let pairs = self.sent.with(|sent| sent.as_deref().map(query_pairs))?;
        pairs.into_iter().find(|(name, _)| name == field).map(|(_, value)| value)
    }

    /// Why the last one was refused; none while none was, or it succeeded.
    pub fn refusal(self) -> Option<UiError> {
        self.answer.with(|answer| answer.as_ref()?.as_ref().err().cloned())
    }

    /// How the last one went; not followed.
    pub(crate) fn outcome(self) -> Option<Result<(), UiError>> {
        self.answer.with_untracked(|answer| {
            answer.as_ref().map(|answer| answer.as_ref().map(drop).map_err(Clone::clone))
        })
    }

    /// The same for the `FormScope` around its form.
    pub fn errors(self) -> Signal<FormErrors> {
        Signal::derive(move || self.refusal().map(FormErrors::from).unwrap_or_default())
    }

    /// Whether the last one went through.
    pub fn succeeded(self) -> Signal<bool> {
        Signal::derive(move || self.answer.with(|answer| matches!(answer, Some(Ok(_)))))
    }

    /// What came back from `S`, when this act calls it.
    pub fn answer_of<S: ServerFn<Error = UiError>>(self) -> Option<S::Output>
    where
        S::Output: serde::de::DeserializeOwned,
    {
        self.answer.with(|answer| match answer {
            Some(Ok(text)) if self.path == S::PATH => read(text).ok(),
            _ => None,
        })
    }

    /// Forgets the last answer.
    pub fn clear(self) {
        self.answer.set(None);
    }

    /// Sends these fields, written as a form writes them.
    pub fn send(self, fields: String) {
        self.sent.set(Some(fields.clone()));
        spawn_local(async move {
            let answer = post(self.path, fields.clone()).await;
            // a page that has been left hears nothing
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
        // what cannot be read the browser sends by itself
        if let Some(fields) = fields_of(event) {
            event.prevent_default();
            self.send(fields);
        }
    }
}

/// A key that makes a repeated click one request. Made with the page: the browser goes on with the server's.
pub fn request_key() -> RwSignal<String> {
    RwSignal::new(SharedValue::new(new_key).into_inner())
}

/// A key that nothing was sent with.
pub fn new_key() -> String {
    Uuid::new_v4().to_string()
}

/// What the form holds, with the button that sent it.
fn fields_of(event: &SubmitEvent) -> Option<String> {
    let form = event.target()?.dyn_into::<HtmlFormElement>().ok()?;
    let data = FormData::new_with_form(&form).ok()?;
    if let Some(button) = event.submitter()
        && let Some(name) = button.get_attribute("name")
    {
        data.append_with_str(&name, &button.get_attribute("value").unwrap_or_default()).ok()?;
    }
    written(&data)
}

/// What the form around the place of an event holds now.
pub(crate) fn fields_around(event: &Event) -> Option<String> {
    fields_in(event.current_target()?.dyn_ref::<HtmlFormElement>()?)
}

/// What a form holds now.
pub(crate) fn fields_in(form: &HtmlFormElement) -> Option<String> {
    written(&FormData::new_with_form(form).ok()?)
}

fn written(data: &FormData) -> Option<String> {
    UrlSearchParams::new_with_str_sequence_sequence(data).ok()?.to_string().as_string()
}

/// A form that carries out an act: sent by the page once it is alive, by the browser before. The server alone says what is wrong with
/// its fields: the browser's own messages would come first, in other words and another place.
#[component]
pub fn ActForm(
    /// What it does.
    act: Act,
    /// Its looks.
    #[prop(optional)]
    class: Option<&'static str>,
    /// Its name, where no heading says what it is for.
    #[prop(optional)]
    label: Option<&'static str>,
    /// Fields and buttons.
    children: Children,
) -> impl IntoView {
    view! {
        <form action=act.path() method="post" class=class aria-label=label novalidate=true on:submit=move |event| act.submit(&event)>
            <MadeForField/>
            {children()}
        </form>
    }
    .into_any()
}

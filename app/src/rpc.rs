//! The protocol of server functions: sends the fields of a form and reads JSON. The code that sends is not generic, so that browsers
//! download it once for all functions.

use std::pin::Pin;

use serde::{Serialize, de::DeserializeOwned, de::Error as _};
use server_fn::{
    Bytes, ContentType, Decodes, Encodes, Format, FormatType, Http, Protocol,
    client::Client,
    codec::{Post, PostUrl},
    error::{FromServerFnError, ServerFnErrorErr},
    server::Server,
};

#[cfg(feature = "hydrate")]
use gloo_net::http::Method;
#[cfg(not(feature = "hydrate"))]
use http::Method;

use crate::error::UiError;

/// JSON as text.
pub struct JsonText;

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(output).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        serde_json::from_str(std::str::from_utf8(&bytes).map_err(serde_json::Error::custom)?)
    }
}

/// The server's side of a call: form in, JSON out.
type Form = Http<PostUrl, Post<JsonText>>;

/// Protocol of all server functions.
pub struct Rpc;

impl<Input, Output, C, S> Protocol<Input, Output, C, S, UiError> for Rpc
where
    Input: Serialize + Send,
    Output: DeserializeOwned + Send,
    C: Client<UiError>,
    S: Server<UiError>,
    Form: Protocol<Input, Output, C, S, UiError>,
{
    const METHOD: Method = Method::POST;

    fn run_server<F, Fut>(
        request: S::Request,
        server_fn: F,
    ) -> impl Future<Output = Result<S::Response, UiError>> + Send
    where
        F: Fn(Input) -> Fut + Send,
        Fut: Future<Output = Result<Output, UiError>> + Send,
    {
        Form::run_server(request, server_fn)
    }

    async fn run_client(path: &str, input: Input) -> Result<Output, UiError> {
        let body = serde_qs::to_string(&input)
            .map_err(|error| transport_error(ServerFnErrorErr::Serialization(error.to_string())))?;
        read(&post(path, body).await?)
    }
}

/// Parses an answer of [`post`].
pub(crate) fn read<T: DeserializeOwned>(answer: &str) -> Result<T, UiError> {
    serde_json::from_str(answer)
        .map_err(|error| transport_error(ServerFnErrorErr::Deserialization(error.to_string())))
}

fn transport_error(why: ServerFnErrorErr) -> UiError {
    UiError::from_server_fn_error(why)
}

/// A pending answer.
type Answer = Pin<Box<dyn Future<Output = Result<String, UiError>> + Send>>;

/// Sends the fields of a form, URL-encoded, to the server function at `path`. Dropping the future aborts the request.
#[cfg(feature = "hydrate")]
pub(crate) fn post(path: &str, fields: String) -> Answer {
    use send_wrapper::SendWrapper;

    let path = path.to_owned();
    Box::pin(SendWrapper::new(async move { browser::post(&path, fields).await }))
}

/// Fails on the server, whose pages call the functions directly.
#[cfg(not(feature = "hydrate"))]
pub(crate) fn post(path: &str, _fields: String) -> Answer {
    let path = path.to_owned();
    Box::pin(async move { Err(transport_error(ServerFnErrorErr::Request(path))) })
}

#[cfg(feature = "hydrate")]
mod browser {
    use gloo_net::http::{Request, Response};
    use leptos::web_sys::AbortController;
    use server_fn::redirect::{REDIRECT_HEADER, call_redirect_hook};

    use contracts::identity::MadeFor;

    use super::{UiError, read, transport_error};
    use crate::{
        frame::{heard, stale},
        viewer::made_for,
    };

    /// Aborts a request when it is dropped.
    struct EndWithMe(Option<AbortController>);

    impl Drop for EndWithMe {
        fn drop(&mut self) {
            if let Some(request) = &self.0 {
                request.abort();
            }
        }
    }

    pub(super) async fn post(path: &str, fields: String) -> Result<String, UiError> {
        let request = EndWithMe(AbortController::new().ok());
        let signal = request.0.as_ref().map(AbortController::signal);
        let response = Request::post(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Accept", "application/json")
            .header(MadeFor::HEADER, &made_for())
            .abort_signal(signal.as_ref())
            .body(fields)
            .map_err(not_sent)?
            .send()
            .await
            .map_err(not_sent)?;
        let text = response.text().await.map_err(not_sent)?;
        if response.status() >= 400 {
            let error = read(&text).unwrap_or_else(|error| error);
            stale(&error);
            return Err(error);
        }
        heard();
        follow(&response);
        Ok(text)
    }

    /// Follows a redirect of the server.
    fn follow(response: &Response) {
        let headers = response.headers();
        if headers.get(REDIRECT_HEADER).is_some() {
            call_redirect_hook(&headers.get("Location").unwrap_or_else(|| response.url()));
        }
    }

    fn not_sent(why: gloo_net::Error) -> UiError {
        transport_error(server_fn::error::ServerFnErrorErr::Request(why.to_string()))
    }
}

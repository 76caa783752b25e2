//! The public check: a code, the text of a QR code, or a file. It works without JavaScript, by a form whose answer is this page. A code
//! is in no address that we make; one that a link brings is taken out of the address once it is read.

use contracts::query_text::query_pairs;
use leptos::{prelude::*, web_sys::SubmitEvent};
use serde::{Deserialize, Serialize};

use super::super::{parts::Verdict, rpc::certificate_check};
use crate::{
    error::ErrorView,
    form_action::fields_around,
    query::use_query_text,
    ui::{
        Banner, Button, ButtonLook, ButtonSize, FileInput, Icon, Loading, PageHeader, Skeleton, TextInput,
        Tone, select_field,
    },
};

/// The fields of a form of this page that was sent without scripts. The web layer provides them as context.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedCheck {
    /// The code that was typed, or the certificate's text in the file; `None` where the file holds none.
    pub text: Option<String>,
    /// True if a file was sent.
    pub is_file: bool,
}

/// `/check`
#[component]
pub(crate) fn CheckPage() -> impl IntoView {
    let posted = SharedValue::new(|| use_context::<PostedCheck>().unwrap_or_default()).into_inner();
    let linked = use_query_text("code");
    let question = RwSignal::new(posted.text.clone().or_else(|| linked.get_untracked()));
    let file = RwSignal::new(posted.is_file.then_some(posted.text.is_some()));
    Effect::new(move |_| {
        if let Some(code) = linked.get() {
            question.set(Some(code));
            forget_linked_code();
        }
    });
    let answer = Resource::new_blocking(
        move || question.get(),
        async |text| match text {
            Some(text) => Some(certificate_check(text).await),
            None => None,
        },
    );
    let ask = move |code: String| {
        file.set(None);
        if question.get_untracked().as_ref() == Some(&code) {
            answer.refetch();
        } else {
            question.set(Some(code));
        }
    };
    view! {
        <PageHeader title="Check a certificate" lead="Anyone can check whether a certificate is genuine and still valid."/>
        <div class="stack-lg reading">
            {move || file.get().map(|is_read| if is_read { signed_data_only() } else { no_certificate() })}
            <Loading fallback=|| view! { <Skeleton/> } show=move || async move {
                match answer.await {
                    Some(Ok(result)) => view! { <Verdict result/> }.into_any(),
                    Some(Err(error)) => view! { <ErrorView error/> }.into_any(),
                    None => ().into_any(),
                }
            }/>
            <Questions ask/>
        </div>
    }
}

/// Takes the code of a link out of the address and so out of the history of a shared device. What the router keeps with the entry stays.
fn forget_linked_code() {
    let Ok(history) = window().history() else { return };
    let state = history.state().unwrap_or_default();
    // refused only for another origin's address
    let _replaced = history.replace_state_with_url(&state, "", Some("/check"));
}

fn no_certificate() -> AnyView {
    view! {
        <Banner tone=Tone::Warn title="No certificate found in this file">
            <p>"This isn't an HCTS certificate, or another program has altered the file. Type the 27-character code instead, or upload a sharp picture of the QR code."</p>
        </Banner>
    }
    .into_any()
}

/// Whoever altered the print left what was signed as it is.
fn signed_data_only() -> AnyView {
    view! {
        <Banner tone=Tone::Info title="Compare the details with your document">
            <p>"We read only the signed data in the file, not what is printed on it. If the service, provider or date on your document differs from the details below, the document has been altered."</p>
        </Banner>
    }
    .into_any()
}

#[component]
fn Questions(
    /// Asks about a code in place.
    ask: impl Fn(String) + 'static,
) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        let fields = fields_around(&event).map(|fields| query_pairs(&fields)).unwrap_or_default();
        // what cannot be read the browser sends by itself
        if let Some((_, code)) = fields.into_iter().find(|(name, _)| name == "code") {
            event.prevent_default();
            ask(code);
            select_field("code");
        }
    };
    view! {
        <form method="post" action="/check" novalidate=true on:submit=submit>
            <div class="stack">
                <TextInput name="code" label="Certificate code" hint="Type the 27-character code, or scan the QR code with a barcode scanner." max_length=1300/>
                <div><Button look=ButtonLook::Primary size=ButtonSize::Large icon=Icon::ShieldCheck>"Check"</Button></div>
            </div>
        </form>
        <form method="post" action="/check" enctype="multipart/form-data" class="stack">
            <FileInput name="file" label="Or choose a file with the certificate" accept="application/pdf,image/png,image/jpeg" hint="The original PDF, or a PNG or JPEG picture of its QR code, up to 2 MB."/>
            <div><Button icon=Icon::Upload>"Check file"</Button></div>
        </form>
    }
}

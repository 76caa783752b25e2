//! The public check of a code, the text of a QR code, or a file. Works without JavaScript: the page answers its own form. No address
//! made here contains a code; the code of a link is removed from the address after it was read.

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

/// Fields of this page's form when it is sent without scripts; the web layer provides them as context.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedCheck {
    /// Typed code, or the certificate text found in the file; `None` if the file has none.
    pub text: Option<String>,
    /// True when a file was sent.
    pub is_file: bool,
}

/// Page `/check`.
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

/// Removes the code of a link from the address, and thereby from the history of a shared device. Keeps the router's state.
fn forget_linked_code() {
    let Ok(history) = window().history() else { return };
    let state = history.state().unwrap_or_default();
    // replacing fails only for an address of another origin
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

/// Warns that only the signed data were checked: a print may have been altered around them.
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
    /// Checks a code without leaving the page.
    ask: impl Fn(String) + 'static,
) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        let fields = fields_around(&event).map(|fields| query_pairs(&fields)).unwrap_or_default();
        // fields that cannot be read are sent by the browser itself
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

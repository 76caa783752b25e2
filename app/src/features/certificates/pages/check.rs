//! The public check: a code, the text of a QR code, or the PDF. The address holds the question, so that it works without
//! JavaScript and can be shown to somebody else.

use leptos::prelude::*;
use leptos_router::components::Form;

use super::super::{parts::Verdict, rpc::certificate_check};
use crate::{
    error::ErrorView,
    query::{use_query, use_query_text},
    ui::{
        Banner, Button, ButtonLook, ButtonSize, FileInput, Icon, Loading, PageHeader, Skeleton, TextInput,
        Tone,
    },
};

/// `/check`
#[component]
pub(crate) fn CheckPage() -> impl IntoView {
    let map = use_query();
    let code = use_query_text("code");
    let text = Memo::new(move |_| code.get().filter(|code| !code.trim().is_empty()));
    let file = Memo::new(move |_| map.with(|map| map.get("file")));
    let answer = Resource::new_blocking(
        move || text.get(),
        async |text| match text {
            Some(text) => Some(certificate_check(text).await),
            None => None,
        },
    );
    view! {
        <PageHeader title="Check a certificate" lead="Anyone can check whether a certificate is genuine and still valid."/>
        <div class="stack-lg reading">
            {move || file.get().map(|outcome| if outcome == "read" { signed_data_only() } else { no_certificate() })}
            <Loading fallback=|| view! { <Skeleton/> } show=move || async move {
                match answer.await {
                    Some(Ok(result)) => view! { <Verdict result/> }.into_any(),
                    Some(Err(error)) => view! { <ErrorView error/> }.into_any(),
                    None => ().into_any(),
                }
            }/>
            <Questions/>
        </div>
    }
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
fn Questions() -> impl IntoView {
    view! {
        <Form method="GET" action="/check">
            <div class="stack">
                <TextInput name="code" label="Certificate code" hint="Type the 27-character code, or scan the QR code with a barcode scanner." max_length=1300/>
                <div><Button look=ButtonLook::Primary size=ButtonSize::Large icon=Icon::ShieldCheck>"Check"</Button></div>
            </div>
        </Form>
        <form method="post" action="/check/file" enctype="multipart/form-data" class="stack">
            <FileInput name="file" label="Or choose a file with the certificate" accept="application/pdf,image/png,image/jpeg" hint="The original PDF, or a PNG or JPEG picture of its QR code, up to 2 MB."/>
            <div><Button icon=Icon::Upload>"Check file"</Button></div>
        </form>
    }
}

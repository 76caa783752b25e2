//! The clinic's tablet: scan or type, confirm, done. Every step is an address of its own and works without JavaScript.

use contracts::{
    certificates::CertificateView, error::ErrorCode, ids::CertificateId, states::CertificateStatus,
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::{components::Form, hooks::use_query_map};

use super::super::rpc::{CertificateRedeem, certificate_for_redemption, certificate_get};
use crate::{
    error::UiError,
    ui::{
        Banner, Button, ButtonKind, ButtonLook, ButtonSize, Card, DateTimeText, Description, DescriptionList,
        ErrorSummary, FormErrors, FormScope, Glyph, Icon, IconSize, LinkButton, Loading, PageHeader,
        Skeleton, TextInput, Tone,
    },
};

/// Which step the address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Scan,
    Confirm(String),
    Done(CertificateId),
}

/// `/redeem`
#[component]
pub(crate) fn RedeemPage() -> impl IntoView {
    let map = use_query_map();
    let step = Memo::new(move |_| {
        map.with(|map| match (map.get("done").and_then(|id| id.parse().ok()), map.get("code")) {
            (Some(id), _) => Step::Done(id),
            (None, Some(code)) if !code.trim().is_empty() => Step::Confirm(code),
            _ => Step::Scan,
        })
    });
    let action = ServerAction::<CertificateRedeem>::new();
    let shown = Resource::new_blocking(
        move || (step.get(), action.version().get()),
        async |(step, _)| match step {
            Step::Scan => None,
            Step::Confirm(code) => Some(certificate_for_redemption(code).await),
            Step::Done(id) => Some(certificate_get(id).await),
        },
    );
    view! {
        <PageHeader title="Redeem a certificate"/>
        <div class="stack-lg reading tablet">
            {move || action.value().get().and_then(Result::err).filter(|error| error.fields.is_empty()).map(refusal)}
            <Loading fallback=|| view! { <Skeleton/> } show=move || async move {
                match (shown.await, step.get_untracked()) {
                    (Some(Ok(certificate)), Step::Done(_)) => done(certificate).into_any(),
                    (Some(Ok(certificate)), Step::Confirm(code)) => confirm(certificate, code, action).into_any(),
                    (Some(Err(error)), _) => view! { {refusal(error)}<Scan/> }.into_any(),
                    _ => view! { <Scan/> }.into_any(),
                }
            }/>
        </div>
    }
}

#[component]
fn Scan() -> impl IntoView {
    view! {
        <Form method="GET" action="/redeem">
            <div class="stack">
                <TextInput name="code" label="Code, or scan the QR code" hint="A hand scanner types here by itself. By hand: 27 characters, hyphens do not matter." max_length=1300/>
                <div class="cluster">
                    <Button look=ButtonLook::Primary size=ButtonSize::Large icon=Icon::ArrowRight>"Continue"</Button>
                    <Button kind=ButtonKind::Button size=ButtonSize::Large icon=Icon::Camera attr:data-scan="f-code" attr:hidden="">"Scan with the camera"</Button>
                </div>
            </div>
        </Form>
    }
}

fn confirm(
    certificate: CertificateView,
    code: String,
    action: ServerAction<CertificateRedeem>,
) -> impl IntoView {
    if certificate.status != CertificateStatus::Issued {
        return view! { {not_redeemable(&certificate)}<Again/> }.into_any();
    }
    let errors = Signal::derive(move || {
        action.value().get().and_then(Result::err).map(FormErrors::from).unwrap_or_default()
    });
    view! {
        <Card title="Is this the right service?">
            <DescriptionList>
                <Description term="Service"><strong>{certificate.title}</strong></Description>
                <Description term="Valid until"><DateTimeText instant=certificate.expires_at/></Description>
                <Description term="Buyer">{certificate.buyer}</Description>
                <Description term="Code"><span class="code">{certificate.code}</span></Description>
            </DescriptionList>
        </Card>
        <FormScope errors>
            <ActionForm action>
                <div class="stack">
                    <ErrorSummary/>
                    <input type="hidden" name="code" value=code/>
                    <TextInput name="place" label="Where" hint="Desk or department, such as Radiology 2. No names." max_length=120/>
                    <div class="cluster">
                        <Button look=ButtonLook::Primary size=ButtonSize::Large icon=Icon::Check pending=action.pending() pending_text="Redeeming…">"Redeem now"</Button>
                        <LinkButton href="/redeem" size=ButtonSize::Large>"Cancel"</LinkButton>
                    </div>
                    <p class="muted small">"This cannot be undone."</p>
                </div>
            </ActionForm>
        </FormScope>
    }
    .into_any()
}

fn not_redeemable(certificate: &CertificateView) -> impl IntoView + use<> {
    let (word, more) = match certificate.status {
        CertificateStatus::Redeemed => ("Already redeemed", "It was used before."),
        CertificateStatus::Expired => ("Expired", "Its time is over."),
        CertificateStatus::Suspended => ("On hold", "An administrator has put it on hold."),
        _ => ("Not valid", "It was withdrawn."),
    };
    let when = certificate.redeemed_at.map(|at| {
        let place = certificate.redeemed_place.clone().map(|place| format!(" at {place}"));
        view! { <p><strong>"Redeemed "<DateTimeText instant=at/>{place}</strong></p> }
    });
    view! {
        <section class="result result-bad" role="alert">
            <Glyph icon=Icon::XCircle size=IconSize::Huge/>
            <h2>{word}</h2>
            <p class="lead">{more}" Nothing was recorded."</p>
            {when}
            <p>{certificate.title.clone()}</p>
            {certificate.status_reason.clone().map(|reason| view! { <p>{reason}</p> })}
        </section>
    }
}

fn done(certificate: CertificateView) -> impl IntoView {
    let place = certificate.redeemed_place.clone().map(|place| format!(" at {place}"));
    let when = certificate.redeemed_at.map(|at| view! { <DateTimeText instant=at/> });
    if certificate.status != CertificateStatus::Redeemed {
        return view! { <Again/> }.into_any();
    }
    view! {
        <section class="result result-ok" role="status">
            <Glyph icon=Icon::CheckCircle size=IconSize::Huge/>
            <h2>"Redeemed"</h2>
            <p class="lead">{certificate.title}</p>
            <p>{when}{place}</p>
            <p class="code muted">{certificate.code}</p>
        </section>
        <Again/>
    }
    .into_any()
}

#[component]
fn Again() -> impl IntoView {
    view! { <p><LinkButton href="/redeem" look=ButtonLook::Primary size=ButtonSize::Large icon=Icon::Scan>"Next certificate"</LinkButton></p> }
}

/// Why it was refused, in the words of the clinic.
fn refusal(error: UiError) -> impl IntoView {
    let fact = |name: &str| error.facts.get(name).cloned();
    let title = match error.code {
        ErrorCode::AlreadyRedeemed => "Already redeemed",
        ErrorCode::CertificateNotValid if fact("state").as_deref() == Some("forged") => "Forged certificate",
        ErrorCode::CertificateNotValid => "Not valid",
        ErrorCode::NotFound => "Not a certificate for your organisation",
        ErrorCode::CertificateUnreadable => "Cannot be read",
        // neither yes nor no: perhaps only the answer was lost
        ErrorCode::Offline => "No connection",
        _ => "Not redeemed",
    };
    let when = fact("redeemed_at")
        .and_then(|at| chrono::DateTime::parse_from_rfc3339(&at).ok())
        .map(|at| view! { <p>"First redeemed "<DateTimeText instant=at.to_utc()/>{fact("place").map(|place| format!(" at {place}"))}</p> });
    let reason = fact("reason").map(|reason| view! { <p>{reason}</p> });
    view! {
        <Banner tone=Tone::Bad title=title>
            <p>{error.code.message()}</p>
            {when}
            {reason}
        </Banner>
    }
}

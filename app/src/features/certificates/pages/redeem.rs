//! Redemption on a clinic's tablet: scan or type, confirm, done. Each step has its own address and works without JavaScript.

use contracts::{
    certificates::CertificateView,
    error::ErrorCode,
    identity::{OrganisationKind, Viewer},
    ids::CertificateId,
    permission::Permission,
    states::{CertificateStatus, OrganisationStatus},
};
use leptos::{
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{HtmlElement, HtmlInputElement},
};

use super::super::rpc::{CertificateRedeem, CertificateScan, certificate_get};
use crate::{
    answers::refetch_after,
    error::UiError,
    features::certificates::place::{redeem_address, remembered_place},
    form_action::{CommandForm, FormAction},
    form_restore::restored_or,
    query::{use_query, use_query_text},
    ui::{
        Banner, Button, ButtonLook, ButtonSize, DateTimeText, Description, DescriptionList, ErrorSummary,
        Field, FormScope, Glyph, Icon, IconSize, LinkButton, Loading, PageHeader, Skeleton, TextInput, Tone,
        field_id, select_field,
    },
    viewer::use_viewer,
};

/// Step of the redemption, from the address.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Scan,
    Confirm(CertificateId),
    Done(CertificateId),
}

/// Page `/redeem`. People who cannot redeem see the reason before they scan anything.
#[component]
pub(crate) fn RedeemPage() -> impl IntoView {
    let block = use_viewer().with_untracked(|viewer| viewer.as_ref().and_then(redemption_block));
    match block {
        Some((title, why)) => view! {
            <PageHeader title="Redeem a certificate"/>
            <Banner tone=Tone::Info title=title><p>{why}</p></Banner>
        }
        .into_any(),
        None => view! { <Redeeming/> }.into_any(),
    }
}

/// Returns title and text of the reason why a person cannot redeem; `None` when nothing prevents it.
fn redemption_block(viewer: &Viewer) -> Option<(&'static str, &'static str)> {
    if viewer.kind().is_some_and(|kind| kind != OrganisationKind::Provider) {
        return Some((
            "Only providers redeem certificates",
            "A certificate is redeemed by the provider of the service. To check whether a certificate is valid, use “Check a certificate”.",
        ));
    }
    if !viewer.may(Permission::CertificatesRedeem) {
        return Some(("Your role cannot redeem certificates", ErrorCode::NotAllowed.message()));
    }
    let status = viewer.active.as_ref().map(|active| active.status)?;
    let text = match status {
        OrganisationStatus::Verified | OrganisationStatus::Suspended => return None,
        OrganisationStatus::Unverified => {
            "HCTS is still verifying your organisation. You can redeem certificates as soon as it is verified."
        }
        OrganisationStatus::Rejected => {
            "HCTS could not verify your organisation. If you think this is a mistake, contact HCTS."
        }
    };
    Some(("Your organisation cannot redeem certificates yet", text))
}

#[component]
fn Redeeming() -> impl IntoView {
    let map = use_query();
    let step = Memo::new(move |_| {
        let id_in = |name| map.with(|map| map.get(name).and_then(|id| id.parse().ok()));
        match (id_in("done"), id_in("certificate")) {
            (Some(id), _) => Step::Done(id),
            (None, Some(id)) => Step::Confirm(id),
            (None, None) => Step::Scan,
        }
    });
    // the place of the last redemption, because most take place at the same desk
    let written = use_query_text("place");
    let place = Memo::new(move |_| written.get().unwrap_or_else(remembered_place));
    let action = FormAction::of::<CertificateRedeem>();
    let scan = FormAction::of::<CertificateScan>();
    let refused = refusal_of_step(action, step);
    let unread = refusal_of_step(scan, step);
    let settled = refetch_after(action);
    let shown = Resource::new_blocking(
        move || (step.get(), settled.get()),
        async |(step, _)| match step {
            Step::Scan => None,
            Step::Confirm(id) | Step::Done(id) => Some(certificate_get(id).await),
        },
    );
    view! {
        <PageHeader title="Redeem a certificate"/>
        <div class="stack-lg reading tablet">
            {move || refused.get().filter(|error| error.fields.is_empty()).map(refusal)}
            {move || unread.get().map(refusal)}
            <Loading fallback=|| view! { <Skeleton/> } show=move || async move {
                let (shown, step, place) = (shown.await, step.get_untracked(), place.get_untracked());
                match (shown, step) {
                    (Some(Ok(certificate)), Step::Done(_)) => done(certificate).into_any(),
                    (Some(Ok(certificate)), Step::Confirm(_)) => confirm(certificate, place, action).into_any(),
                    (Some(Err(error)), _) => view! { {refusal(error)}<Scan place action=scan/> }.into_any(),
                    _ => view! { <Scan place action=scan/> }.into_any(),
                }
            }/>
        </div>
    }
}

/// Returns the refusal that belongs to the current step. A refusal of another step is not shown, even if it arrives late: the next
/// certificate is another patient's.
fn refusal_of_step(action: FormAction, step: Memo<Step>) -> Signal<Option<UiError>> {
    let sent_from = RwSignal::new(step.get_untracked());
    Effect::new(move |_| {
        if action.pending().get() {
            sent_from.set(step.get_untracked());
        }
    });
    Effect::watch(move || step.get(), move |_, _, _| action.clear(), false);
    Signal::derive(move || action.refusal().filter(|_| sent_from.get() == step.get()))
}

/// Focuses the element that a step is about, unless somebody is typing already. Waits two frames: after a change of page the heading
/// gets the focus first.
fn focus_on(selector: &'static str) {
    let later = move || {
        request_animation_frame(move || take_focus(selector));
    };
    Effect::new(move |_| request_animation_frame(later));
}

fn take_focus(selector: &str) {
    let target = document().query_selector(selector).ok().flatten();
    let focused = document().active_element();
    let typing = focused.as_ref().is_some_and(|focused| focused.tag_name() == "INPUT");
    let Some(target) = target.filter(|target| !typing || focused.as_ref() == Some(target)) else { return };
    if let Some(element) = target.dyn_ref::<HtmlElement>() {
        // focusing fails only for an element that is not shown
        let _focused = element.focus();
    }
    // selected, so that the next scan replaces a refused code
    if let Some(field) = target.dyn_ref::<HtmlInputElement>()
        && field.value() == field.default_value()
    {
        field.select();
    }
}

/// Selects a refused code, so that the next scan replaces it.
fn select_refused(action: FormAction) {
    let answered = move |_: &usize, _: Option<&usize>, _| {
        if action.outcome().is_some_and(|outcome| outcome.is_err()) {
            request_animation_frame(|| select_field("code"));
        }
    };
    Effect::watch(move || action.version().get(), answered, false);
}

#[component]
fn Scan(place: String, action: FormAction) -> impl IntoView {
    focus_on("#f-code");
    select_refused(action);
    let code = restored_or("code", "");
    view! {
        <CommandForm action>
            <div class="stack">
                <Field name="code" label="Certificate code" hint="Scan the code, or type the 27 characters. Hyphens are optional.">
                    <input id=field_id("code") name="code" type="text" class="input code" value=code required=true maxlength="1300"
                        autocomplete="off" autocapitalize="characters" spellcheck="false" autofocus=true aria-describedby="f-code-hint"/>
                </Field>
                {kept_place(place)}
                <div><Button look=ButtonLook::Primary size=ButtonSize::Large icon=Icon::ArrowRight pending=action.pending()>"Continue"</Button></div>
            </div>
        </CommandForm>
    }
}

/// Returns a hidden field that carries the place to the next step.
fn kept_place(place: String) -> Option<impl IntoView> {
    (!place.is_empty()).then(|| view! { <input type="hidden" name="place" value=place/> })
}

fn confirm(certificate: CertificateView, place: String, action: FormAction) -> impl IntoView {
    let code = certificate.code.clone();
    focus_on("main h2");
    let next = redeem_address(None, &place);
    if certificate.status != CertificateStatus::Issued {
        return view! { {not_redeemable(&certificate)}<Again href=next/> }.into_any();
    }
    view! {
        <section class="card card-body stack">
            <h2 tabindex="-1">"Is this the right service?"</h2>
            <DescriptionList>
                <Description term="Service"><strong>{certificate.title}</strong></Description>
                <Description term="Redeem by"><DateTimeText instant=certificate.expires_at/></Description>
                <Description term="Buyer">{certificate.buyer}</Description>
                <Description term="Code"><span class="code">{certificate.code}</span></Description>
            </DescriptionList>
        </section>
        <FormScope errors=action.errors()>
            <CommandForm action>
                <div class="stack">
                    <ErrorSummary/>
                    <input type="hidden" name="code" value=code/>
                    <TextInput name="place" label="Location" hint="Desk or department, e.g. Radiology 2. Don't enter patient names." value=place max_length=120/>
                    <div class="cluster">
                        <Button look=ButtonLook::Primary size=ButtonSize::Large icon=Icon::Check pending=action.pending() pending_text="Redeeming…">"Redeem now"</Button>
                        <LinkButton href=next size=ButtonSize::Large>"Cancel"</LinkButton>
                    </div>
                    <p class="muted small">"This cannot be undone."</p>
                </div>
            </CommandForm>
        </FormScope>
    }
    .into_any()
}

fn not_redeemable(certificate: &CertificateView) -> impl IntoView + use<> {
    let (word, more) = match certificate.status {
        CertificateStatus::Redeemed => {
            ("Already redeemed", "This certificate was already used. No new redemption was recorded.")
        }
        CertificateStatus::Expired => {
            ("Expired", "This certificate has expired. No redemption was recorded.")
        }
        CertificateStatus::Suspended => {
            ("On hold", "An administrator has put this certificate on hold. No redemption was recorded.")
        }
        _ => ("Not valid", "This certificate was revoked or replaced. No redemption was recorded."),
    };
    let when = certificate.redeemed_at.map(|at| {
        let place = certificate.redeemed_place.clone().map(|place| format!(" at {place}"));
        view! { <p><strong>"Redeemed "<DateTimeText instant=at/>{place}</strong></p> }
    });
    view! {
        <section class="result result-bad" role="alert">
            <Glyph icon=Icon::XCircle size=IconSize::Huge/>
            <h2 tabindex="-1">{word}</h2>
            <p class="lead">{more}</p>
            {when}
            <p>{certificate.title.clone()}</p>
            {certificate.status_reason.clone().map(|reason| view! { <p>{reason}</p> })}
        </section>
    }
}

fn done(certificate: CertificateView) -> impl IntoView {
    focus_on("main h2");
    let next = redeem_address(None, certificate.redeemed_place.as_deref().unwrap_or_default());
    let place = certificate.redeemed_place.clone().map(|place| format!(" at {place}"));
    let when = certificate.redeemed_at.map(|at| view! { <DateTimeText instant=at/> });
    if certificate.status != CertificateStatus::Redeemed {
        return view! { <Again href=next/> }.into_any();
    }
    view! {
        <section class="result result-ok" role="status">
            <Glyph icon=Icon::CheckCircle size=IconSize::Huge/>
            <h2 tabindex="-1">"Redeemed"</h2>
            <p class="lead">{certificate.title}</p>
            <p>{when}{place}</p>
            <p class="code muted">{certificate.code}</p>
        </section>
        <Again href=next/>
    }
    .into_any()
}

#[component]
fn Again(href: String) -> impl IntoView {
    view! { <p><LinkButton href look=ButtonLook::Primary size=ButtonSize::Large icon=Icon::Scan>"Next certificate"</LinkButton></p> }
}

/// Returns the message of an error for the staff of a provider.
fn words_for_a_clinic(error: &UiError) -> String {
    match error.code {
        ErrorCode::NotFound => {
            "Only the provider named on the certificate can redeem it. Check the code and the provider."
                .to_owned()
        }
        _ => error.to_string(),
    }
}

/// Returns the banner for a refused redemption.
fn refusal(error: UiError) -> impl IntoView {
    let fact = |name: &str| error.facts.get(name).cloned();
    let title = match error.code {
        ErrorCode::AlreadyRedeemed => "Already redeemed",
        ErrorCode::CertificateNotValid if fact("state").as_deref() == Some("forged") => "Forged certificate",
        ErrorCode::CertificateNotValid if fact("state").as_deref() == Some("unconfirmed") => {
            "Cannot be confirmed"
        }
        ErrorCode::CertificateNotValid => "Not valid",
        ErrorCode::NotFound => "Not a certificate for your services",
        ErrorCode::CertificateUnreadable => "Code not recognised",
        // the outcome is unknown: perhaps only the answer was lost
        ErrorCode::Offline => "No connection",
        _ => "Not redeemed",
    };
    let when = fact("redeemed_at")
        .and_then(|at| chrono::DateTime::parse_from_rfc3339(&at).ok())
        .map(|at| view! { <p>"First redeemed "<DateTimeText instant=at.to_utc()/>{fact("place").map(|place| format!(" at {place}"))}</p> });
    // advice about this text is more specific than the message of the code
    let message = fact("advice").unwrap_or_else(|| words_for_a_clinic(&error));
    let reason = fact("reason").map(|reason| view! { <p>{reason}</p> });
    view! {
        <Banner tone=Tone::Bad title=title>
            <p>{message}</p>
            {when}
            {reason}
        </Banner>
    }
}

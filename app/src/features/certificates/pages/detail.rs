//! The page of a certificate: the sheet, its history, and the actions of an administrator.

use contracts::{
    certificates::{CertificateEventView, CertificateView},
    error::ErrorCode,
    ids::CertificateId,
    permission::Permission,
    states::CertificateStatus,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::super::{
    parts::{Sheet, event_word},
    rpc::{CertificateChange, certificate_get},
};
use crate::{
    answers::refetch_after,
    error::UiError,
    form_action::{CommandForm, FormAction},
    loaded::Loaded,
    ui::{
        Banner, Breadcrumbs, Button, ButtonLook, Card, ColumnHeader, Crumb, DateTimeText, ErrorSummary,
        FormScope, Icon, LinkButton, PageHeader, Skeleton, SkeletonShape, Table, TextArea, Tone,
        toast_when_done,
    },
    viewer::use_viewer,
};

/// Page `/certificates/:id`.
#[component]
pub(crate) fn CertificatePage() -> impl IntoView {
    let id = id_in_path();
    let change = FormAction::of::<CertificateChange>();
    toast_when_done(change, "Certificate status changed.");
    let changed = refetch_after(change);
    let certificate =
        Resource::new_blocking(move || (id(), changed.get()), async |(id, _)| certificate_get(id?).await);
    view! {
        <Loaded
            data=certificate
            fallback=|| view! { <Skeleton shape=SkeletonShape::Lines count=8/> }
            show=move |certificate| view! { <Detail certificate change/> }
        />
    }
}

/// Returns the certificate ID in the address; error 404 for an invalid one.
pub(super) fn id_in_path() -> impl Fn() -> Result<CertificateId, UiError> + Copy {
    let params = use_params_map();
    move || {
        params
            .with(|params| params.get("id").and_then(|id| id.parse().ok()))
            .ok_or_else(|| UiError::new(ErrorCode::NotFound))
    }
}

#[component]
fn Detail(certificate: CertificateView, change: FormAction) -> impl IntoView {
    let viewer = use_viewer();
    let administers = viewer.with_untracked(|viewer| {
        viewer.as_ref().is_some_and(|viewer| viewer.may(Permission::CertificatesWrite))
    });
    let redeems = viewer.with_untracked(|viewer| {
        viewer
            .as_ref()
            .is_some_and(|viewer| viewer.may(Permission::CertificatesRedeem) && viewer.is_admitted())
    });
    let redeem = (redeems && certificate.status == CertificateStatus::Issued).then(|| {
        let href = format!("/redeem?certificate={}", certificate.id);
        view! { <LinkButton href icon=Icon::Scan>"Redeem"</LinkButton> }
    });
    let download = format!("/api/certificates/download/{}", certificate.id);
    let purchase = certificate.purchase_id.map(|id| {
        view! { <LinkButton href=format!("/purchases/{id}") icon=Icon::Purchases>"Purchase"</LinkButton> }
    });
    let client = certificate.client.clone().map(|client| {
        // the sheet itself names nobody
        view! { <p class="lead no-print">"Bought for "{client}</p> }
    });
    let reason = certificate.status_reason.clone().map(|reason| {
        view! { <Banner tone=Tone::Warn title="Reason for this status"><p>{reason}</p></Banner> }
    });
    let redeemed = certificate.redeemed_at.map(|at| {
        let place = certificate.redeemed_place.clone().map(|place| format!(" at {place}"));
        view! { <Banner tone=Tone::Info title="Redeemed"><p><DateTimeText instant=at/>{place}</p></Banner> }
    });
    let acts =
        administers.then(|| view! { <Administer id=certificate.id status=certificate.status change/> });
    let (events, log_paused) = (certificate.events.clone(), certificate.log_paused);
    view! {
        <div class="no-print">
            <PageHeader
                title="Certificate"
                above=|| view! { <Breadcrumbs crumbs=vec![Crumb::new("Certificates", "/certificates")]/> }
                actions=move || view! {
                    {redeem}
                    {purchase}
                    <LinkButton href=download look=ButtonLook::Primary icon=Icon::Download external=true>"Download PDF"</LinkButton>
                }
            />
        </div>
        <div class="stack-lg">
            {client}
            {reason}
            {redeemed}
            <Sheet certificate/>
            <div class="stack-lg no-print"><History events log_paused/>{acts}</div>
        </div>
    }
}

#[component]
fn History(events: Vec<CertificateEventView>, log_paused: bool) -> impl IntoView {
    let rows: Vec<_> = events
        .into_iter()
        .map(|event| {
            let more = [event.place, event.reason].into_iter().flatten().collect::<Vec<_>>().join(", ");
            // nothing at all, so that a card shows no label above it
            let more = Some(more).filter(|more| !more.is_empty());
            view! {
                <tr>
                    <th scope="row">{event_word(event.kind)}</th>
                    <td data-label="Date and time"><DateTimeText instant=event.occurred_at/></td>
                    <td data-label="Details">{more}</td>
                    <td data-label="Log entry" class="num">{event.leaf_index.map_or_else(|| if log_paused { "Paused" } else { "Pending" }.to_owned(), |index| index.to_string())}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Card title="History" flush=true>
            <Table caption="History of this certificate">
                <thead><tr>
                    <ColumnHeader label="Event"/>
                    <ColumnHeader label="Date and time"/>
                    <ColumnHeader label="Details"/>
                    <ColumnHeader label="Log entry" numeric=true/>
                </tr></thead>
                <tbody>{rows}</tbody>
            </Table>
        </Card>
    }
}

/// Actions of an administrator: the hold, which can be removed, and the link to the page that revokes.
#[component]
fn Administer(id: CertificateId, status: CertificateStatus, change: FormAction) -> impl IntoView {
    let (act, label) = match status {
        CertificateStatus::Issued => ("suspend", "Put on hold"),
        CertificateStatus::Suspended => ("resume", "Remove hold"),
        _ => return ().into_any(),
    };
    view! {
        <Card title="Administration">
            <div class="stack">
                <FormScope errors=change.errors()>
                    <CommandForm action=change>
                        <ErrorSummary/>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <input type="hidden" name="act" value=act/>
                        <TextArea name="reason" label="Reason" hint="Shown to the buyer and the provider. 5 to 300 characters. Don't enter personal names." rows=2 max_length=300/>
                        <div class="form-actions"><Button pending=change.pending()>{label}</Button></div>
                    </CommandForm>
                </FormScope>
                <p><LinkButton href=format!("/certificates/{id}/revoke") look=ButtonLook::Danger>"Revoke certificate…"</LinkButton></p>
            </div>
        </Card>
    }
    .into_any()
}

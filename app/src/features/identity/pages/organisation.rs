//! The page of the active organisation: status, details, members, invitations.

use contracts::{
    identity::{OrganisationView, Viewer},
    permission::{Level, Permission},
    states::OrganisationStatus,
};
use leptos::prelude::*;

use crate::{
    answers::{LatestError, refetch_after},
    features::identity::{
        parts::{
            FactFields, Invitations, MembersTable, OrganisationBadge, OrganisationFactsList, TimeZoneCard,
        },
        rpc::{MemberLevelChange, MemberRemove, OrganisationUpdate, members_list, organisation_get},
    },
    form_action::{CommandForm, FormAction},
    loaded::Loaded,
    ui::{
        Banner, Button, ButtonLook, Card, ErrorSummary, FormScope, PageHeader, Skeleton, Tone,
        toast_when_done,
    },
    viewer::use_viewer,
};

/// Page `/organisation`.
#[component]
pub fn OrganisationPage() -> impl IntoView {
    let viewer = use_viewer();
    let update = FormAction::of::<OrganisationUpdate>();
    toast_when_done(update, "Details saved.");
    let updated = refetch_after(update);
    let organisation = Resource::new_blocking(move || updated.get(), |_| organisation_get());
    view! {
        <div class="stack-lg">
            <Loaded
                data=organisation
                fallback=|| view! { <Skeleton/> }
                show=move |organisation| view! { <Profile organisation update viewer=viewer.get()/> }
            />
            {move || leads(viewer.get().as_ref()).then(|| view! { <TimeZoneCard/> })}
            {move || viewer.get().filter(|viewer| viewer.active.is_some()).map(|viewer| view! { <People viewer/> })}
        </div>
    }
}

#[component]
fn Profile(organisation: OrganisationView, update: FormAction, viewer: Option<Viewer>) -> impl IntoView {
    let (status, reason) = (organisation.status, organisation.status_reason.clone());
    let open = matches!(status, OrganisationStatus::Unverified | OrganisationStatus::Rejected);
    let name = organisation.name.clone();
    let facts = if open && leads(viewer.as_ref()) {
        let act = if status == OrganisationStatus::Rejected { "Save and resubmit" } else { "Save" };
        view! {
            <FormScope errors=update.errors()>
                <CommandForm action=update class="form-grid">
                    <ErrorSummary/>
                    <FactFields known=organisation/>
                    <div class="form-actions">
                        <Button look=ButtonLook::Primary pending=update.pending() pending_text="Saving…">{act}</Button>
                    </div>
                </CommandForm>
            </FormScope>
        }
        .into_any()
    } else {
        view! { <OrganisationFactsList organisation/> }.into_any()
    };
    view! {
        <PageHeader title=name lead="Organisation details and members"
            badges=move || view! { <OrganisationBadge status/> }/>
        <StatusBanner status reason/>
        <Card title="Details">{facts}</Card>
    }
}

/// True when the person may change the organisation's details.
fn leads(viewer: Option<&Viewer>) -> bool {
    viewer.is_some_and(|viewer| viewer.may(Permission::OrganisationWrite))
}

#[component]
fn StatusBanner(status: OrganisationStatus, reason: Option<String>) -> impl IntoView {
    let reason = reason.map(|reason| view! { <p>"Reason: " {reason}</p> });
    match status {
        OrganisationStatus::Verified => ().into_any(),
        OrganisationStatus::Unverified => view! {
            <Banner tone=Tone::Warn title="Awaiting verification">
                <p>"An administrator is checking these details. You can browse and prepare drafts in the meantime. You can publish and buy once your organisation is verified."</p>
            </Banner>
        }
        .into_any(),
        OrganisationStatus::Rejected => view! {
            <Banner tone=Tone::Bad title="Not verified">
                {reason}
                <p>"Correct the details below and submit them again."</p>
            </Banner>
        }
        .into_any(),
        OrganisationStatus::Suspended => view! {
            <Banner tone=Tone::Bad title="Suspended">
                {reason}
                <p>"You can't publish or buy. Existing purchases and sales are not affected."</p>
            </Banner>
        }
        .into_any(),
    }
}

#[component]
fn People(viewer: Viewer) -> impl IntoView {
    let change = FormAction::of::<MemberLevelChange>();
    let remove = FormAction::of::<MemberRemove>();
    toast_when_done(change, "Role changed.");
    toast_when_done(remove, "Member removed.");
    let refused = LatestError::new().following(change).following(remove);
    let (changed, removed) = (refetch_after(change), refetch_after(remove));
    let members = Resource::new_blocking(move || (changed.get(), removed.get()), |_| members_list());
    let level = viewer.active.as_ref().map(|active| active.level);
    let may_handle = level.filter(|_| viewer.may(Permission::MembersManage));
    let you = viewer.user_id;
    view! {
        <Card title="Members" flush=true>
            <FormScope errors=refused.errors()><ErrorSummary/></FormScope>
            <Loaded
                data=members
                fallback=|| view! { <Skeleton/> }
                show=move |members| view! { <MembersTable members you may_handle change remove/> }
            />
        </Card>
        {may_handle.map(|level| view! { <Invitations owners_too={level == Level::Owner}/> })}
    }
}

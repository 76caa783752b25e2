//! The page that revokes a certificate; separate, because revoking cannot be undone.

use contracts::{certificates::CertificateView, permission::Permission, states::CertificateStatus};
use leptos::prelude::*;

use super::{
    super::rpc::{CertificateChange, certificate_get},
    detail::id_in_path,
};
use crate::{
    form_action::{CommandForm, FormAction},
    loaded::Loaded,
    ui::{
        Banner, Breadcrumbs, Button, ButtonLook, Crumb, Description, DescriptionList, ErrorSummary,
        FieldWidth, FormScope, LinkButton, PageHeader, Skeleton, SkeletonShape, TextArea, TextInput, Tone,
    },
    viewer::use_viewer,
};

/// Page `/certificates/:id/revoke`.
#[component]
pub(crate) fn RevokePage() -> impl IntoView {
    let id = id_in_path();
    let change = FormAction::of::<CertificateChange>();
    let certificate = Resource::new_blocking(id, async |id| certificate_get(id?).await);
    view! {
        <Loaded
            data=certificate
            fallback=|| view! { <Skeleton shape=SkeletonShape::Lines count=8/> }
            show=move |certificate| view! { <Revoke certificate change/> }
        />
    }
}

#[component]
fn Revoke(certificate: CertificateView, change: FormAction) -> impl IntoView {
    let viewer = use_viewer();
    let administers = viewer.with_untracked(|viewer| {
        viewer.as_ref().is_some_and(|viewer| viewer.may(Permission::CertificatesWrite))
    });
    let open = matches!(certificate.status, CertificateStatus::Issued | CertificateStatus::Suspended);
    let back = format!("/certificates/{}", certificate.id);
    let crumbs = vec![Crumb::new("Certificates", "/certificates"), Crumb::new("Certificate", back.clone())];
    let id = certificate.id.to_string();
    let form = if administers && open {
        view! {
            <Banner tone=Tone::Warn title="This cannot be undone">
                <p>"The buyer can no longer redeem this unit, and every check shows the certificate as revoked. No money is refunded. To stop it only temporarily, put it on hold instead."</p>
            </Banner>
            <FormScope errors=change.errors()>
                <CommandForm action=change class="stack">
                    <ErrorSummary/>
                    <input type="hidden" name="id" value=id/>
                    <input type="hidden" name="act" value="revoke"/>
                    <TextArea name="reason" label="Reason" hint="Shown to the buyer and the provider. 5 to 300 characters. Don't enter personal names." rows=2 max_length=300/>
                    <TextInput name="confirmation" label="Type revoke to confirm" autocomplete="off" max_length=20 width=FieldWidth::Medium/>
                    <div class="form-actions">
                        <Button look=ButtonLook::Danger pending=change.pending() pending_text="Revoking…">"Revoke certificate"</Button>
                        <LinkButton href=back>"Cancel"</LinkButton>
                    </div>
                </CommandForm>
            </FormScope>
        }
        .into_any()
    } else {
        view! {
            <Banner tone=Tone::Info title="This certificate can't be revoked">
                <p>"Only an administrator can revoke a certificate, and only while it is valid or on hold. "<a href=back>"Back to the certificate"</a></p>
            </Banner>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Revoke this certificate?" above=move || view! { <Breadcrumbs crumbs/> }/>
        <div class="reading stack-lg">
            <DescriptionList>
                <Description term="Service"><strong>{certificate.title}</strong></Description>
                <Description term="Buyer">{certificate.buyer}</Description>
                <Description term="Provider">{certificate.provider}</Description>
                <Description term="Code"><span class="code">{certificate.code}</span></Description>
            </DescriptionList>
            {form}
        </div>
    }
}

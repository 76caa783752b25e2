//! Certificates: lists, details, the public check, redemption and revocation. Rules are in `services::certificates`.

mod pages;
mod parts;
pub(crate) mod place;
pub mod rpc;

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

use crate::wing::{InWing, Wing, WingMissing, WingPage, wrap_page};

pub use pages::PostedCheck;
use pages::{CertificatePage, CertificatesPage, CheckPage, RedeemPage, RevokePage};

/// Routes of this domain.
#[component(transparent)]
pub fn CertificatesRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/certificates") view=CertificatesPage/>
        <Route path=path!("/certificates/:id") view=CertificatePage/>
        <Route path=path!("/certificates/:id/revoke") view=InWing(ClinicPage::Revoke)/>
        <Route path=path!("/check") view=CheckPage/>
        <Route path=path!("/redeem") view=InWing(ClinicPage::Redeem)/>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Pages for redeeming and revoking.
#[derive(Clone, Copy)]
pub(crate) enum ClinicPage {
    Revoke,
    Redeem,
}

impl WingPage for ClinicPage {
    const WING: Wing = Wing::Clinic;

    async fn fetch() -> Result<(), SplitLoaderError> {
        fetch_clinic().await
    }

    async fn draw(self) -> Result<AnyView, WingMissing> {
        draw_clinic(self).await
    }
}

#[wasm_split(clinic, fallible, wasm_split_path = ::leptos::wasm_split, preload(fetch_clinic))]
fn draw_clinic(page: ClinicPage) -> Result<AnyView, WingMissing> {
    wrap_page(match page {
        ClinicPage::Revoke => view! { <RevokePage/> }.into_any(),
        ClinicPage::Redeem => view! { <RedeemPage/> }.into_any(),
    })
}

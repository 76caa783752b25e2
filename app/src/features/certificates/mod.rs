//! Certificates, the public check and redemption.

mod pages;
mod parts;
pub(crate) mod place;
pub mod rpc;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

pub use pages::PostedCheck;
use pages::{CertificatePage, CertificatesPage, CheckPage, RedeemPage, RevokePage};

/// The routes of this domain.
#[component(transparent)]
pub fn CertificatesRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/certificates") view=CertificatesPage/>
        <Route path=path!("/certificates/:id") view=CertificatePage/>
        <Route path=path!("/certificates/:id/revoke") view=RevokePage/>
        <Route path=path!("/check") view=CheckPage/>
        <Route path=path!("/redeem") view=RedeemPage/>
    }
    .into_inner()
    .into_any_nested_route()
}

//! The console: organisations to verify, the audit trail, security events, the permission table, the system.

pub mod pages;
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

use pages::{
    AuditPage, OrganisationDetailPage, OrganisationsPage, PermissionReviewPage, PermissionsPage,
    SecurityPage, SystemPage,
};

/// Routes of this domain.
#[component(transparent)]
pub fn ComplianceRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/console/organisations") view=InWing(ConsolePage::Organisations)/>
        <Route path=path!("/console/organisations/:id") view=InWing(ConsolePage::Organisation)/>
        <Route path=path!("/console/audit") view=InWing(ConsolePage::Audit)/>
        <Route path=path!("/console/security") view=InWing(ConsolePage::Security)/>
        <Route path=path!("/console/permissions") view=InWing(ConsolePage::Permissions)/>
        <Route path=path!("/console/permissions/review") view=InWing(ConsolePage::PermissionReview)/>
        <Route path=path!("/console/system") view=InWing(ConsolePage::System)/>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Pages of the console.
#[derive(Clone, Copy)]
pub(crate) enum ConsolePage {
    Organisations,
    Organisation,
    Audit,
    Security,
    Permissions,
    PermissionReview,
    System,
}

impl WingPage for ConsolePage {
    const WING: Wing = Wing::Console;

    async fn fetch() -> Result<(), SplitLoaderError> {
        fetch_console().await
    }

    async fn draw(self) -> Result<AnyView, WingMissing> {
        draw_console(self).await
    }
}

#[wasm_split(console, fallible, wasm_split_path = ::leptos::wasm_split, preload(fetch_console))]
fn draw_console(page: ConsolePage) -> Result<AnyView, WingMissing> {
    wrap_page(match page {
        ConsolePage::Organisations => view! { <OrganisationsPage/> }.into_any(),
        ConsolePage::Organisation => view! { <OrganisationDetailPage/> }.into_any(),
        ConsolePage::Audit => view! { <AuditPage/> }.into_any(),
        ConsolePage::Security => view! { <SecurityPage/> }.into_any(),
        ConsolePage::Permissions => view! { <PermissionsPage/> }.into_any(),
        ConsolePage::PermissionReview => view! { <PermissionReviewPage/> }.into_any(),
        ConsolePage::System => view! { <SystemPage/> }.into_any(),
    })
}

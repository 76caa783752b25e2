//! The console: organisations to verify, the audit trail, security events, the permission table, the system.

pub mod pages;
pub mod rpc;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

use pages::{
    AuditPage, OrganisationDetailPage, OrganisationsPage, PermissionReviewPage, PermissionsPage,
    SecurityPage, SystemPage,
};

/// The routes of this domain.
#[component(transparent)]
pub fn ComplianceRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/console/organisations") view=OrganisationsPage/>
        <Route path=path!("/console/organisations/:id") view=OrganisationDetailPage/>
        <Route path=path!("/console/audit") view=AuditPage/>
        <Route path=path!("/console/security") view=SecurityPage/>
        <Route path=path!("/console/permissions") view=PermissionsPage/>
        <Route path=path!("/console/permissions/review") view=PermissionReviewPage/>
        <Route path=path!("/console/system") view=SystemPage/>
    }
    .into_inner()
    .into_any_nested_route()
}

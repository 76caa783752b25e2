//! The home page and the dashboards. Their figures are computed in `services::analytics`.

mod pages;
pub mod rpc;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

use pages::{DashboardPage, HomePage};

/// Routes of this domain.
#[component(transparent)]
pub fn AnalyticsRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/") view=HomePage/>
        <Route path=path!("/dashboard") view=DashboardPage/>
        <Route path=path!("/console") view=DashboardPage/>
    }
    .into_inner()
    .into_any_nested_route()
}

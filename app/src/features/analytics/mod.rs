//! Dashboards and the home page.

mod pages;
pub mod rpc;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

use pages::{DashboardPage, HomePage};

/// The routes of this domain.
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

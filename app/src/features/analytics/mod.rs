//! Dashboards and the home page.

use leptos::prelude::*;
use leptos_router::{any_nested_route::AnyNestedRoute, any_nested_route::IntoAnyNestedRoute};

/// The routes of this domain.
#[component(transparent)]
pub fn AnalyticsRoutes() -> AnyNestedRoute {
    ().into_any_nested_route()
}

//! The console.

use leptos::prelude::*;
use leptos_router::{any_nested_route::AnyNestedRoute, any_nested_route::IntoAnyNestedRoute};

/// The routes of this domain.
#[component(transparent)]
pub fn ComplianceRoutes() -> AnyNestedRoute {
    ().into_any_nested_route()
}

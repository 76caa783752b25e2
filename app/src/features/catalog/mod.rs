//! The market and the provider's services.

use leptos::prelude::*;
use leptos_router::{any_nested_route::AnyNestedRoute, any_nested_route::IntoAnyNestedRoute};

/// The routes of this domain.
#[component(transparent)]
pub fn CatalogRoutes() -> AnyNestedRoute {
    ().into_any_nested_route()
}

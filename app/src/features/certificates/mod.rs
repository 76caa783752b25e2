//! Certificates, the public check and redemption.

use leptos::prelude::*;
use leptos_router::{any_nested_route::AnyNestedRoute, any_nested_route::IntoAnyNestedRoute};

/// The routes of this domain.
#[component(transparent)]
pub fn CertificatesRoutes() -> AnyNestedRoute {
    ().into_any_nested_route()
}

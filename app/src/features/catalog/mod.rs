//! The market and the provider's services.

use leptos::prelude::*;
use leptos_router::MatchNestedRoutes;

/// The routes of this domain.
#[component(transparent)]
pub fn CatalogRoutes() -> impl MatchNestedRoutes + Clone {}

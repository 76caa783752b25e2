//! The cart.

use leptos::prelude::*;
use leptos_router::MatchNestedRoutes;

/// The routes of this domain.
#[component(transparent)]
pub fn CartRoutes() -> impl MatchNestedRoutes + Clone {}

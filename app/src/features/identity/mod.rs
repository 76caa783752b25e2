//! Signing up and in, organisations and members.

use leptos::prelude::*;
use leptos_router::MatchNestedRoutes;

/// The routes of this domain.
#[component(transparent)]
pub fn IdentityRoutes() -> impl MatchNestedRoutes + Clone {}

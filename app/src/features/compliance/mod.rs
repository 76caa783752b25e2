//! The console.

use leptos::prelude::*;
use leptos_router::MatchNestedRoutes;

/// The routes of this domain.
#[component(transparent)]
pub fn ComplianceRoutes() -> impl MatchNestedRoutes + Clone {}

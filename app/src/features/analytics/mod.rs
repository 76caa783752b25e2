//! Dashboards and the home page.

use leptos::prelude::*;
use leptos_router::MatchNestedRoutes;

/// The routes of this domain.
#[component(transparent)]
pub fn AnalyticsRoutes() -> impl MatchNestedRoutes + Clone {}

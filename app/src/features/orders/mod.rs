//! Checkout, purchases and the seller's orders.

use leptos::prelude::*;
use leptos_router::MatchNestedRoutes;

/// The routes of this domain.
#[component(transparent)]
pub fn OrdersRoutes() -> impl MatchNestedRoutes + Clone {}

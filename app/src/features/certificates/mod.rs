//! Certificates, the public check and redemption.

use leptos::prelude::*;
use leptos_router::MatchNestedRoutes;

/// The routes of this domain.
#[component(transparent)]
pub fn CertificatesRoutes() -> impl MatchNestedRoutes + Clone {}

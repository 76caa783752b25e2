//! The isomorphic pages of HCTS: rendered on the server, hydrated or mounted in the browser.

#![expect(unreachable_pub, reason = "a component's properties are public wherever it stands")]
// a release keeps the full types of the pages; they nest deeper than the usual limit
#![recursion_limit = "512"]

pub mod error;
pub mod features;
pub mod frame;
pub mod kept;
pub mod shell;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod ui;
pub mod viewer;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Router, Routes};

use crate::{
    features::{
        analytics::AnalyticsRoutes, cart::CartRoutes, catalog::CatalogRoutes,
        certificates::CertificatesRoutes, compliance::ComplianceRoutes, identity::IdentityRoutes,
        orders::OrdersRoutes,
    },
    frame::{ErrorKind, ErrorPage, Frame, FrameViewer, RouteAnnouncer, provide_theme},
    ui::provide_toaster,
    viewer::{provide_viewer, use_viewer},
};

/// The whole application, from the root of `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_viewer();
    provide_toaster(None);
    let viewer = use_viewer();
    view! {
        {provide_theme()}
        <Title formatter=|title: String| if title.is_empty() { "HCTS".to_owned() } else { format!("{title} · HCTS") }/>
        <Router>
            <RouteAnnouncer/>
            {move || view! {
                <Frame viewer=viewer.get().map(FrameViewer::from)>
                    <Routes fallback=|| view! { <ErrorPage kind=ErrorKind::NotFound/> }>
                        <AnalyticsRoutes/>
                        <CatalogRoutes/>
                        <CartRoutes/>
                        <OrdersRoutes/>
                        <CertificatesRoutes/>
                        <IdentityRoutes/>
                        <ComplianceRoutes/>
                    </Routes>
                </Frame>
            }}
        </Router>
    }
}

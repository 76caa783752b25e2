//! The isomorphic pages of HCTS: rendered on the server, hydrated or mounted in the browser.

#![expect(unreachable_pub, reason = "a component's properties are public wherever it stands")]

pub mod answers;
pub mod error;
pub mod features;
pub mod frame;
pub mod kept;
pub mod loaded;
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
    frame::{
        ErrorKind, ErrorPage, Frame, FrameViewer, PublicFrame, RouteAnnouncer, provide_theme, provide_updates,
    },
    ui::provide_toaster,
    viewer::{provide_viewer, use_viewer},
};

/// The whole application, from the root of `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_viewer();
    provide_toaster();
    provide_updates();
    let viewer = use_viewer();
    view! {
        {provide_theme()}
        <Title formatter=window_title/>
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

/// What the offline shell is filled with: no page can be shown without the server's data. There is no router, so every link is a
/// new attempt to reach the server.
#[component]
pub fn OfflineApp() -> impl IntoView {
    provide_meta_context();
    provide_toaster();
    view! {
        {provide_theme()}
        <Title formatter=window_title/>
        <PublicFrame viewer=None><ErrorPage kind=ErrorKind::Offline/></PublicFrame>
    }
}

/// The server writes a title into the document as it stands (`leptos_meta` 0.8), the browser sets it as text: only the former is escaped.
fn window_title(page: String) -> String {
    let title = if page.is_empty() { "HCTS".to_owned() } else { format!("{page} · HCTS") };
    if cfg!(feature = "ssr") { title.replace('&', "&amp;").replace('<', "&lt;") } else { title }
}

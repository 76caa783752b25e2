//! The pages of HCTS for server and browser: rendered on the server, hydrated in the browser. Begin with [`App`]; `features/` has the
//! pages, `frame/` the bars around them, `ui/` the components, `list/` the parts of all lists.

#![expect(unreachable_pub, reason = "a component's properties are public wherever it stands")]

pub mod answers;
pub mod draft;
pub mod error;
pub mod features;
pub mod form_action;
pub mod form_restore;
pub mod frame;
pub mod list;
pub mod loaded;
pub mod query;
pub mod rpc;
pub mod session;
pub mod shell;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod ui;
mod user_storage;
pub mod viewer;
pub mod wing;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Router, Routes};

use crate::{
    features::{
        analytics::AnalyticsRoutes,
        cart::CartRoutes,
        catalog::{self, CatalogRoutes},
        certificates::{self, CertificatesRoutes},
        compliance::{self, ComplianceRoutes},
        identity::{self, IdentityRoutes},
        orders::{self, OrdersRoutes},
        search::SearchRoutes,
        views::{self, ViewsRoutes},
    },
    frame::{
        ErrorKind, ErrorPage, Frame, GetForms, PublicFrame, RouteAnnouncer, StalePage, provide_connection,
        provide_demo_mark, provide_install, provide_shortcuts, provide_stale_page, provide_theme,
        provide_updates,
    },
    session::SessionWatch,
    ui::{PageErrors, provide_formats, provide_page_errors, provide_toaster},
    viewer::{provide_viewer, use_viewer},
    wing::{Wing, WingMissing, WingPage},
};

/// The whole application: the content of `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_viewer();
    provide_formats();
    provide_toaster();
    provide_updates();
    provide_connection();
    provide_stale_page();
    provide_demo_mark();
    provide_install();
    let errors = provide_page_errors();
    let viewer = use_viewer();
    view! {
        {provide_theme()}
        {provide_shortcuts()}
        <Title formatter=move |page: String| window_title(&page, &errors)/>
        <Router>
            <RouteAnnouncer/>
            <GetForms/>
            <SessionWatch/>
            <StalePage/>
            {move || view! {
                <Frame viewer=viewer.get()>
                    <Routes fallback=|| view! { <ErrorPage kind=ErrorKind::NotFound/> }>
                        <AnalyticsRoutes/>
                        <CatalogRoutes/>
                        <CartRoutes/>
                        <OrdersRoutes/>
                        <CertificatesRoutes/>
                        <IdentityRoutes/>
                        <ComplianceRoutes/>
                        <SearchRoutes/>
                        <ViewsRoutes/>
                    </Routes>
                </Frame>
            }}
        </Router>
    }
}

/// Fetches the wing that draws the page at `path`, so that the server's page can be hydrated at once. Does nothing for a page of the
/// main part.
///
/// # Errors
/// Returns [`WingMissing`] when the wing could not be fetched; the page then stays as the server rendered it.
pub async fn fetch_wing_of(path: &str) -> Result<(), WingMissing> {
    match Wing::of(path) {
        None => {}
        Some(Wing::Provider) => catalog::ProviderPage::fetch().await?,
        Some(Wing::Trade) => orders::TradePage::fetch().await?,
        Some(Wing::Clinic) => certificates::ClinicPage::fetch().await?,
        Some(Wing::Identity) => {
            // pages of two domains, each with its own loader for the same file
            identity::IdentityPage::fetch().await?;
            views::SavedViewPage::fetch().await?;
        }
        Some(Wing::Console) => compliance::ConsolePage::fetch().await?,
    }
    Ok(())
}

/// Content of the offline shell: no page can be shown without the server. There is no router, so every link tries to reach the
/// server again.
#[component]
pub fn OfflineApp() -> impl IntoView {
    provide_meta_context();
    provide_toaster();
    let errors = provide_page_errors();
    view! {
        {provide_theme()}
        <Title formatter=move |page: String| window_title(&page, &errors)/>
        <PublicFrame viewer=None><ErrorPage kind=ErrorKind::Offline/></PublicFrame>
    }
}

/// Formats all window titles. There must be no second formatter: it would survive its page and pass titles through unchanged.
fn window_title(page: &str, errors: &PageErrors) -> String {
    title_of(page, errors.any(), cfg!(feature = "ssr"))
}

/// Returns the window's title. The server writes it into the document as markup (`leptos_meta` 0.8), so it is escaped there; the browser
/// sets it as text.
fn title_of(page: &str, has_errors: bool, as_markup: bool) -> String {
    let mark = if has_errors { "Error: " } else { "" };
    let title = if page.is_empty() { [mark, "HCTS"].concat() } else { [mark, page, " · HCTS"].concat() };
    if as_markup { title.replace('&', "&amp;").replace('<', "&lt;") } else { title }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_leave_its_element_with_errors_or_without() {
        let bad = "Scan</title><script>alert(1)</script> & more";
        assert_eq!(
            title_of(bad, true, true),
            "Error: Scan&lt;/title>&lt;script>alert(1)&lt;/script> &amp; more · HCTS"
        );
        assert!(!title_of(bad, false, true).contains('<'));
        assert_eq!(title_of("A & B", false, false), "A & B · HCTS", "the browser sets text");
        assert_eq!(title_of("", true, false), "Error: HCTS");
    }
}

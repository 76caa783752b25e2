//! Wings: parts of the browser code that are fetched when one of their pages is first opened. The server contains all of them.
//! Begin with [`Wing::of`], which assigns paths to wings; a domain's `mod.rs` lists its pages.

use std::future::Future;

use leptos::{prelude::*, wasm_split::SplitLoaderError};
use leptos_router::{ChooseView, hooks::use_location};

use crate::{
    frame::{ErrorKind, ErrorPage},
    viewer::leave_for,
};

/// The wings. All other pages are in the main part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wing {
    /// Pages of a provider for its own services.
    Provider,
    /// Checkout, purchases and orders.
    Trade,
    /// Redemption and revocation of certificates.
    Clinic,
    /// Sign-in, sign-up, account, organisation, saved views.
    Identity,
    /// The console.
    Console,
}

impl Wing {
    /// Returns the wing that draws the page at `path`; `None` for a page of the main part.
    pub fn of(path: &str) -> Option<Self> {
        let mut segments = path.trim_matches('/').split('/');
        match (segments.next().unwrap_or_default(), segments.next(), segments.next()) {
            ("console", Some(_), _) => Some(Self::Console),
            ("services", ..) => Some(Self::Provider),
            ("checkout" | "purchases" | "orders", ..) => Some(Self::Trade),
            ("redeem", ..) | ("certificates", Some(_), Some("revoke")) => Some(Self::Clinic),
            ("sign-in" | "sign-up" | "invitations" | "organisation" | "account" | "views", ..) => {
                Some(Self::Identity)
            }
            _ => None,
        }
    }

    /// Returns the name of the wing in `wasm_split`, in file names and in the page's `data-wing`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Trade => "trade",
            Self::Clinic => "clinic",
            Self::Identity => "identity",
            Self::Console => "console",
        }
    }
}

/// Error: a wing could not be fetched.
#[derive(Clone, Copy, Debug)]
pub struct WingMissing;

impl From<SplitLoaderError> for WingMissing {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// Returns the page that a wing has drawn. `wasm_split` requires that the drawing function returns a `Result`.
pub fn wrap_page(page: AnyView) -> Result<AnyView, WingMissing> {
    Ok(page)
}

/// A page that a wing draws.
pub trait WingPage: Copy + Send + 'static {
    /// Wing of the page.
    const WING: Wing;

    /// Fetches the wing unless it is loaded. A failure is not stored: the next call tries again.
    fn fetch() -> impl Future<Output = Result<(), SplitLoaderError>>;

    /// Draws the page when its wing is loaded.
    fn draw(self) -> impl Future<Output = Result<AnyView, WingMissing>>;
}

/// View of a route that a wing draws.
#[derive(Clone, Copy)]
pub struct InWing<P>(pub P);

impl<P: WingPage> ChooseView for InWing<P> {
    async fn choose(self) -> AnyView {
        assert_listed::<P>();
        self.0.draw().await.unwrap_or_else(|WingMissing| view! { <MissingWing/> }.into_any())
    }

    /// Fetches the wing. The router awaits this before it leaves the current page.
    async fn preload(&self) {
        // a missing wing is reported in place of the page
        let _fetched = P::fetch().await;
    }
}

/// Returns the wing of this request's page. The page names it, so that its files are loaded in parallel with the main part.
pub(crate) fn wing_of_request() -> Option<Wing> {
    Wing::of(&path_of_request()?)
}

/// Checks that [`Wing::of`] knows the page's path. Otherwise the page would be hydrated before its wing is loaded, which fails.
fn assert_listed<P: WingPage>() {
    if let Some(path) = path_of_request() {
        debug_assert_eq!(Wing::of(&path), Some(P::WING), "`Wing::of` does not name the wing of {path}");
    }
}

#[cfg(feature = "ssr")]
fn path_of_request() -> Option<String> {
    use_context::<http::request::Parts>().map(|parts| parts.uri.path().to_owned())
}

/// Returns `None` in the browser, which has no request.
#[cfg(not(feature = "ssr"))]
const fn path_of_request() -> Option<String> {
    None
}

/// Shown in place of a page whose wing could not be fetched. If the browser is online, the reason is a newer release without this
/// file: then the page is loaded again as a whole, with matching files.
#[component]
fn MissingWing() -> impl IntoView {
    let location = use_location();
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    Effect::new(move |_| {
        if is_online() {
            leave_for(&if search.is_empty() { path.clone() } else { [&*path, "?", &*search].concat() });
        }
    });
    view! { <ErrorPage kind=ErrorKind::Offline/> }
}

#[cfg(feature = "hydrate")]
fn is_online() -> bool {
    window().navigator().on_line()
}

/// Returns false on the server, where effects do not run.
#[cfg(not(feature = "hydrate"))]
const fn is_online() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::Wing;

    #[test]
    fn public_pages_need_no_wing_and_pages_below_a_path_share_its_wing() {
        for path in [
            "/",
            "/market",
            "/market/0199",
            "/check",
            "/cart",
            "/dashboard",
            "/console",
            "/certificates/0199",
            "/nowhere",
        ] {
            assert_eq!(Wing::of(path), None, "{path}");
        }
        for (path, wing) in [
            ("/services", Wing::Provider),
            ("/services/0199/edit", Wing::Provider),
            ("/purchases/0199/result", Wing::Trade),
            ("/certificates/0199/revoke", Wing::Clinic),
            ("/sign-in/", Wing::Identity),
            ("/console/permissions/review", Wing::Console),
        ] {
            assert_eq!(Wing::of(path), Some(wing), "{path}");
        }
    }
}

//! Wings: parts of the browser half that are fetched when one of their pages is opened first. The server holds all of them.
//! Begin with [`Wing::of`], which says where a page is drawn; a domain's `mod.rs` names its pages.

use std::future::Future;

use leptos::{prelude::*, wasm_split::SplitLoaderError};
use leptos_router::{ChooseView, hooks::use_location};

use crate::{
    frame::{ErrorKind, ErrorPage},
    viewer::leave_for,
};

/// The wings. Everything else is in the main part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wing {
    /// A provider's own services.
    Provider,
    /// Checkout, purchases and orders.
    Trade,
    /// Redeeming and revoking.
    Clinic,
    /// Signing up and in, the account, the organisation, saved views.
    Identity,
    /// The compliance console.
    Console,
}

impl Wing {
    /// Returns the wing that draws the page at `path`. `None`: the main part draws it.
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

    /// Its name in `wasm_split`, in file names and in the page's `data-wing`.
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

/// A wing could not be fetched.
#[derive(Clone, Copy, Debug)]
pub struct WingMissing;

impl From<SplitLoaderError> for WingMissing {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// Returns the page that a wing has drawn. `wasm_split` wants a `Result` of the function that draws, for the case that the wing is missing.
pub fn drawn(page: AnyView) -> Result<AnyView, WingMissing> {
    Ok(page)
}

/// A page that is drawn by a wing.
pub trait WingPage: Copy + Send + 'static {
    /// The wing of the page.
    const WING: Wing;

    /// Fetches the wing unless it is there. A failure is not remembered: the next call tries again.
    fn fetch() -> impl Future<Output = Result<(), SplitLoaderError>>;

    /// Draws the page as soon as its wing is there.
    fn draw(self) -> impl Future<Output = Result<AnyView, WingMissing>>;
}

/// A route's view that a wing draws.
#[derive(Clone, Copy)]
pub struct InWing<P>(pub P);

impl<P: WingPage> ChooseView for InWing<P> {
    async fn choose(self) -> AnyView {
        assert_listed::<P>();
        self.0.draw().await.unwrap_or_else(|WingMissing| view! { <MissingWing/> }.into_any())
    }

    /// The router waits here before it leaves the page that is shown.
    async fn preload(&self) {
        // what is missing is said in the page's place
        let _fetched = P::fetch().await;
    }
}

/// Returns the wing that draws the page of this request. The page names it, so that its files are on their way while the main part still
/// is.
pub(crate) fn wing_of_request() -> Option<Wing> {
    Wing::of(&path_of_request()?)
}

/// A page whose path [`Wing::of`] does not know would be taken over before its wing is there, which the browser half does not survive.
fn assert_listed<P: WingPage>() {
    if let Some(path) = path_of_request() {
        debug_assert_eq!(Wing::of(&path), Some(P::WING), "`Wing::of` does not name the wing of {path}");
    }
}

#[cfg(feature = "ssr")]
fn path_of_request() -> Option<String> {
    use_context::<http::request::Parts>().map(|parts| parts.uri.path().to_owned())
}

/// Requests are the server's alone.
#[cfg(not(feature = "ssr"))]
const fn path_of_request() -> Option<String> {
    None
}

/// Stands in the place of a page whose wing could not be fetched. With a network the reason is a newer release, which has no such file
/// any more: the page is loaded whole, with the files that go with it.
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

/// Effects run in the browser alone.
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

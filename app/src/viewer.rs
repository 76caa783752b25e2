//! The viewer: the signed-in person of a page. The server determines it before rendering and sends it to the browser with the page.

use contracts::{
    identity::{MadeFor, OrganisationKind, Viewer},
    query_text::push_pair,
};
use leptos::prelude::*;
use leptos_router::{hooks::use_location, location::Url};

use crate::frame::paths;

#[derive(Clone, Copy)]
struct CurrentViewer(RwSignal<Option<Viewer>>);

/// Provides the viewer to [`use_viewer`]. Call once, at the root.
pub fn provide_viewer() {
    let viewer = SharedValue::new(viewer_of_request).into_inner();
    provide_context(CurrentViewer(RwSignal::new(viewer)));
}

/// Returns the signed-in person; `None` for a visitor.
pub fn use_viewer() -> ReadSignal<Option<Viewer>> {
    use_context::<CurrentViewer>().map_or_else(|| RwSignal::new(None), |current| current.0).read_only()
}

/// Returns the person and organisation of the page. Each of its requests sends them, and the server refuses it when they have changed.
#[cfg(feature = "ssr")]
pub(crate) fn made_for() -> String {
    crate::ssr::ctx().map(|ctx| ctx.made_for().to_string()).unwrap_or_default()
}

/// Returns the value from the document, because requests are sent outside of components.
#[cfg(not(feature = "ssr"))]
pub(crate) fn made_for() -> String {
    document().body().and_then(|body| body.get_attribute("data-made-for")).unwrap_or_default()
}

/// Returns the address of a download with the person and organisation of the page.
pub(crate) fn download_address(address: &str) -> String {
    let mut address = address.to_owned();
    if !address.contains('?') {
        address.push('?');
    }
    push_pair(&mut address, MadeFor::FIELD, &made_for());
    address
}

/// Hidden field with the person and organisation of the page; in every form that the browser may send itself.
#[component]
pub fn MadeForField() -> impl IntoView {
    view! { <input type="hidden" name=MadeFor::FIELD value=made_for()/> }
}

/// True for members of the platform, whose lists have the rows of all organisations.
pub(crate) fn is_console(viewer: ReadSignal<Option<Viewer>>) -> bool {
    let kind = viewer.with_untracked(|viewer| viewer.as_ref().and_then(Viewer::kind));
    kind == Some(OrganisationKind::Platform)
}

/// Returns the address of the sign-in page that leads back to this page.
pub fn sign_in_from_here() -> String {
    let location = use_location();
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    sign_in_from(&path, &search)
}

/// Returns the address of the sign-in page that leads back to a page, without the error of a refused form in its query.
pub fn sign_in_from(path: &str, search: &str) -> String {
    let search: Vec<&str> = search
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("__err=") && !pair.starts_with("__path="))
        .collect();
    let here = if search.is_empty() { path.to_owned() } else { [path, "?", &search.join("&")].concat() };
    [paths::SIGN_IN, "?next=", &Url::escape(&here)].concat()
}

/// Loads another page of the server, which discards all state of this one.
pub(crate) fn leave_for(path: &str) {
    // fails only if the document has been left
    let _leaving = location().replace(path);
}

#[cfg(feature = "ssr")]
fn viewer_of_request() -> Option<Viewer> {
    use_context::<http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<Option<Viewer>>().cloned().flatten())
}

/// Returns no viewer; used only when the page contains none that can be read.
#[cfg(not(feature = "ssr"))]
const fn viewer_of_request() -> Option<Viewer> {
    None
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_keeps_the_query_and_forgets_the_error() {
        assert_eq!(sign_in_from("/cart", ""), "/sign-in?next=%2Fcart");
        assert_eq!(
            sign_in_from("/orders", "state=paid&__path=%2Frpc&__err=abc"),
            "/sign-in?next=%2Forders%3Fstate%3Dpaid"
        );
    }
}

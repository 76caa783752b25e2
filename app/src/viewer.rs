//! Who looks at the page. Settled before the server renders, carried over to the browser with the page.

use contracts::{
    identity::{MadeFor, OrganisationKind, Viewer},
    query_text::push_pair,
};
use leptos::prelude::*;
use leptos_router::{hooks::use_location, location::Url};

use crate::frame::paths;

#[derive(Clone, Copy)]
struct CurrentViewer(RwSignal<Option<Viewer>>);

/// Puts the viewer where [`use_viewer`] finds it. Call once, at the root.
pub fn provide_viewer() {
    let viewer = SharedValue::new(viewer_of_request).into_inner();
    provide_context(CurrentViewer(RwSignal::new(viewer)));
}

/// The signed-in person, or none.
pub fn use_viewer() -> ReadSignal<Option<Viewer>> {
    use_context::<CurrentViewer>().map_or_else(|| RwSignal::new(None), |current| current.0).read_only()
}

/// Tells for whom this page was made: each of its requests repeats it, and the server refuses what was made for another.
#[cfg(feature = "ssr")]
pub(crate) fn made_for() -> String {
    crate::ssr::ctx().map(|ctx| ctx.made_for().to_string()).unwrap_or_default()
}

/// The document says it: a request is sent by no component.
#[cfg(not(feature = "ssr"))]
pub(crate) fn made_for() -> String {
    document().body().and_then(|body| body.get_attribute("data-made-for")).unwrap_or_default()
}

/// The address of a download that says for whom its page was made.
pub(crate) fn download_address(address: &str) -> String {
    let mut address = address.to_owned();
    if !address.contains('?') {
        address.push('?');
    }
    push_pair(&mut address, MadeFor::FIELD, &made_for());
    address
}

/// Stands in every form that the browser may send by itself and says for whom its page was made.
#[component]
pub fn MadeForField() -> impl IntoView {
    view! { <input type="hidden" name=MadeFor::FIELD value=made_for()/> }
}

/// Whether an administrator looks: lists then hold everybody's rows.
pub(crate) fn is_console(viewer: ReadSignal<Option<Viewer>>) -> bool {
    let kind = viewer.with_untracked(|viewer| viewer.as_ref().and_then(Viewer::kind));
    kind == Some(OrganisationKind::Platform)
}

/// The sign-in page that leads back to this page.
pub fn sign_in_from_here() -> String {
    let location = use_location();
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    sign_in_from(&path, &search)
}

/// The sign-in page that leads back to that page. An error that a refused form left in the address is not taken along.
pub fn sign_in_from(path: &str, search: &str) -> String {
    let search: Vec<&str> = search
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("__err=") && !pair.starts_with("__path="))
        .collect();
    let here = if search.is_empty() { path.to_owned() } else { [path, "?", &search.join("&")].concat() };
    [paths::SIGN_IN, "?next=", &Url::escape(&here)].concat()
}

/// Leaves this page for another one of the server's: the whole page goes, and with it what it knew of who was here.
pub(crate) fn leave_for(path: &str) {
    // refused only where the document has been left
    let _leaving = location().replace(path);
}

#[cfg(feature = "ssr")]
fn viewer_of_request() -> Option<Viewer> {
    use_context::<http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<Option<Viewer>>().cloned().flatten())
}

/// Runs only when a page brings nothing along that can be read: then nobody is known.
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

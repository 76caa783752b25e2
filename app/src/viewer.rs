//! Who looks at the page. Settled before the server renders, carried over to the browser with the page.

use contracts::identity::Viewer;
use leptos::prelude::*;

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

#[cfg(feature = "ssr")]
fn viewer_of_request() -> Option<Viewer> {
    use_context::<http::request::Parts>().and_then(|parts| parts.extensions.get::<Option<Viewer>>().cloned().flatten())
}

/// Runs only in the offline shell, where nobody is known.
#[cfg(not(feature = "ssr"))]
const fn viewer_of_request() -> Option<Viewer> {
    None
}

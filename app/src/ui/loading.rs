//! A part of a page whose data are on their way.

use leptos::prelude::*;

/// Shows what `show` comes to. In the browser the fallback stands there until then, and what is shown stays while newer data come.
///
/// The server writes a page whole and in order, so a place that waits is enough there: the boundary that the browser has would make
/// everything in it three times over.
#[component]
pub fn Loading<F, Fut>(
    /// What stands there for the time being: a `Skeleton`.
    #[prop(optional, into)]
    fallback: ViewFnOnce,
    /// What is shown; awaits its data. Made anew when they change.
    show: F,
) -> impl IntoView
where
    F: Fn() -> Fut + Send + 'static,
    Fut: Future<Output = AnyView> + Send + 'static,
{
    let shown = move || Suspend::new(show());
    #[cfg(feature = "ssr")]
    {
        drop(fallback);
        // the browser's boundary takes a number, too: those of the data after it must be the same on both sides
        if let Some(shared) = Owner::current_shared_context() {
            shared.next_id();
        }
        shown
    }
    #[cfg(not(feature = "ssr"))]
    view! { <Transition fallback>{shown}</Transition> }
}

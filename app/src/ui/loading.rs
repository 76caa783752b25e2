//! A part of a page whose data are on their way.

use std::pin::Pin;

use leptos::prelude::*;

/// What is shown, when its data are there.
type Shown = Pin<Box<dyn Future<Output = AnyView> + Send>>;

/// Shows what `show` comes to. In the browser the fallback stands there until then, and what is shown stays while newer data come.
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
    boundary(fallback, Box::new(move || Box::pin(show())))
}

/// The server writes a page whole and in order, so a place that waits is enough there: the boundary that the browser has would make
/// everything in it three times over.
#[cfg(feature = "ssr")]
fn boundary(_fallback: ViewFnOnce, show: Box<dyn Fn() -> Shown + Send>) -> AnyView {
    // the browser's boundary takes a number, too: those of the data after it must be the same on both sides
    if let Some(shared) = Owner::current_shared_context() {
        shared.next_id();
    }
    (move || Suspend::new(show())).into_any()
}

/// Not generic: the browser has this code once for all pages.
#[cfg(not(feature = "ssr"))]
fn boundary(fallback: ViewFnOnce, show: Box<dyn Fn() -> Shown + Send>) -> AnyView {
    view! { <Transition fallback>{move || Suspend::new(show())}</Transition> }.into_any()
}

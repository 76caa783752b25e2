//! Parts of a page whose data are being loaded.

use std::pin::Pin;

use leptos::prelude::*;

/// Future of the content, which awaits its data.
type Shown = Pin<Box<dyn Future<Output = AnyView> + Send>>;

/// Shows the result of `show`. In the browser the fallback is shown until the first result; old content stays while newer data are
/// loaded, unless `fresh` is set.
#[component]
pub fn Loading<F, Fut>(
    /// Content until then, such as a `Skeleton`.
    #[prop(optional, into)]
    fallback: ViewFnOnce,
    /// True hides old content while newer data are loaded and marks the region as busy; for lists, whose old rows do not match new filters.
    #[prop(optional)]
    fresh: bool,
    /// Returns the content, which awaits its data. Called again when they change.
    show: F,
) -> impl IntoView
where
    F: Fn() -> Fut + Send + 'static,
    Fut: Future<Output = AnyView> + Send + 'static,
{
    boundary(fallback, fresh, Box::new(move || Box::pin(show())))
}

/// Not generic, so that browsers have this code once for all pages.
fn boundary(fallback: ViewFnOnce, fresh: bool, show: Box<dyn Fn() -> Shown + Send>) -> AnyView {
    if fresh {
        let (busy, set_busy) = signal(false);
        // the page is complete when the server sends it
        let is_busy = move || if cfg!(feature = "hydrate") && busy.get() { "true" } else { "false" };
        return view! {
            <div class="fresh" aria-busy=is_busy>
                <Transition fallback set_pending=set_busy>{suspend(show)}</Transition>
            </div>
        }
        .into_any();
    }
    view! { <Transition fallback>{suspend(show)}</Transition> }.into_any()
}

/// Returns the content for the boundary, which polls it several times until all data are there. On the server, where nothing changes,
/// the result is made once and kept; a closure would make it each time.
#[cfg(feature = "ssr")]
fn suspend(show: Box<dyn Fn() -> Shown + Send>) -> impl IntoView {
    Suspend::new(show())
}

/// Returns the content for the boundary. Newer data change existing text nodes, but a translator has replaced those. On a translated
/// page each result is therefore drawn anew: the two sides of an `Either` never share nodes.
#[cfg(not(feature = "ssr"))]
fn suspend(show: Box<dyn Fn() -> Shown + Send>) -> impl IntoView {
    use leptos::either::Either;

    let drawn_on_left = StoredValue::new(false);
    move || {
        let on_left = is_translated() && !drawn_on_left.get_value();
        drawn_on_left.set_value(on_left);
        let shown = show();
        Suspend::new(async move {
            let view = shown.await;
            if on_left { Either::Left(view) } else { Either::Right(view) }
        })
    }
}

/// True when a translator has changed this page; `public/page.js` makes the same check before it lets the page follow a link.
#[cfg(not(feature = "ssr"))]
fn is_translated() -> bool {
    matches!(document().query_selector("font"), Ok(Some(_)))
}

//! A part of a page whose data are on their way.

use std::pin::Pin;

use leptos::prelude::*;

/// What is shown, when its data are there.
type Shown = Pin<Box<dyn Future<Output = AnyView> + Send>>;

/// Shows what `show` comes to. In the browser the fallback stands there until then, and what is shown stays while newer data come,
/// unless they must be `fresh`.
#[component]
pub fn Loading<F, Fut>(
    /// What stands there for the time being: a `Skeleton`.
    #[prop(optional, into)]
    fallback: ViewFnOnce,
    /// Hides old results while newer ones come, and says that it is busy: for a list, whose old rows would stand under another filter.
    #[prop(optional)]
    fresh: bool,
    /// What is shown; awaits its data. Made anew when they change.
    show: F,
) -> impl IntoView
where
    F: Fn() -> Fut + Send + 'static,
    Fut: Future<Output = AnyView> + Send + 'static,
{
    boundary(fallback, fresh, Box::new(move || Box::pin(show())))
}

/// Not generic: the browser has this code once for all pages.
fn boundary(fallback: ViewFnOnce, fresh: bool, show: Box<dyn Fn() -> Shown + Send>) -> AnyView {
    if fresh {
        let (busy, set_busy) = signal(false);
        // the server's page is whole when it is sent
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

/// The boundary asks its children several times whether all data are there. On the server, where nothing changes any more, what
/// they came to is made once and kept; a closure would make it anew each time.
#[cfg(feature = "ssr")]
fn suspend(show: Box<dyn Fn() -> Shown + Send>) -> impl IntoView {
    Suspend::new(show())
}

/// Newer data change the text nodes that are there. A translator has put its own in their place, so on a translated page each answer is
/// drawn anew: the two sides of an `Either` are never the same nodes.
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

/// Whether a translator works on this page; `public/page.js` asks the same before it lets the page follow a link.
#[cfg(not(feature = "ssr"))]
fn is_translated() -> bool {
    matches!(document().query_selector("font"), Ok(Some(_)))
}

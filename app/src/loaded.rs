//! What nearly every page is: data from a server function, or the page of the error that came instead.

use leptos::prelude::*;

use crate::{
    error::{ErrorView, UiError},
    ui::Loading,
};

/// Shows data when they are there; what failed is a page of its own in their place.
#[component]
pub fn Loaded<T, V, F>(
    /// Where they come from.
    data: Resource<Result<T, UiError>>,
    /// What stands there for the time being: a `Skeleton`.
    #[prop(optional, into)]
    fallback: ViewFnOnce,
    /// Draws them.
    show: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
    F: Fn(T) -> V + Clone + Send + 'static,
{
    let show = move || {
        let show = show.clone();
        async move {
            match data.await {
                Ok(value) => show(value).into_any(),
                Err(error) => view! { <ErrorView error/> }.into_any(),
            }
        }
    };
    view! { <Loading fallback show/> }
}

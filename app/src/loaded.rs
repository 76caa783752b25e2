//! What nearly every page is: data from a server function, or the page of the error that came instead.

use std::pin::Pin;

use leptos::prelude::*;

use crate::{
    error::{ErrorView, UiError},
    ui::{Loading, Skeleton, SkeletonShape},
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
    view! { <Loading fallback show=render_loaded(data, show)/> }
}

/// Shows a page of a list when it is there. As soon as another filter, order or page is asked for, the old rows are hidden and the
/// place says that it is busy.
#[component]
pub fn LoadedList<T, V, F>(
    /// Where the page comes from.
    data: Resource<Result<T, UiError>>,
    /// Draws it.
    show: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
    F: Fn(T) -> V + Clone + Send + 'static,
{
    view! { <Loading fallback=busy_rows fresh=true show=render_loaded(data, show)/> }
}

/// What stands in the place of rows that are on their way.
pub fn busy_rows() -> AnyView {
    view! { <Skeleton shape=SkeletonShape::Rows count=8/> }.into_any()
}

fn render_loaded<T, V, F>(
    data: Resource<Result<T, UiError>>,
    show: F,
) -> impl Fn() -> Pin<Box<dyn Future<Output = AnyView> + Send>> + Send
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
    F: Fn(T) -> V + Clone + Send + 'static,
{
    move || {
        let show = show.clone();
        Box::pin(async move {
            match data.await {
                Ok(value) => show(value).into_any(),
                Err(error) => view! { <ErrorView error/> }.into_any(),
            }
        })
    }
}

//! Data of a server function on a page, or an error page in their place.

use std::pin::Pin;

use leptos::prelude::*;

use crate::{
    error::{ErrorView, UiError},
    ui::{Loading, Skeleton, SkeletonShape},
};

/// Shows data when they arrive, or an error page.
#[component]
pub fn Loaded<T, V, F>(
    /// Source of the data.
    data: Resource<Result<T, UiError>>,
    /// Content until then, such as a `Skeleton`.
    #[prop(optional, into)]
    fallback: ViewFnOnce,
    /// Draws the data.
    show: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
    F: Fn(T) -> V + Clone + Send + 'static,
{
    view! { <Loading fallback show=render_loaded(data, show)/> }
}

/// Shows a page of a list when it arrives. As soon as other filters, another order or page are requested, the old rows are hidden and
/// the region is marked as busy.
#[component]
pub fn LoadedList<T, V, F>(
    /// Source of the page.
    data: Resource<Result<T, UiError>>,
    /// Draws the page.
    show: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
    F: Fn(T) -> V + Clone + Send + 'static,
{
    view! { <Loading fallback=busy_rows fresh=true show=render_loaded(data, show)/> }
}

/// Returns the placeholder of rows that are being loaded.
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

//! The global search over everything the viewer may see.

mod pages;
mod parts;
#[cfg(feature = "ssr")]
mod places;
pub mod rpc;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

use pages::SearchPage;
pub use parts::SearchBox;

/// Routes of this domain.
#[component(transparent)]
pub fn SearchRoutes() -> AnyNestedRoute {
    view! { <Route path=path!("/search") view=SearchPage/> }.into_inner().into_any_nested_route()
}

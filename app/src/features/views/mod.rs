//! Saved views of lists.

mod pages;
pub mod parts;
pub mod rpc;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

use pages::{NewViewPage, ViewsPage};
pub use parts::ViewsMenu;

/// The routes of this domain.
#[component(transparent)]
pub fn ViewsRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/views") view=ViewsPage/>
        <Route path=path!("/views/new") view=NewViewPage/>
    }
    .into_inner()
    .into_any_nested_route()
}

//! The cart: its page, the box that adds a service to it, and its server functions. Rules are in `services::cart`.

pub mod pages;
pub mod parts;
pub mod rpc;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

pub use parts::BuyBox;

/// Routes of this domain.
#[component(transparent)]
pub fn CartRoutes() -> AnyNestedRoute {
    view! { <Route path=path!("/cart") view=pages::CartPage/> }.into_inner().into_any_nested_route()
}

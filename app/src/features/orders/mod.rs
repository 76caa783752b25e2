//! Checkout, purchases and the seller's orders.

pub mod pages;
pub mod parts;
pub mod rpc;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

pub use parts::{PurchaseBadge, TransactionBadge};

/// The routes of this domain.
#[component(transparent)]
pub fn OrdersRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/checkout") view=pages::CheckoutPage/>
        <Route path=path!("/purchases") view=pages::PurchasesPage/>
        <Route path=path!("/purchases/:id") view=pages::PurchasePage/>
        <Route path=path!("/purchases/:id/result") view=pages::ResultPage/>
        <Route path=path!("/orders") view=pages::OrdersPage/>
        <Route path=path!("/orders/:id") view=pages::OrderPage/>
    }
    .into_inner()
    .into_any_nested_route()
}

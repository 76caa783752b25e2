//! The market and the provider's services.

pub mod pages;
pub mod parts;
pub mod rpc;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

use pages::{
    BulkPage, BulkRunPage, EditPage, ListPage, MarketPage, NewPage, ProviderServicePage, ServicePage,
};

/// The routes of this domain.
#[component(transparent)]
pub fn CatalogRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/market") view=MarketPage/>
        <Route path=path!("/market/:id") view=ServicePage/>
        <Route path=path!("/services") view=ListPage/>
        <Route path=path!("/services/new") view=NewPage/>
        <Route path=path!("/services/bulk") view=BulkPage/>
        <Route path=path!("/services/bulk/:id") view=BulkRunPage/>
        <Route path=path!("/services/:id") view=ProviderServicePage/>
        <Route path=path!("/services/:id/edit") view=EditPage/>
    }
    .into_inner()
    .into_any_nested_route()
}

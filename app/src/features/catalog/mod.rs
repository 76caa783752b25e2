//! The market (public pages) and the pages of a provider for its own services (in a wing). Rules are in `services::catalog`.

pub mod pages;
pub mod parts;
pub mod rpc;

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

use crate::wing::{InWing, Wing, WingMissing, WingPage, wrap_page};

use pages::{
    BulkPage, BulkRunPage, EditPage, ListPage, MarketPage, NewPage, ProviderServicePage, ServicePage,
};

/// Routes of this domain.
#[component(transparent)]
pub fn CatalogRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/market") view=MarketPage/>
        <Route path=path!("/market/:id") view=ServicePage/>
        <Route path=path!("/services") view=InWing(ProviderPage::List)/>
        <Route path=path!("/services/new") view=InWing(ProviderPage::New)/>
        <Route path=path!("/services/bulk") view=InWing(ProviderPage::Bulk)/>
        <Route path=path!("/services/bulk/:id") view=InWing(ProviderPage::BulkRun)/>
        <Route path=path!("/services/:id") view=InWing(ProviderPage::Service)/>
        <Route path=path!("/services/:id/edit") view=InWing(ProviderPage::Edit)/>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Pages of a provider for its own services.
#[derive(Clone, Copy)]
pub(crate) enum ProviderPage {
    List,
    New,
    Bulk,
    BulkRun,
    Service,
    Edit,
}

impl WingPage for ProviderPage {
    const WING: Wing = Wing::Provider;

    async fn fetch() -> Result<(), SplitLoaderError> {
        fetch_provider().await
    }

    async fn draw(self) -> Result<AnyView, WingMissing> {
        draw_provider(self).await
    }
}

#[wasm_split(provider, fallible, wasm_split_path = ::leptos::wasm_split, preload(fetch_provider))]
fn draw_provider(page: ProviderPage) -> Result<AnyView, WingMissing> {
    wrap_page(match page {
        ProviderPage::List => view! { <ListPage/> }.into_any(),
        ProviderPage::New => view! { <NewPage/> }.into_any(),
        ProviderPage::Bulk => view! { <BulkPage/> }.into_any(),
        ProviderPage::BulkRun => view! { <BulkRunPage/> }.into_any(),
        ProviderPage::Service => view! { <ProviderServicePage/> }.into_any(),
        ProviderPage::Edit => view! { <EditPage/> }.into_any(),
    })
}

//! Checkout, purchases and the seller's orders. Rules are in `services::orders`, those about payments in `services::settlement`.

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

pub use parts::{PurchaseBadge, TransactionBadge};

/// Routes of this domain.
#[component(transparent)]
pub fn OrdersRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/checkout") view=InWing(TradePage::Checkout)/>
        <Route path=path!("/purchases") view=InWing(TradePage::Purchases)/>
        <Route path=path!("/purchases/:id") view=InWing(TradePage::Purchase)/>
        <Route path=path!("/purchases/:id/result") view=InWing(TradePage::Result)/>
        <Route path=path!("/orders") view=InWing(TradePage::Orders)/>
        <Route path=path!("/orders/:id") view=InWing(TradePage::Order)/>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Pages of checkout, purchases and orders.
#[derive(Clone, Copy)]
pub(crate) enum TradePage {
    Checkout,
    Purchases,
    Purchase,
    Result,
    Orders,
    Order,
}

impl WingPage for TradePage {
    const WING: Wing = Wing::Trade;

    async fn fetch() -> Result<(), SplitLoaderError> {
        fetch_trade().await
    }

    async fn draw(self) -> Result<AnyView, WingMissing> {
        draw_trade(self).await
    }
}

#[wasm_split(trade, fallible, wasm_split_path = ::leptos::wasm_split, preload(fetch_trade))]
fn draw_trade(page: TradePage) -> Result<AnyView, WingMissing> {
    wrap_page(match page {
        TradePage::Checkout => view! { <pages::CheckoutPage/> }.into_any(),
        TradePage::Purchases => view! { <pages::PurchasesPage/> }.into_any(),
        TradePage::Purchase => view! { <pages::PurchasePage/> }.into_any(),
        TradePage::Result => view! { <pages::ResultPage/> }.into_any(),
        TradePage::Orders => view! { <pages::OrdersPage/> }.into_any(),
        TradePage::Order => view! { <pages::OrderPage/> }.into_any(),
    })
}

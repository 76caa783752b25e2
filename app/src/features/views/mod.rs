//! Saved views of lists: their pages, and the menu that lists of other domains show. Rules are in `services::views`.

mod pages;
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

use pages::{NewViewPage, ViewsPage};
pub use parts::ViewsMenu;

/// Routes of this domain.
#[component(transparent)]
pub fn ViewsRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/views") view=InWing(SavedViewPage::List)/>
        <Route path=path!("/views/new") view=InWing(SavedViewPage::New)/>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Pages of saved views.
#[derive(Clone, Copy)]
pub(crate) enum SavedViewPage {
    List,
    New,
}

impl WingPage for SavedViewPage {
    const WING: Wing = Wing::Identity;

    async fn fetch() -> Result<(), SplitLoaderError> {
        fetch_identity().await
    }

    async fn draw(self) -> Result<AnyView, WingMissing> {
        draw_saved_views(self).await
    }
}

#[wasm_split(identity, fallible, wasm_split_path = ::leptos::wasm_split, preload(fetch_identity))]
fn draw_saved_views(page: SavedViewPage) -> Result<AnyView, WingMissing> {
    wrap_page(match page {
        SavedViewPage::List => view! { <ViewsPage/> }.into_any(),
        SavedViewPage::New => view! { <NewViewPage/> }.into_any(),
    })
}

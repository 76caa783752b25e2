//! Sign-up, sign-in, organisations and members.

pub mod pages;
pub mod parts;
pub mod rpc;
#[cfg(feature = "ssr")]
pub mod session;

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

use pages::{AccountPage, InvitationPage, OrganisationPage, SignInPage, SignUpPage};

/// Routes of this domain.
#[component(transparent)]
pub fn IdentityRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/sign-in") view=InWing(IdentityPage::SignIn)/>
        <Route path=path!("/sign-up") view=InWing(IdentityPage::SignUp)/>
        <Route path=path!("/invitations/:token") view=InWing(IdentityPage::Invitation)/>
        <Route path=path!("/organisation") view=InWing(IdentityPage::Organisation)/>
        <Route path=path!("/account") view=InWing(IdentityPage::Account)/>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Pages of accounts and organisations.
#[derive(Clone, Copy)]
pub(crate) enum IdentityPage {
    SignIn,
    SignUp,
    Invitation,
    Organisation,
    Account,
}

impl WingPage for IdentityPage {
    const WING: Wing = Wing::Identity;

    async fn fetch() -> Result<(), SplitLoaderError> {
        fetch_identity().await
    }

    async fn draw(self) -> Result<AnyView, WingMissing> {
        draw_identity(self).await
    }
}

#[wasm_split(identity, fallible, wasm_split_path = ::leptos::wasm_split, preload(fetch_identity))]
fn draw_identity(page: IdentityPage) -> Result<AnyView, WingMissing> {
    wrap_page(match page {
        IdentityPage::SignIn => view! { <SignInPage/> }.into_any(),
        IdentityPage::SignUp => view! { <SignUpPage/> }.into_any(),
        IdentityPage::Invitation => view! { <InvitationPage/> }.into_any(),
        IdentityPage::Organisation => view! { <OrganisationPage/> }.into_any(),
        IdentityPage::Account => view! { <AccountPage/> }.into_any(),
    })
}

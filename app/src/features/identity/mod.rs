//! Signing up and in, organisations and members.

pub mod pages;
pub mod parts;
pub mod rpc;
#[cfg(feature = "ssr")]
pub mod session;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

use pages::{AccountPage, InvitationPage, OrganisationPage, SignInPage, SignUpPage};

/// The routes of this domain.
#[component(transparent)]
pub fn IdentityRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/sign-in") view=SignInPage/>
        <Route path=path!("/sign-up") view=SignUpPage/>
        <Route path=path!("/invitations/:token") view=InvitationPage/>
        <Route path=path!("/organisation") view=OrganisationPage/>
        <Route path=path!("/account") view=AccountPage/>
    }
    .into_inner()
    .into_any_nested_route()
}

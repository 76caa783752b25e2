//! The three frames around pages. Each has one `<main id="main">`; pages provide the `h1`.

use contracts::identity::{OrganisationKind, Viewer};
use leptos::prelude::*;

use super::{Footer, OfflineBanner, SideNav, SkipLink, TopBar, UpdatePrompt, nav_items_for};
use crate::ui::ToastRegion;

/// Chooses the frame: by kind of organisation for a person with an active one, public for everybody else.
#[component]
pub fn Frame(
    /// Signed-in person.
    viewer: Option<Viewer>,
    /// The page.
    children: Children,
) -> impl IntoView {
    match viewer {
        Some(viewer) if viewer.kind() == Some(OrganisationKind::Platform) => {
            view! { <ConsoleFrame viewer>{children()}</ConsoleFrame> }.into_any()
        }
        Some(viewer) if viewer.kind().is_some() => {
            view! { <SignedInFrame viewer>{children()}</SignedInFrame> }.into_any()
        }
        viewer => view! { <PublicFrame viewer>{children()}</PublicFrame> }.into_any(),
    }
}

/// Frame of public pages: a bar, content up to 1200 px, a footer.
#[component]
pub fn PublicFrame(
    /// Signed-in person.
    viewer: Option<Viewer>,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="frame frame-public">
            <SkipLink/>
            <TopBar viewer public=true/>
            <main id="main" class="page" tabindex="-1"><OfflineBanner/>{children()}</main>
            <Footer/>
            {notices()}
        </div>
    }
}

/// Frame for members of organisations: side navigation and bar.
#[component]
pub fn SignedInFrame(
    /// Signed-in person; without an organisation the navigation is empty.
    viewer: Viewer,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! { <div class="frame frame-signed">{draw_side_nav(viewer)}{main(children)}</div> }
}

/// Frame of the console: like [`SignedInFrame`], with denser tables (13 px) and narrower gutters.
#[component]
pub fn ConsoleFrame(
    /// Signed-in person.
    viewer: Viewer,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! { <div class="frame frame-signed frame-console">{draw_side_nav(viewer)}{main(children)}</div> }
}

fn draw_side_nav(viewer: Viewer) -> impl IntoView {
    let items = nav_items_for(&viewer);
    view! {
        <SkipLink/>
        <TopBar viewer=Some(viewer)/>
        <SideNav items/>
    }
}

fn main(children: Children) -> impl IntoView {
    view! { <main id="main" class="page page-wide" tabindex="-1"><OfflineBanner/>{children()}</main>{notices()} }
}

fn notices() -> impl IntoView {
    view! { <ToastRegion><UpdatePrompt/></ToastRegion> }
}

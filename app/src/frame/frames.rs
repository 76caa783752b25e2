//! The four frames. Each holds one `<main id="main">`; pages bring the `h1`.

use leptos::prelude::*;

use super::{
    Footer, FrameViewer, OfflineBanner, OrganisationRole, Rail, SkipLink, ThemeSwitch, TopBar, UpdatePrompt,
    paths, rail_for,
};
use crate::ui::{Glyph, Icon, ToastRegion};

/// The frame that fits: signed in with an organisation by role, public otherwise.
#[component]
pub fn Frame(
    /// The person, if signed in.
    viewer: Option<FrameViewer>,
    /// The page.
    children: Children,
) -> impl IntoView {
    match viewer {
        Some(viewer) if viewer.role() == Some(OrganisationRole::Platform) => {
            view! { <ConsoleFrame viewer>{children()}</ConsoleFrame> }.into_any()
        }
        Some(viewer) if viewer.role().is_some() => {
            view! { <SignedInFrame viewer>{children()}</SignedInFrame> }.into_any()
        }
        viewer => view! { <PublicFrame viewer>{children()}</PublicFrame> }.into_any(),
    }
}

/// A slim bar, content up to 1200 px, a footer.
#[component]
pub fn PublicFrame(
    /// The person, if signed in.
    viewer: Option<FrameViewer>,
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

/// The rail of the role and the bar.
#[component]
pub fn SignedInFrame(
    /// The person; without an organisation the rail is empty.
    viewer: FrameViewer,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! { <div class="frame frame-signed">{railed(viewer)}{main(children)}</div> }
}

/// The same, denser: 13 px tables, narrower gutters.
#[component]
pub fn ConsoleFrame(
    /// The person.
    viewer: FrameViewer,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! { <div class="frame frame-signed frame-console">{railed(viewer)}{main(children)}</div> }
}

fn railed(viewer: FrameViewer) -> impl IntoView {
    let items = viewer.role().map(rail_for).unwrap_or_default();
    view! {
        <SkipLink/>
        <TopBar viewer=Some(viewer)/>
        <Rail items/>
    }
}

fn main(children: Children) -> impl IntoView {
    view! { <main id="main" class="page page-wide" tabindex="-1"><OfflineBanner/>{children()}</main>{notices()} }
}

fn notices() -> impl IntoView {
    view! { <ToastRegion><UpdatePrompt/></ToastRegion> }
}

/// One task a screen, 56 px targets: the clinic's tablet.
#[component]
pub fn TabletFrame(
    /// The organisation that redeems.
    #[prop(into)]
    organisation: String,
    /// The task.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="frame frame-tablet">
            <SkipLink/>
            <header class="bar">
                <div class="bar-inner">
                    <a class="btn btn-quiet" href=paths::DASHBOARD><Glyph icon=Icon::ArrowLeft/>"Leave"</a>
                    <p class="bar-place">{organisation}</p>
                    <div class="bar-end"><ThemeSwitch/></div>
                </div>
            </header>
            <main id="main" class="page" tabindex="-1"><OfflineBanner/>{children()}</main>
            {notices()}
        </div>
    }
}

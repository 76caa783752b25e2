//! The bar at the top: brand, active organisation, and person.

use contracts::{identity::Viewer, states::OrganisationStatus};
use leptos::prelude::*;

use super::{DemoMark, InstallEntry, LegalLinks, ShortcutsEntry, ThemeSwitch, demo::demo_mark, paths};
use crate::{
    features::search::SearchBox,
    ui::{ButtonLook, Glyph, Icon, IconSize, LinkButton, Menu, MenuButton, MenuLink},
    viewer::MadeForField,
};

/// Brand, with its link.
#[component]
fn Brand(
    /// Target address.
    href: &'static str,
) -> impl IntoView {
    view! {
        <a class="brand" href=href aria-label="HCTS home">
            <svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true">
                <rect width="24" height="24" rx="6"></rect>
                <path d="M7 6.5v11M17 6.5v11M7 12h3.2l1.6-3 2 6 1.4-3H17" fill="none" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"></path>
            </svg>
            <span class="brand-name">"HCTS"</span>
        </a>
    }
}

/// Returns the content of the bar of a static page: brand, public links, and the mark "Demo" for demo data.
pub fn bar_html(is_demo: bool) -> String {
    view! { <Brand href=paths::HOME/>{is_demo.then(demo_mark)}<PublicLinks/> }.to_html()
}

/// Links of public pages.
#[component]
fn PublicLinks() -> impl IntoView {
    view! {
        <nav class="bar-links" aria-label="Public">
            <a href=paths::MARKET>"Market"</a>
            <a href=paths::CHECK aria-label="Check a certificate">"Check"<span class="bar-wide">"\u{a0}a certificate"</span></a>
        </nav>
    }
}

/// The bar. For visitors it has a link to sign in.
#[component]
pub fn TopBar(
    /// Signed-in person.
    viewer: Option<Viewer>,
    /// True shows the public links: market and check.
    #[prop(optional)]
    public: bool,
) -> impl IntoView {
    let links = public.then(|| view! { <PublicLinks/> });
    let home = if viewer.as_ref().is_some_and(Viewer::is_desk) {
        paths::REDEEM
    } else if viewer.is_some() && !public {
        paths::DASHBOARD
    } else {
        paths::HOME
    };
    let end = match viewer {
        Some(viewer) => view! {
            <SearchBox person=viewer.user_id/>
            <OrganisationMenu viewer=viewer.clone()/>
            <PersonMenu viewer/>
        }
        .into_any(),
        None => view! {
            <LinkButton href=paths::SIGN_IN look=ButtonLook::Quiet>"Sign in"</LinkButton>
            <LinkButton href=paths::SIGN_UP look=ButtonLook::Primary>"Join"</LinkButton>
        }
        .into_any(),
    };
    view! { <header class="bar"><div class="bar-inner"><Brand href=home/><DemoMark/>{links}<div class="bar-end">{end}</div></div></header> }
}

/// Menu of the active organisation, with the others to switch to.
#[component]
fn OrganisationMenu(
    /// The person.
    viewer: Viewer,
) -> impl IntoView {
    viewer.active.map(|active| {
        let others: Vec<_> = viewer
            .memberships
            .into_iter()
            .map(|one| {
                let current = one.org_id == active.org_id;
                view! {
                    <button class="menu-item" name="organisation" value=one.org_id.to_string() aria-current=current.then_some("true")>
                        <Glyph icon=if current { Icon::Check } else { Icon::Building } size=IconSize::Small/>
                        <span>{one.name}<span class="menu-note">{one.kind.label()}</span></span>
                    </button>
                }
            })
            .collect();
        view! {
            <Menu id="organisation-menu" label=active.name icon=Icon::Building>
                <p class="menu-head">
                    {format!("{}, {}", active.kind.label(), standing(active.status))}
                </p>
                <form method="post" action=paths::SWITCH_ORGANISATION><MadeForField/>{others}</form>
                <hr/>
                <MenuLink href=paths::ORGANISATION icon=Icon::Settings>"Organisation settings"</MenuLink>
            </Menu>
        }
    })
}

const fn standing(status: OrganisationStatus) -> &'static str {
    match status {
        OrganisationStatus::Unverified => "awaiting verification",
        OrganisationStatus::Verified => "verified",
        OrganisationStatus::Rejected => "not verified",
        OrganisationStatus::Suspended => "suspended",
    }
}

/// Menu of the person: account, theme, legal pages, sign out.
#[component]
fn PersonMenu(
    /// The person.
    viewer: Viewer,
) -> impl IntoView {
    view! {
        <Menu id="person-menu" label=format!("Account of {}", viewer.name) icon=Icon::User icon_only=true>
            <p class="menu-head">{viewer.name}<span class="menu-note">{viewer.email}</span></p>
            <MenuLink href=paths::ACCOUNT icon=Icon::Settings>"Your account"</MenuLink>
            {viewer.active.is_some().then(|| view! { <MenuLink href=paths::VIEWS icon=Icon::Filter>"Saved views"</MenuLink> })}
            <InstallEntry/>
            <ShortcutsEntry/>
            <ThemeSwitch/>
            <hr/>
            <LegalLinks/>
            <hr/>
            <form method="post" action=paths::SIGN_OUT>
                <MenuButton icon=Icon::User attr:formaction="/sign-out?switch=true">"Switch user"</MenuButton>
                <MenuButton icon=Icon::LogOut>"Sign out"</MenuButton>
            </form>
        </Menu>
    }
}

//! The rail: the tasks of a role. Folds to icons with small words at 1024 px, to a bar at the bottom at 640 px.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{OrganisationRole, paths};
use crate::ui::{Glyph, Icon};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// The words.
    pub label: &'static str,
    /// Where it leads; open for this address and those below it.
    pub href: &'static str,
    /// Its icon.
    pub icon: Icon,
    /// Open only at exactly this address.
    pub exact: bool,
}

impl NavItem {
    const fn new(label: &'static str, href: &'static str, icon: Icon) -> Self {
        Self { label, href, icon, exact: false }
    }

    fn is_open(&self, path: &str) -> bool {
        match path.strip_prefix(self.href) {
            Some("") => true,
            Some(below) => !self.exact && below.starts_with('/'),
            None => false,
        }
    }
}

/// The entries of a role, most used first.
pub fn rail_for(role: OrganisationRole) -> Vec<NavItem> {
    let dashboard = NavItem::new("Dashboard", paths::DASHBOARD, Icon::Dashboard);
    let market = NavItem::new("Market", paths::MARKET, Icon::Store);
    let cart = NavItem::new("Cart", paths::CART, Icon::Cart);
    let purchases = NavItem::new("Purchases", paths::PURCHASES, Icon::Purchases);
    let certificates = NavItem::new("Certificates", paths::CERTIFICATES, Icon::Certificate);
    let organisation = NavItem::new("Organisation", paths::ORGANISATION, Icon::Building);
    match role {
        OrganisationRole::Provider => vec![
            dashboard,
            NavItem::new("Services", paths::SERVICES, Icon::Services),
            NavItem::new("Orders", paths::ORDERS, Icon::Orders),
            NavItem::new("Redeem", paths::REDEEM, Icon::Scan),
            certificates,
            organisation,
        ],
        OrganisationRole::Insurer => vec![dashboard, market, cart, purchases, certificates, organisation],
        OrganisationRole::Intermediary => vec![dashboard, market, cart, purchases, organisation],
        OrganisationRole::Platform => vec![
            NavItem { exact: true, ..NavItem::new("Dashboard", paths::CONSOLE, Icon::Dashboard) },
            NavItem::new("Organisations", paths::CONSOLE_ORGANISATIONS, Icon::Building),
            NavItem::new("Services", paths::SERVICES, Icon::Services),
            NavItem::new("Transactions", paths::ORDERS, Icon::Orders),
            certificates,
            NavItem::new("Audit trail", paths::CONSOLE_AUDIT, Icon::List),
            NavItem::new("Security", paths::CONSOLE_SECURITY, Icon::Shield),
            NavItem::new("Permissions", paths::CONSOLE_PERMISSIONS, Icon::Key),
            NavItem::new("System", paths::CONSOLE_SYSTEM, Icon::Server),
        ],
    }
}

/// The rail with its entries; marks the one that is open.
#[component]
pub fn Rail(
    /// The entries.
    items: Vec<NavItem>,
) -> impl IntoView {
    let path = use_location().pathname;
    let entries: Vec<_> = items
        .into_iter()
        .map(|item| {
            let (href, icon, label) = (item.href, item.icon, item.label);
            view! {
                <li>
                    <a class="rail-link" href=href aria-current=move || path.with(|path| item.is_open(path)).then_some("page")>
                        <Glyph icon/>
                        <span class="rail-label">{label}</span>
                    </a>
                </li>
            }
        })
        .collect();
    view! { <nav class="rail" aria-label="Main"><ul>{entries}</ul></nav> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_open_for_its_pages_and_no_others() {
        let services = NavItem::new("Services", paths::SERVICES, Icon::Services);
        assert!(services.is_open("/services"));
        assert!(services.is_open("/services/new"));
        assert!(!services.is_open("/services-archive"));
        let console = NavItem { exact: true, ..NavItem::new("Dashboard", paths::CONSOLE, Icon::Dashboard) };
        assert!(!console.is_open("/console/audit"));
    }
}

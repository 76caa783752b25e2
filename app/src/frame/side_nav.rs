//! The side navigation with the tasks of a role. It shrinks to icons with short labels at 1024 px, and to a bar at the bottom at 640 px.

use contracts::{
    identity::{OrganisationKind, Viewer},
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::paths;
use crate::ui::{Glyph, Icon, IconSize, close_after};

/// An entry of the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Label.
    pub label: &'static str,
    /// Path. The entry is marked as open on this path and all below it.
    pub href: &'static str,
    /// Icon.
    pub icon: Icon,
    /// True marks the entry as open on exactly this path only.
    pub exact: bool,
    /// Permission that the page requires.
    pub needs: Permission,
    /// Query of the list: the saved view that the organisation has chosen for the person's level; empty without one.
    pub query: String,
}

impl NavItem {
    const fn new(label: &'static str, href: &'static str, icon: Icon, needs: Permission) -> Self {
        Self { label, href, icon, exact: false, needs, query: String::new() }
    }

    /// Returns the address with the query.
    fn address(&self) -> String {
        if self.query.is_empty() { self.href.to_owned() } else { [self.href, "?", &self.query].concat() }
    }

    fn is_open(&self, path: &str) -> bool {
        match path.strip_prefix(self.href) {
            Some("") => true,
            Some(below) => !self.exact && below.starts_with('/'),
            None => false,
        }
    }
}

/// Returns the entries that the person may use, most used first.
pub fn nav_items_for(viewer: &Viewer) -> Vec<NavItem> {
    let mut items = viewer.kind().map(entries_of).unwrap_or_default();
    items.retain(|item| viewer.may(item.needs) && (item.href != paths::REDEEM || viewer.is_admitted()));
    if viewer.is_desk() {
        // stable: the others keep their order
        items.sort_by_key(|item| item.href != paths::REDEEM);
    }
    for opening in &viewer.openings {
        for item in items.iter_mut().filter(|item| item.href == opening.list.path()) {
            item.query.clone_from(&opening.query);
        }
    }
    items
}

/// Returns the path of the page where the person begins, and the words of a link to it.
pub fn start_of(viewer: &Viewer) -> (&'static str, &'static str) {
    if viewer.is_desk() {
        (paths::REDEEM, "Redeem certificates")
    } else {
        (paths::DASHBOARD, "Go to your dashboard")
    }
}

/// Returns the entries for a kind of organisation.
pub(crate) fn entries_of(kind: OrganisationKind) -> Vec<NavItem> {
    use Permission as May;
    let dashboard = NavItem::new("Dashboard", paths::DASHBOARD, Icon::Dashboard, May::TransactionsRead);
    let market = NavItem::new("Market", paths::MARKET, Icon::Store, May::MarketplaceRead);
    let cart = NavItem::new("Cart", paths::CART, Icon::Cart, May::MarketplaceBuy);
    let purchases = NavItem::new("Purchases", paths::PURCHASES, Icon::Purchases, May::TransactionsRead);
    let certificates =
        NavItem::new("Certificates", paths::CERTIFICATES, Icon::Certificate, May::CertificatesRead);
    let services = NavItem::new("Services", paths::SERVICES, Icon::Services, May::ServicesRead);
    let organisation = NavItem::new("Organisation", paths::ORGANISATION, Icon::Building, May::OwnDataRead);
    match kind {
        OrganisationKind::Provider => vec![
            dashboard,
            services,
            NavItem::new("Orders", paths::ORDERS, Icon::Orders, May::TransactionsRead),
            NavItem::new("Redeem", paths::REDEEM, Icon::Scan, May::CertificatesRedeem),
            certificates,
            organisation,
        ],
        OrganisationKind::Insurer | OrganisationKind::Intermediary => {
            vec![dashboard, market, cart, purchases, certificates, organisation]
        }
        OrganisationKind::Platform => vec![
            NavItem {
                exact: true,
                ..NavItem::new("Dashboard", paths::CONSOLE, Icon::Dashboard, May::TransactionsRead)
            },
            NavItem::new("Organisations", paths::CONSOLE_ORGANISATIONS, Icon::Building, May::UserDataRead),
            services,
            NavItem::new("Transactions", paths::ORDERS, Icon::Orders, May::TransactionsRead),
            certificates,
            NavItem::new("Audit trail", paths::CONSOLE_AUDIT, Icon::List, May::AuditLogsRead),
            NavItem::new("Security", paths::CONSOLE_SECURITY, Icon::Shield, May::SecurityEventsRead),
            NavItem::new("Permissions", paths::CONSOLE_PERMISSIONS, Icon::Key, May::AuditLogsRead),
            NavItem::new("System", paths::CONSOLE_SYSTEM, Icon::Server, May::SystemManage),
        ],
    }
}

/// Maximum number of entries in the bar of a phone.
const MAX_BAR_ITEMS: usize = 5;
/// Number of entries beside "More" if there are too many for the bar.
const BESIDE_MORE: usize = 4;

/// The side navigation; marks the open entry.
#[component]
pub fn SideNav(
    /// Entries.
    items: Vec<NavItem>,
) -> impl IntoView {
    let beyond = if items.len() > MAX_BAR_ITEMS { items[BESIDE_MORE..].to_vec() } else { Vec::new() };
    let shown = items.len() - beyond.len();
    let entries: Vec<_> = items
        .into_iter()
        .enumerate()
        .map(|(place, item)| {
            let (icon, label) = (item.icon, item.label);
            let class = if place < shown { "" } else { "rail-beyond" };
            view! {
                <li class=class>
                    <a class="rail-link" href=item.address() aria-current=current(item)>
                        <Glyph icon/>
                        <span class="rail-label">{label}</span>
                    </a>
                </li>
            }
        })
        .collect();
    let more = (!beyond.is_empty()).then(|| view! { <More items=beyond/> });
    view! { <nav class="rail" aria-label="Main"><ul>{entries}{more}</ul></nav> }
}

/// Returns the `aria-current` value of an entry, which follows the path.
fn current(item: NavItem) -> impl Fn() -> Option<&'static str> + Copy + Send + Sync + 'static {
    let path = use_location().pathname;
    let item = StoredValue::new(item);
    move || path.with(|path| item.with_value(|item| item.is_open(path))).then_some("page")
}

/// Panel with the entries that do not fit into a phone's bar.
#[component]
fn More(items: Vec<NavItem>) -> impl IntoView {
    let path = use_location().pathname;
    let all = items.clone();
    let holds_open = move || path.with(|path| all.iter().any(|item| item.is_open(path))).then_some("true");
    let links: Vec<_> = items
        .into_iter()
        .map(|item| {
            let (icon, label) = (item.icon, item.label);
            view! {
                <a class="menu-item" href=item.address() aria-current=current(item)>
                    <Glyph icon size=IconSize::Small/>
                    <span>{label}</span>
                </a>
            }
        })
        .collect();
    view! {
        <li class="rail-more">
            <button type="button" class="rail-link" popovertarget="rail-more" aria-current=holds_open>
                <Glyph icon=Icon::Menu/>
                <span class="rail-label">"More"</span>
            </button>
            <div id="rail-more" popover="auto" class="menu-panel" on:click=close_after>{links}</div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use contracts::{
        identity::MembershipView,
        ids::{OrgId, UserId},
        permission::Level,
        states::OrganisationStatus,
        views::{ListName, Opening},
    };

    use super::*;

    fn viewer_of(kind: OrganisationKind, permissions: &[Permission]) -> Viewer {
        let active = MembershipView {
            org_id: OrgId(uuid::Uuid::nil()),
            name: String::new(),
            kind,
            status: OrganisationStatus::Verified,
            level: Level::Staff,
            time_zone: "UTC".to_owned(),
        };
        Viewer {
            user_id: UserId(uuid::Uuid::nil()),
            name: String::new(),
            email: String::new(),
            active: Some(active),
            memberships: Vec::new(),
            permissions: permissions.iter().copied().collect(),
            openings: Vec::new(),
        }
    }

    fn labels_of(kind: OrganisationKind, permissions: &[Permission]) -> Vec<&'static str> {
        nav_items_for(&viewer_of(kind, permissions)).into_iter().map(|item| item.label).collect()
    }

    #[test]
    fn the_rail_leads_only_where_one_may_look() {
        let desk = [Permission::CertificatesRedeem, Permission::OwnDataRead];
        assert_eq!(labels_of(OrganisationKind::Provider, &desk), ["Redeem", "Organisation"]);
        let whole_desk =
            [desk.as_slice(), &[Permission::TransactionsRead, Permission::ServicesRead]].concat();
        assert_eq!(
            labels_of(OrganisationKind::Provider, &whole_desk),
            ["Redeem", "Dashboard", "Services", "Orders", "Organisation"],
            "what a desk does comes first"
        );
        let mut manager = viewer_of(OrganisationKind::Provider, &whole_desk);
        if let Some(active) = manager.active.as_mut() {
            active.level = Level::Manager;
        }
        assert_eq!(nav_items_for(&manager)[0].label, "Dashboard");
        let buyer = [Permission::MarketplaceRead, Permission::MarketplaceBuy, Permission::TransactionsRead];
        assert_eq!(
            labels_of(OrganisationKind::Intermediary, &buyer),
            ["Dashboard", "Market", "Cart", "Purchases"]
        );
        assert_eq!(labels_of(OrganisationKind::Platform, Permission::ALL).len(), 9);
    }

    #[test]
    fn an_entry_opens_its_list_with_the_view_chosen_for_the_level() {
        let mut viewer = viewer_of(OrganisationKind::Platform, Permission::ALL);
        let open = |list: &ListName| Opening { list: *list, query: "q=a+b".to_owned() };
        viewer.openings = ListName::ALL.iter().map(open).collect();
        let items = nav_items_for(&viewer);
        let opened: Vec<_> = items.iter().filter(|item| item.address().ends_with("?q=a+b")).collect();
        assert_eq!(opened.len(), 6, "the console lists no purchases in its rail: {opened:?}");
        assert!(opened.iter().all(|item| item.is_open(item.href)), "marked as open by its path");
        assert_eq!(items[0].address(), paths::CONSOLE);
        viewer.openings.clear();
        assert!(nav_items_for(&viewer).iter().all(|item| item.address() == item.href));
    }

    #[test]
    fn an_entry_is_open_for_its_pages_and_no_others() {
        let services = NavItem::new("Services", paths::SERVICES, Icon::Services, Permission::ServicesRead);
        assert!(services.is_open("/services"));
        assert!(services.is_open("/services/new"));
        assert!(!services.is_open("/services-archive"));
        let console = NavItem {
            exact: true,
            ..NavItem::new("Dashboard", paths::CONSOLE, Icon::Dashboard, Permission::TransactionsRead)
        };
        assert!(!console.is_open("/console/audit"));
    }
}

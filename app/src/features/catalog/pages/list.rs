//! The list of a provider's services, or of all providers' for an administrator.

use contracts::{
    catalog::{
        ListedPrice, ServiceAction, ServiceListQuery, ServiceRow, ServiceSort as Sort,
        has_extension_codes_alone,
    },
    identity::OrganisationKind,
    page::Page,
    permission::Permission,
    states::ServiceStatus,
    views::ListName,
};
use leptos::prelude::*;

use crate::{
    features::catalog::{parts::ServiceStatusBadge, rpc::service_list},
    list::{Choosable, Column, ListLook, ListTools, SelectableRows, Selection, Sorts, list_table},
    loaded::LoadedList,
    query::{HiddenQueryFields, Query, use_query_at},
    ui::{
        Badge, ButtonLook, DateText, EmptyState, Icon, LinkButton, MoneyText, PageHeader, SearchField, Tab,
        TableDensity, Tabs, Tone,
    },
    viewer::{is_console, use_viewer},
};

const LIST: ListName = ListName::Services;
const PATH: &str = LIST.path();
/// Singular and plural for counts.
pub(super) const WORDS: (&str, &str) = ("service", "services");
const NOTHING_YET: &str = "No provider has created a service yet.";
const WRITE_ONE: &str =
    "Describe your service, choose its ICD-11 codes and set a price. Nothing is public until you publish it.";

const STATES: &[(&str, Option<ServiceStatus>)] = &[
    ("All", None),
    ("Drafts", Some(ServiceStatus::Draft)),
    ("Published", Some(ServiceStatus::Published)),
    ("Paused", Some(ServiceStatus::Paused)),
    ("Retired", Some(ServiceStatus::Retired)),
];

const SELECTION: Selection = Selection {
    action: "/services/bulk",
    filters: &["status", "q"],
    acts: &[
        act(ServiceAction::Publish),
        act(ServiceAction::Pause),
        act(ServiceAction::Resume),
        act(ServiceAction::Retire),
    ],
    words: WORDS,
};

const fn act(act: ServiceAction) -> (&'static str, &'static str) {
    (act.as_str(), act.label())
}

/// Actions that the viewer may take in the list.
#[derive(Clone, Copy)]
struct Capabilities {
    /// True for members of a provider, who may create services; administrators offer none.
    writes: bool,
    /// True when the viewer may change the listed services.
    changes: bool,
    /// True when the list has the services of all providers.
    of_all: bool,
}

/// Returns the capabilities of the viewer.
fn capabilities() -> Capabilities {
    let viewer = use_viewer();
    let changes = viewer
        .with_untracked(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.may(Permission::ServicesWrite)));
    let sells = viewer.with_untracked(|viewer| {
        viewer.as_ref().is_some_and(|viewer| viewer.kind() == Some(OrganisationKind::Provider))
    });
    Capabilities { writes: changes && sells, changes, of_all: is_console(viewer) }
}

fn params(query: &Query) -> ServiceListQuery {
    ServiceListQuery {
        status: query.read("status"),
        q: query.get("q").unwrap_or_default(),
        sort: query.read("sort").unwrap_or_default(),
        after: query.get("after"),
        before: query.get("before"),
        size: query.read("size").unwrap_or_default(),
    }
}

/// Page `/services`.
#[component]
pub fn ListPage() -> impl IntoView {
    let query = use_query_at(PATH);
    let page = Resource::new_blocking(move || query.get(), |query| service_list(params(&query)));
    let capabilities = capabilities();
    let lead = if capabilities.of_all {
        "Services of all providers, including drafts. Buyers see published services only."
    } else {
        "Your organisation's services. Buyers see published services only."
    };
    view! {
        <PageHeader
            title="Services"
            lead
            actions=move || capabilities.writes.then(|| view! {
                <LinkButton href="/services/new" look=ButtonLook::Primary icon=Icon::Plus>"New service"</LinkButton>
            })
        />
        {move || view! { <Find query=query.get()/> }}
        <div class="list-head">
            {move || view! { <Tabs label="Services by status" tabs=query.with(tabs)/> }}
            <ListTools list=LIST columns=Choosable::from(&*columns(&Query::default(), capabilities)) query/>
        </div>
        <LoadedList
            data=page
            show=move |page| rows(page, &query.get_untracked(), capabilities)
        />
    }
}

fn tabs(query: &Query) -> Vec<Tab> {
    let current = query.read::<ServiceStatus>("status");
    let tab = |(label, state): &(&'static str, Option<ServiceStatus>)| {
        let word = state.map(ServiceStatus::as_str).unwrap_or_default();
        Tab::new(*label, query.with("status", word).at(PATH), current == *state)
    };
    STATES.iter().map(tab).collect()
}

#[component]
fn Find(query: Query) -> impl IntoView {
    let words = query.get("q").unwrap_or_default();
    view! {
        <form method="get" action=PATH>
            <HiddenQueryFields query own=&["q"]/>
            <SearchField label="Search by title or ICD-11 code" value=words/>
        </form>
    }
}

type ServiceColumn = Column<ServiceRow>;

fn columns(query: &Query, capabilities: Capabilities) -> Vec<ServiceColumn> {
    let by = |up: Sort, down: Sort| Sorts {
        up: up.as_str(),
        down: down.as_str(),
        default: Sort::default().as_str(),
    };
    let mut columns = vec![
        ServiceColumn::choice(|row| (row.id.to_string(), row.title.clone())),
        ServiceColumn::name("title", "Title", |row| {
            let href = [PATH, "/", &row.id.to_string()].concat();
            view! { <a href=href>{row.title.clone()}</a><br/><span class="muted small">{row.category.label()}</span> }
                .into_any()
        })
        .sortable(PATH, query, by(Sort::Title, Sort::TitleBack)),
        ServiceColumn::text("provider", "Provider", |row| row.provider_name.clone().into_any()),
        ServiceColumn::text("state", "Status", state).sortable(PATH, query, by(Sort::State, Sort::StateBack)),
        ServiceColumn::text("codes", "Codes", |row| view! { <span class="code code-list">{row.codes.join(", ")}</span> }.into_any()),
        ServiceColumn::number("price", "Per unit", |row| price(row.price))
            .sortable(PATH, query, by(Sort::Cheapest, Sort::Dearest)),
        ServiceColumn::number("sold", "Sold", |row| sold(row).into_any()),
        ServiceColumn::text("changed", "Last changed", |row| {
            view! { <DateText instant=row.updated_at/> }.into_any()
        })
        .sortable(PATH, query, by(Sort::Oldest, Sort::Newest)),
    ];
    columns.retain(|column| capabilities.changes || !column.is("id"));
    columns.retain(|column| capabilities.of_all || !column.is("provider"));
    columns
}

fn state(row: &ServiceRow) -> AnyView {
    let is_ahead = row.has_unpublished_changes && row.status != ServiceStatus::Draft;
    let lacks_stem = row.status != ServiceStatus::Retired
        && has_extension_codes_alone(row.codes.iter().map(String::as_str));
    view! {
        <span class="cluster">
            <ServiceStatusBadge status=row.status/>
            {is_ahead.then(|| view! { <Badge tone=Tone::Info>"Unpublished changes"</Badge> })}
            {lacks_stem.then(|| view! { <Badge tone=Tone::Warn>"Stem code missing"</Badge> })}
        </span>
    }
    .into_any()
}

/// Returns the price that buyers see, and that of a draft marked as a draft's.
fn price(price: ListedPrice) -> AnyView {
    let draft = price.draft().map(|money| {
        view! { <span class="muted small draft-price">"Draft: "<MoneyText money/></span> }
    });
    view! { {price.published().map(|money| view! { <MoneyText money/> })}{draft} }.into_any()
}

fn sold(row: &ServiceRow) -> String {
    match row.capacity {
        Some(capacity) => format!("{} of {capacity}", row.committed),
        None => row.committed.to_string(),
    }
}

fn rows(page: Page<ServiceRow>, query: &Query, capabilities: Capabilities) -> AnyView {
    if page.items.is_empty() {
        return empty_state(query, capabilities);
    }
    let (total, beyond) = (page.total, page.next.is_some() || page.previous.is_some());
    let look = ListLook {
        path: PATH,
        caption: "Services",
        words: WORDS,
        density: TableDensity::Regular,
        export: query.only(&["status", "q", "sort"]).at("/api/services/export"),
    };
    let table = list_table(look, columns(query, capabilities), page, query);
    if !capabilities.changes {
        return table;
    }
    view! { <SelectableRows selection=SELECTION query=query.clone() total beyond>{table}</SelectableRows> }
        .into_any()
}

fn empty_state(query: &Query, capabilities: Capabilities) -> AnyView {
    if query.filters() || query.is_beyond_first() {
        return view! {
            <EmptyState icon=Icon::Services title="No services found" text="No services match these filters.">
                <LinkButton href=PATH>"Clear filters"</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <EmptyState icon=Icon::Services title="No services yet" text=if capabilities.of_all { NOTHING_YET } else { WRITE_ONE }>
            {capabilities.writes.then(|| view! { <LinkButton href="/services/new" look=ButtonLook::Primary icon=Icon::Plus>"New service"</LinkButton> })}
        </EmptyState>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{SortDirection, SortLink};

    #[test]
    fn a_column_sorts_up_then_down_and_keeps_the_filter() {
        let capabilities = Capabilities { writes: true, changes: true, of_all: false };
        let sort_of = |query: &Query, key| -> SortLink {
            let columns = columns(query, capabilities);
            columns.iter().find(|column| column.is(key)).and_then(Column::sort_link).unwrap()
        };
        let query = Query::default().with("q", "knee").with("after", "x");
        let link = sort_of(&query, "title");
        assert_eq!((link.href.as_str(), link.current), ("/services?q=knee&sort=title", None));
        let sorted = query.with("sort", "title");
        let link = sort_of(&sorted, "title");
        assert_eq!(link.href, "/services?q=knee&sort=title_back");
        assert_eq!(link.current, Some(SortDirection::Ascending));
        let by_time = sort_of(&sorted, "changed");
        assert_eq!((by_time.href.as_str(), by_time.current), ("/services?q=knee&sort=oldest", None));
        assert_eq!(sort_of(&query, "changed").current, Some(SortDirection::Descending));
        assert_eq!(sort_of(&query.with("sort", "oldest"), "changed").href, "/services?q=knee");
    }
}

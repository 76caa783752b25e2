//! The provider's services; all providers' for an administrator.

use contracts::{
    catalog::{ServiceListQuery, ServiceRow, ServiceRows, ServiceSort},
    identity::OrganisationKind,
    permission::Permission,
    states::ServiceStatus,
};
use leptos::prelude::*;

use crate::{
    features::catalog::{parts::ServiceStatusBadge, rpc::service_list},
    loaded::Loaded,
    query::use_query,
    ui::{
        Badge, ButtonLook, ColumnHeader, DateText, EmptyState, Icon, LinkButton, MoneyText, PageHeader,
        Pagination, SearchField, Skeleton, SkeletonShape, SortDirection, SortLink, Tab, Table, Tabs, Tone,
        group_digits,
    },
    viewer::{is_console, use_viewer},
};

const NOTHING_YET: &str = "No provider has written a service yet.";
const WRITE_ONE: &str = "Describe what you offer, choose its ICD-11 codes and set a price. Nothing is public before you publish it.";

/// `/services`
#[component]
pub fn ListPage() -> impl IntoView {
    let address = use_query();
    let query = Memo::new(move |_| {
        address.with(|address| ServiceListQuery {
            status: address.get("status").and_then(|word| word.parse().ok()),
            q: address.get("q").unwrap_or_default(),
            sort: address.get("sort").and_then(|word| word.parse().ok()).unwrap_or_default(),
            after: address.get("after"),
        })
    });
    let rows = Resource::new_blocking(move || query.get(), service_list);
    let viewer = use_viewer();
    // an administrator handles services of others and offers none
    let may_write = move || {
        viewer.with(|viewer| {
            viewer.as_ref().is_some_and(|viewer| {
                viewer.kind() == Some(OrganisationKind::Provider) && viewer.may(Permission::ServicesWrite)
            })
        })
    };
    let lead = if is_console(viewer) {
        "What all providers offer, drafts included. Buyers see what is published."
    } else {
        "What your organisation offers. Drafts are yours alone; buyers see what is published."
    };
    view! {
        <PageHeader
            title="Services"
            lead
            actions=move || may_write().then(|| view! {
                <LinkButton href="/services/new" look=ButtonLook::Primary icon=Icon::Plus>"New service"</LinkButton>
            })
        />
        {move || view! { <StatusTabs query=query.get()/> }}
        <Loaded
            data=rows
            fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=8/> }
            show=move |page| view! { <Rows page query=query.get_untracked() may_write=may_write() of_all=is_console(viewer)/> }
        />
    }
}

fn href(query: &ServiceListQuery) -> String {
    let mut text = String::new();
    let status = query.status.map(ServiceStatus::as_str);
    let sort = (query.sort != ServiceSort::default()).then(|| query.sort.as_str());
    for (key, value) in
        [("status", status), ("q", Some(query.q.as_str())), ("sort", sort), ("after", query.after.as_deref())]
    {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            contracts::catalog::push_pair(&mut text, key, value);
        }
    }
    if text.is_empty() { "/services".to_owned() } else { format!("/services?{text}") }
}

#[component]
fn StatusTabs(query: ServiceListQuery) -> impl IntoView {
    let tab = |label: &str, status: Option<ServiceStatus>| {
        let there = ServiceListQuery { status, after: None, ..query.clone() };
        Tab::new(label, href(&there), query.status == status)
    };
    let tabs = vec![
        tab("All", None),
        tab("Drafts", Some(ServiceStatus::Draft)),
        tab("Published", Some(ServiceStatus::Published)),
        tab("Paused", Some(ServiceStatus::Paused)),
        tab("Retired", Some(ServiceStatus::Retired)),
    ];
    let status =
        query.status.map(|status| view! { <input type="hidden" name="status" value=status.as_str()/> });
    let sort = (query.sort != ServiceSort::default())
        .then(|| view! { <input type="hidden" name="sort" value=query.sort.as_str()/> });
    view! {
        <div class="stack">
            <Tabs label="Services by state" tabs/>
            <form method="get" action="/services">{status}{sort}<SearchField label="Find a service by its title" value=query.q.clone()/></form>
        </div>
    }
}

#[component]
fn Rows(page: ServiceRows, query: ServiceListQuery, may_write: bool, of_all: bool) -> impl IntoView {
    if page.items.is_empty() {
        return if query == (ServiceListQuery { sort: query.sort, ..ServiceListQuery::default() }) {
            let text = if of_all { NOTHING_YET } else { WRITE_ONE };
            view! {
                <EmptyState icon=Icon::Services title="No services yet" text>
                    {may_write.then(|| view! { <LinkButton href="/services/new" look=ButtonLook::Primary icon=Icon::Plus>"New service"</LinkButton> })}
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState icon=Icon::Services title="No services found" text="No service fits this state and these words.">
                    <LinkButton href="/services">"Clear all"</LinkButton>
                </EmptyState>
            }
            .into_any()
        };
    }
    let summary = counted(page.total);
    let by = |up, down| sort_link(&query, up, down);
    let (title, state) =
        (by(ServiceSort::Title, ServiceSort::TitleBack), by(ServiceSort::State, ServiceSort::StateBack));
    let (price, changed) =
        (by(ServiceSort::Cheapest, ServiceSort::Dearest), by(ServiceSort::Oldest, ServiceSort::Newest));
    let next = page.next.map(|after| href(&ServiceListQuery { after: Some(after), ..query.clone() }));
    let first = query.after.is_some().then(|| href(&ServiceListQuery { after: None, ..query }));
    let rows: Vec<_> = page.items.into_iter().map(|row| view! { <Row row of_all/> }).collect();
    view! {
        <p class="table-count">{summary}</p>
        <Table caption="Services">
            <thead>
                <tr>
                    <ColumnHeader label="Title" sort=title/>
                    {of_all.then(|| view! { <ColumnHeader label="Provider"/> })}
                    <ColumnHeader label="State" sort=state/>
                    <ColumnHeader label="Codes"/>
                    <ColumnHeader label="Per unit" numeric=true sort=price/>
                    <ColumnHeader label="Sold" numeric=true/>
                    <ColumnHeader label="Changed" sort=changed/>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pagination first next/>
    }
    .into_any()
}

fn counted(total: u64) -> String {
    let word = if total == 1 { "service" } else { "services" };
    format!("{} {word}", group_digits(total))
}

/// The link that sorts by a column; a second time the other way round. Another order begins at its first page.
fn sort_link(query: &ServiceListQuery, up: ServiceSort, down: ServiceSort) -> SortLink {
    let current = match query.sort {
        sort if sort == up => Some(SortDirection::Ascending),
        sort if sort == down => Some(SortDirection::Descending),
        _ => None,
    };
    let sort = if current == Some(SortDirection::Ascending) { down } else { up };
    SortLink { href: href(&ServiceListQuery { sort, after: None, ..query.clone() }), current }
}

#[component]
fn Row(row: ServiceRow, of_all: bool) -> impl IntoView {
    let href = format!("/services/{}", row.id);
    let sold = match row.capacity {
        Some(capacity) => format!("{} of {capacity}", row.committed),
        None => row.committed.to_string(),
    };
    let is_ahead = row.has_unpublished_changes && row.status != ServiceStatus::Draft;
    view! {
        <tr>
            <th scope="row"><a href=href>{row.title}</a><br/><span class="muted small">{row.category.label()}</span></th>
            {of_all.then(|| view! { <td>{row.provider_name}</td> })}
            <td>
                <span class="cluster">
                    <ServiceStatusBadge status=row.status/>
                    {is_ahead.then(|| view! { <Badge tone=Tone::Info>"Unpublished changes"</Badge> })}
                </span>
            </td>
            <td class="code">{row.codes.join(", ")}</td>
            <td class="num"><MoneyText money=row.base_price/></td>
            <td class="num">{sold}</td>
            <td><DateText date=row.updated_at.date_naive()/></td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_sorts_up_then_down_and_keeps_the_filter() {
        let query =
            ServiceListQuery { q: "knee".to_owned(), after: Some("x".to_owned()), ..Default::default() };
        let link = sort_link(&query, ServiceSort::Title, ServiceSort::TitleBack);
        assert_eq!((link.href.as_str(), link.current), ("/services?q=knee&sort=title", None));
        let sorted = ServiceListQuery { sort: ServiceSort::Title, ..query };
        let link = sort_link(&sorted, ServiceSort::Title, ServiceSort::TitleBack);
        assert_eq!(link.href, "/services?q=knee&sort=title_back");
        assert_eq!(link.current, Some(SortDirection::Ascending));
        let newest = sort_link(&sorted, ServiceSort::Oldest, ServiceSort::Newest);
        assert_eq!((newest.href.as_str(), newest.current), ("/services?q=knee&sort=oldest", None));
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!((counted(1).as_str(), counted(1_284).as_str()), ("1 service", "1,284 services"));
    }
}

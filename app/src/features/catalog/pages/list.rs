//! The provider's services.

use contracts::{
    catalog::{ServiceListQuery, ServiceRow},
    page::Page,
    permission::Permission,
    states::ServiceStatus,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    features::catalog::{
        parts::{MoneyOf, ServiceStatusBadge},
        rpc::service_list,
    },
    loaded::Loaded,
    ui::{
        Badge, ButtonLook, ColumnHeader, DateText, EmptyState, Icon, LinkButton, PageHeader, Pagination,
        SearchField, Skeleton, SkeletonShape, Tab, Table, Tabs, Tone,
    },
    viewer::use_viewer,
};

/// `/services`
#[component]
pub fn ListPage() -> impl IntoView {
    let address = use_query_map();
    let query = Memo::new(move |_| {
        address.with(|address| ServiceListQuery {
            status: address.get("status").and_then(|word| word.parse().ok()),
            q: address.get("q").unwrap_or_default(),
            after: address.get("after"),
        })
    });
    let rows = Resource::new_blocking(move || query.get(), service_list);
    let viewer = use_viewer();
    let may_write = move || {
        viewer.with(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.may(Permission::ServicesWrite)))
    };
    view! {
        <PageHeader
            title="Services"
            lead="What your organisation offers. Drafts are yours alone; buyers see what is published."
            actions=move || may_write().then(|| view! {
                <LinkButton href="/services/new" look=ButtonLook::Primary icon=Icon::Plus>"New service"</LinkButton>
            })
        />
        {move || view! { <StatusTabs query=query.get()/> }}
        <Loaded
            data=rows
            fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=8/> }
            show=move |page| view! { <Rows page query=query.get_untracked()/> }
        />
    }
}

fn href(query: &ServiceListQuery) -> String {
    let mut text = String::new();
    let status = query.status.map(|status| status.to_string());
    for (key, value) in
        [("status", status.as_deref()), ("q", Some(query.q.as_str())), ("after", query.after.as_deref())]
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
    view! {
        <div class="stack">
            <Tabs label="Services by state" tabs/>
            <form method="get" action="/services">{status}<SearchField label="Find a service by its title" value=query.q.clone()/></form>
        </div>
    }
}

#[component]
fn Rows(page: Page<ServiceRow>, query: ServiceListQuery) -> impl IntoView {
    if page.items.is_empty() {
        let is_filtered = query != ServiceListQuery::default();
        let (title, text) = if is_filtered {
            ("No services here", "No service fits this state and these words.")
        } else {
            (
                "No services yet",
                "Describe what you offer, choose its ICD-11 codes and set a price. Nothing is public before you publish it.",
            )
        };
        return view! { <EmptyState icon=Icon::Services title text/> }.into_any();
    }
    let next = page.next.map(|after| href(&ServiceListQuery { after: Some(after), ..query }));
    let previous: Option<String> = None;
    let rows: Vec<_> = page.items.into_iter().map(|row| view! { <Row row/> }).collect();
    view! {
        <Table caption="Services">
            <thead>
                <tr>
                    <ColumnHeader label="Title"/>
                    <ColumnHeader label="State"/>
                    <ColumnHeader label="Codes"/>
                    <ColumnHeader label="Per unit" numeric=true/>
                    <ColumnHeader label="Sold" numeric=true/>
                    <ColumnHeader label="Changed"/>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pagination previous=previous next=next/>
    }
    .into_any()
}

#[component]
fn Row(row: ServiceRow) -> impl IntoView {
    let href = format!("/services/{}", row.id);
    let sold = match row.capacity {
        Some(capacity) => format!("{} of {capacity}", row.committed),
        None => row.committed.to_string(),
    };
    let is_ahead = row.has_unpublished_changes && row.status != ServiceStatus::Draft;
    view! {
        <tr>
            <th scope="row"><a href=href>{row.title}</a><br/><span class="muted small">{row.category.label()}</span></th>
            <td>
                <span class="cluster">
                    <ServiceStatusBadge status=row.status/>
                    {is_ahead.then(|| view! { <Badge tone=Tone::Info>"Unpublished changes"</Badge> })}
                </span>
            </td>
            <td class="code">{row.codes.join(", ")}</td>
            <td class="num"><MoneyOf money=row.base_price/></td>
            <td class="num">{sold}</td>
            <td><DateText date=row.updated_at.date_naive()/></td>
        </tr>
    }
}

//! Certificates of the organisation: bought for a buyer, sold for a provider.

use contracts::{
    certificates::{CertificateFilter, CertificateQuery, CertificateSummary},
    identity::OrganisationKind,
    page::Page,
};
use leptos::prelude::*;
use leptos_router::{components::Form, hooks::use_query_map};

use super::super::{parts::CertificateStatusBadge, rpc::certificate_list};
use crate::{
    loaded::Loaded,
    ui::{
        ColumnHeader, DateText, EmptyState, Icon, LinkButton, PageHeader, Pagination, SearchField, Skeleton,
        SkeletonShape, Tab, Table, Tabs,
    },
    viewer::use_viewer,
};

const FILTERS: &[(Option<CertificateFilter>, &str)] = &[
    (None, "All"),
    (Some(CertificateFilter::Issued), "Valid"),
    (Some(CertificateFilter::Redeemed), "Redeemed"),
    (Some(CertificateFilter::Expired), "Expired"),
    (Some(CertificateFilter::Suspended), "On hold"),
    (Some(CertificateFilter::Revoked), "Revoked"),
];

fn address(query: &CertificateQuery) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(query.status.map(|status| format!("status={status}")));
    parts.extend(query.purchase_id.map(|id| format!("purchase={id}")));
    let words = query.q.as_deref().filter(|words| !words.is_empty());
    parts.extend(words.map(|words| format!("q={}", leptos_router::location::Url::escape(words))));
    parts.extend(query.after.as_ref().map(|after| format!("after={after}")));
    if parts.is_empty() { "/certificates".to_owned() } else { format!("/certificates?{}", parts.join("&")) }
}

fn query_of_address() -> Memo<CertificateQuery> {
    let map = use_query_map();
    Memo::new(move |_| {
        map.with(|map| CertificateQuery {
            status: map.get("status").and_then(|word| word.parse().ok()),
            purchase_id: map.get("purchase").and_then(|id| id.parse().ok()),
            q: map.get("q").filter(|words| !words.trim().is_empty()),
            after: map.get("after"),
        })
    })
}

/// `/certificates`
#[component]
pub(crate) fn CertificatesPage() -> impl IntoView {
    let query = query_of_address();
    let rows = Resource::new_blocking(move || query.get(), certificate_list);
    let viewer = use_viewer();
    let sells = move || {
        viewer.with(|viewer| {
            viewer.as_ref().is_some_and(|viewer| viewer.kind() == Some(OrganisationKind::Provider))
        })
    };
    view! {
        <PageHeader title="Certificates" lead="Signed rights to one unit of a service each."/>
        {move || view! { <Filters query=query.get()/> }}
        <Loaded
            data=rows
            fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=8/> }
            show=move |page| list(page, query.get_untracked(), sells())
        />
    }
}

#[component]
fn Filters(query: CertificateQuery) -> impl IntoView {
    let tabs = FILTERS
        .iter()
        .map(|(status, label)| {
            let target = CertificateQuery { status: *status, after: None, ..query.clone() };
            Tab::new(*label, address(&target), *status == query.status)
        })
        .collect();
    let status =
        query.status.map(|status| view! { <input type="hidden" name="status" value=status.as_str()/> });
    view! {
        <Form method="GET" action="/certificates">
            {status}
            <SearchField label="Search by service or code" value=query.q.clone().unwrap_or_default() placeholder="MRI, or a code"/>
        </Form>
        <Tabs label="State" tabs/>
    }
}

fn list(page: Page<CertificateSummary>, query: CertificateQuery, sells: bool) -> impl IntoView {
    if page.items.is_empty() {
        let filtered = query.status.is_some() || query.q.is_some() || query.after.is_some();
        return if filtered {
            view! {
                <EmptyState icon=Icon::Certificate title="None in this selection" text="No certificate matches. Show all of them, or search for another word.">
                    <LinkButton href="/certificates">"Show all"</LinkButton>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState icon=Icon::Certificate title="No certificates yet" text="A certificate appears here for every unit as soon as its purchase is paid.">
                    <LinkButton href="/market">"Go to the market"</LinkButton>
                </EmptyState>
            }
            .into_any()
        };
    }
    let other = if sells { "Buyer" } else { "Provider" };
    let next =
        page.next.clone().map(|after| address(&CertificateQuery { after: Some(after), ..query.clone() }));
    let first = query.after.is_some().then(|| address(&CertificateQuery { after: None, ..query }));
    let rows: Vec<_> = page.items.into_iter().map(row).collect();
    view! {
        <Table caption="Certificates, newest first">
            <thead><tr>
                <ColumnHeader label="Service"/>
                <ColumnHeader label=other/>
                <ColumnHeader label="State"/>
                <ColumnHeader label="Issued"/>
                <ColumnHeader label="Redeem before"/>
                <ColumnHeader label="Code"/>
            </tr></thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pagination previous=first next=next/>
    }
    .into_any()
}

fn row(certificate: CertificateSummary) -> impl IntoView {
    let short = certificate.code.split('-').take(2).collect::<Vec<_>>().join("-");
    view! {
        <tr>
            <th scope="row"><a href=format!("/certificates/{}", certificate.id)>{certificate.title}</a></th>
            <td>{certificate.counterparty}</td>
            <td><CertificateStatusBadge status=certificate.status/></td>
            <td><DateText date=certificate.issued_at.date_naive()/></td>
            <td><DateText date=certificate.expires_at.date_naive()/></td>
            <td class="code">{short}"…"</td>
        </tr>
    }
}

//! Certificates of the organisation: bought for a buyer, sold for a provider.

use contracts::{
    catalog::push_pair,
    certificates::{CertificateFilter, CertificateQuery, CertificateSummary},
    identity::OrganisationKind,
    ids::PurchaseId,
    page::Page,
};
use leptos::prelude::*;
use leptos_router::components::Form;

use super::super::{parts::CertificateStatusBadge, rpc::certificate_list};
use crate::{
    features::orders::rpc::purchase_get,
    loaded::Loaded,
    query::use_query,
    ui::{
        Chip, ColumnHeader, DateText, EmptyState, Icon, LinkButton, Loading, PageHeader, Pagination,
        SearchField, Skeleton, SkeletonShape, Tab, Table, Tabs,
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

/// The list as a file: the door knows the purchase by its full name.
fn export_address(query: &CertificateQuery) -> String {
    let purchase = query.purchase_id.map(|id| id.to_string());
    let status = query.status.map(CertificateFilter::as_str);
    let mut address = "/api/certificates/export?".to_owned();
    for (key, value) in [("status", status), ("purchase_id", purchase.as_deref()), ("q", query.q.as_deref())]
    {
        if let Some(value) = value {
            push_pair(&mut address, key, value);
        }
    }
    address.trim_end_matches('?').to_owned()
}

fn address(query: &CertificateQuery) -> String {
    let purchase = query.purchase_id.map(|id| id.to_string());
    let status = query.status.map(CertificateFilter::as_str);
    let words = query.q.as_deref().filter(|words| !words.is_empty());
    let (status, purchase) = (("status", status), ("purchase", purchase.as_deref()));
    let mut address = "/certificates?".to_owned();
    for (key, value) in [status, purchase, ("q", words), ("after", query.after.as_deref())] {
        if let Some(value) = value {
            push_pair(&mut address, key, value);
        }
    }
    address.trim_end_matches('?').to_owned()
}

fn query_of_address() -> Memo<CertificateQuery> {
    let map = use_query();
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
    let purchase =
        query.purchase_id.map(|id| view! { <input type="hidden" name="purchase" value=id.to_string()/> });
    let everything = address(&CertificateQuery { purchase_id: None, after: None, ..query.clone() });
    let chip = query.purchase_id.map(|id| view! { <PurchaseChip id everything/> });
    view! {
        <div class="stack">
            <Form method="GET" action="/certificates">
                {status}
                {purchase}
                <SearchField label="Search by service or code" value=query.q.clone().unwrap_or_default() placeholder="MRI, or a code"/>
            </Form>
            {chip}
            <Tabs label="State" tabs/>
        </div>
    }
}

/// Says that only one purchase's certificates are shown, and leads to all of them.
#[component]
fn PurchaseChip(id: PurchaseId, everything: String) -> impl IntoView {
    // who may not read the purchase may hold its certificates all the same
    let number = Resource::new_blocking(
        move || id,
        async |id| purchase_get(id).await.ok().map(|purchase| purchase.number),
    );
    view! {
        <Loading show=move || {
            let everything = everything.clone();
            async move {
                let label = number.await.map_or_else(|| "Of one purchase".to_owned(), |number| format!("Of purchase {number}"));
                view! { <p><Chip label remove=everything/></p> }.into_any()
            }
        }/>
    }
}

fn list(page: Page<CertificateSummary>, query: CertificateQuery, sells: bool) -> impl IntoView {
    if page.items.is_empty() {
        let filtered = query != CertificateQuery::default();
        return if filtered {
            view! {
                <EmptyState icon=Icon::Certificate title="No certificates found" text="No certificate fits this state, these words and this purchase.">
                    <LinkButton href="/certificates">"Clear all"</LinkButton>
                </EmptyState>
            }
            .into_any()
        } else if sells {
            view! {
                <EmptyState icon=Icon::Certificate title="No certificates yet" text="A certificate appears here for every unit of your services as soon as somebody has paid for it.">
                    <LinkButton href="/services">"Your services"</LinkButton>
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
    let export = export_address(&query);
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
        <Pagination first next/>
        <p class="table-below"><LinkButton href=export icon=Icon::Download external=true>"Export as CSV"</LinkButton></p>
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_purchase_stays_in_every_address_of_its_list() {
        let id = PurchaseId(uuid::Uuid::nil());
        let query = CertificateQuery {
            status: Some(CertificateFilter::Issued),
            purchase_id: Some(id),
            q: Some("knee scan".to_owned()),
            after: Some("1.x".to_owned()),
        };
        assert!(address(&query).contains(&format!("purchase={id}")), "{}", address(&query));
        assert_eq!(
            export_address(&query),
            format!("/api/certificates/export?status=issued&purchase_id={id}&q=knee+scan")
        );
        assert_eq!(export_address(&CertificateQuery::default()), "/api/certificates/export");
    }
}

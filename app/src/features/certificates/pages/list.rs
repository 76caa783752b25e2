//! Certificates of the organisation: bought for a buyer, sold for a provider.

use contracts::{
    certificates::{CertificateFilter, CertificateQuery, CertificateSummary},
    identity::{OrganisationKind, Viewer},
    ids::PurchaseId,
    page::Page,
    views::ListName,
};
use leptos::prelude::*;
use leptos_router::components::Form;

use super::super::{parts::CertificateStatusBadge, rpc::certificate_list};
use crate::{
    features::orders::rpc::purchase_get,
    list::{Choosable, Column, DaysChip, ListLook, ListTools, list_table},
    loaded::Loaded,
    query::{KeptFields, Query, use_query_at},
    ui::{
        Chip, DateText, EmptyState, Icon, LinkButton, Loading, PageHeader, SearchField, Skeleton,
        SkeletonShape, Tab, TableDensity, Tabs,
    },
    viewer::use_viewer,
};

const LIST: ListName = ListName::Certificates;
const PATH: &str = LIST.path();
const FILTERS: &[(Option<CertificateFilter>, &str)] = &[
    (None, "All"),
    (Some(CertificateFilter::Issued), "Valid"),
    (Some(CertificateFilter::Redeemed), "Redeemed"),
    (Some(CertificateFilter::Expired), "Expired"),
    (Some(CertificateFilter::Suspended), "On hold"),
    (Some(CertificateFilter::Revoked), "Revoked"),
];

/// The list as a file: the door knows the purchase by its full name.
fn export_address(query: &Query) -> String {
    let purchase = query.get("purchase").unwrap_or_default();
    query.only(&["status", "q", "days"]).with("purchase_id", &purchase).at("/api/certificates/export")
}

fn asked(query: &Query) -> CertificateQuery {
    CertificateQuery {
        status: query.read("status"),
        purchase_id: query.read("purchase"),
        q: query.get("q").filter(|words| !words.trim().is_empty()),
        days: query.read("days"),
        after: query.get("after"),
        size: query.read("size").unwrap_or_default(),
    }
}

/// `/certificates`
#[component]
pub(crate) fn CertificatesPage() -> impl IntoView {
    let query = use_query_at(PATH);
    let page = Resource::new_blocking(move || query.get(), |query| certificate_list(asked(&query)));
    let sells = use_viewer().with_untracked(|viewer| viewer.as_ref().and_then(Viewer::kind))
        == Some(OrganisationKind::Provider);
    view! {
        <PageHeader title="Certificates" lead="Each certificate entitles the holder to one unit of a service."/>
        {move || view! { <Filters query=query.get()/> }}
        <div class="list-head">
            {move || view! { <Tabs label="Certificates by status" tabs=query.with(tabs)/> }}
            <ListTools list=LIST columns=Choosable::from(&*columns(sells)) query/>
        </div>
        <DaysChip path=PATH query/>
        <Loaded
            data=page
            fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=8/> }
            show=move |page| rows(page, &query.get_untracked(), sells)
        />
    }
}

fn tabs(query: &Query) -> Vec<Tab> {
    let current = query.read::<CertificateFilter>("status");
    let tab = |(status, label): &(Option<CertificateFilter>, &'static str)| {
        let word = status.map(CertificateFilter::as_str).unwrap_or_default();
        Tab::new(*label, query.with("status", word).at(PATH), *status == current)
    };
    FILTERS.iter().map(tab).collect()
}

#[component]
fn Filters(query: Query) -> impl IntoView {
    let everything = query.with("purchase", "").at(PATH);
    let chip = query.read("purchase").map(|id| view! { <PurchaseChip id everything/> });
    let (kept, words) = (query.clone(), query.get("q").unwrap_or_default());
    view! {
        <Form method="GET" action=PATH>
            <KeptFields query=kept own=&["q"]/>
            <SearchField label="Search by service or code" value=words placeholder="MRI, or a certificate code"/>
        </Form>
        {chip}
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
                let label = number.await.map_or_else(|| "One purchase".to_owned(), |number| format!("Purchase {number}"));
                view! { <p><Chip label remove=everything/></p> }.into_any()
            }
        }/>
    }
}

type CertificateColumn = Column<CertificateSummary>;

fn columns(sells: bool) -> Vec<CertificateColumn> {
    vec![
        CertificateColumn::name("service", "Service", |one| {
            let href = [PATH, "/", &one.id.to_string()].concat();
            view! { <a href=href>{one.title.clone()}</a> }.into_any()
        }),
        CertificateColumn::text("party", if sells { "Buyer" } else { "Provider" }, |one| {
            one.counterparty.clone().into_any()
        }),
        CertificateColumn::text("state", "Status", |one| {
            view! { <CertificateStatusBadge status=one.status/> }.into_any()
        }),
        CertificateColumn::text("issued", "Issued", |one| {
            view! { <DateText instant=one.issued_at/> }.into_any()
        }),
        CertificateColumn::text("until", "Redeem by", |one| {
            view! { <DateText instant=one.expires_at/> }.into_any()
        }),
        CertificateColumn::text("code", "Code", |one| {
            let short = one.code.split('-').take(2).collect::<Vec<_>>().join("-");
            view! { <span class="code">{short}"…"</span> }.into_any()
        }),
    ]
}

fn rows(page: Page<CertificateSummary>, query: &Query, sells: bool) -> AnyView {
    if page.items.is_empty() {
        return nothing(query, sells);
    }
    let look = ListLook {
        path: PATH,
        caption: "Certificates, newest first",
        words: ("certificate", "certificates"),
        density: TableDensity::Regular,
        export: export_address(query),
    };
    list_table(look, columns(sells), page, query)
}

fn nothing(query: &Query, sells: bool) -> AnyView {
    let (title, text, href, act) = if query.filters() || query.get("after").is_some() {
        let text = "No certificates match these filters.";
        ("No certificates found", text, PATH, "Clear filters")
    } else if sells {
        let text = "When someone pays for your services, one certificate per unit appears here.";
        ("No certificates yet", text, "/services", "Your services")
    } else {
        let text = "When a purchase is paid, one certificate per unit appears here.";
        ("No certificates yet", text, "/market", "Browse the market")
    };
    view! { <EmptyState icon=Icon::Certificate title text><LinkButton href>{act}</LinkButton></EmptyState> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_what_the_list_holds() {
        let id = PurchaseId(uuid::Uuid::nil()).to_string();
        let keys =
            [("size", "25"), ("status", "issued"), ("purchase", &id), ("q", "knee scan"), ("after", "1.x")];
        let query = keys.into_iter().fold(Query::default(), |query, (key, text)| query.with(key, text));
        assert_eq!(
            export_address(&query),
            format!("/api/certificates/export?status=issued&q=knee+scan&purchase_id={id}")
        );
        assert_eq!(export_address(&Query::default()), "/api/certificates/export");
    }
}

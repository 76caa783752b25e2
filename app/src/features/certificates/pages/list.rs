//! The list of certificates: bought ones for a buyer, sold ones for a provider.

use contracts::{
    certificates::{CertificateFilter, CertificateQuery, CertificateSort as Sort, CertificateSummary},
    identity::{OrganisationKind, Viewer},
    ids::PurchaseId,
    page::Page,
    views::ListName,
};
use leptos::prelude::*;

use super::super::{parts::CertificateStatusBadge, rpc::certificate_list};
use crate::{
    error::UiError,
    features::orders::rpc::purchase_get,
    list::{Choosable, Column, DAY_FILTERS, DaysChip, ListFilters, ListLook, ListTools, Sorts, list_table},
    loaded::LoadedList,
    query::{Query, use_query_at},
    ui::{
        Chip, DateText, EmptyState, FormErrors, Icon, LinkButton, Loading, PageHeader, Tab, TableDensity,
        Tabs, time_zone_name,
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

/// Returns the address of the export. The API names the purchase `purchase_id`, the page `purchase`.
fn export_address(query: &Query) -> String {
    let purchase = query.get("purchase").unwrap_or_default();
    query
        .only(&["status", "q", "days", "from", "to", "sort"])
        .with("purchase_id", &purchase)
        .at("/api/certificates/export")
}

fn params(query: &Query) -> CertificateQuery {
    CertificateQuery {
        status: query.read("status"),
        purchase_id: query.read("purchase"),
        q: query.get("q").filter(|words| !words.trim().is_empty()),
        days: query.read("days"),
        from: query.get("from").unwrap_or_default(),
        to: query.get("to").unwrap_or_default(),
        time_zone: time_zone_name(),
        sort: query.read("sort").unwrap_or_default(),
        after: query.get("after"),
        before: query.get("before"),
        size: query.read("size").unwrap_or_default(),
    }
}

/// Loads the list; empty for invalid filters, whose errors are shown at their fields.
async fn load(query: CertificateQuery) -> Result<Page<CertificateSummary>, UiError> {
    if query.days_of_issue().is_err() { Ok(Page::empty()) } else { certificate_list(query).await }
}

/// Side from which the viewer sees certificates.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Seller,
    Buyer,
    Intermediary,
    Platform,
}

impl Side {
    fn of_viewer() -> Self {
        match use_viewer().with_untracked(|viewer| viewer.as_ref().and_then(Viewer::kind)) {
            Some(OrganisationKind::Provider) => Self::Seller,
            Some(OrganisationKind::Intermediary) => Self::Intermediary,
            Some(OrganisationKind::Platform) => Self::Platform,
            Some(OrganisationKind::Insurer) | None => Self::Buyer,
        }
    }

    /// True when certificates may have been bought for clients whose names the viewer may see.
    const fn has_clients(self) -> bool {
        matches!(self, Self::Intermediary | Self::Platform)
    }

    const fn search_words(self) -> &'static str {
        match self {
            Self::Seller => "Search by service, buyer or code",
            Self::Buyer => "Search by service, provider or code",
            Self::Intermediary => "Search by service, provider, client or code",
            Self::Platform => "Search by service, provider, buyer, client or code",
        }
    }

    /// Returns the words for a purchase whose number the viewer may not see.
    const fn unnamed_purchase(self) -> &'static str {
        match self {
            Self::Seller => "One order",
            Self::Buyer | Self::Intermediary | Self::Platform => "One purchase",
        }
    }
}

/// Page `/certificates`.
#[component]
pub(crate) fn CertificatesPage() -> impl IntoView {
    let query = use_query_at(PATH);
    let page = Resource::new_blocking(move || query.get(), |query| load(params(&query)));
    let errors = Signal::derive(move || {
        query
            .with(params)
            .days_of_issue()
            .err()
            .map(|fields| FormErrors::from_fields(fields.0))
            .unwrap_or_default()
    });
    let side = Side::of_viewer();
    view! {
        <PageHeader title="Certificates" lead="Each certificate entitles the holder to one unit of a service."/>
        <ListFilters path=PATH words=side.search_words() query errors own=DAY_FILTERS/>
        {move || purchase_chip(&query.read(), side)}
        <div class="list-head">
            {move || view! { <Tabs label="Certificates by status" tabs=query.with(tabs)/> }}
            <ListTools list=LIST columns=Choosable::from(&*columns(&Query::default(), side)) query/>
        </div>
        <DaysChip path=PATH query/>
        <LoadedList
            data=page
            show=move |page| rows(page, &query.get_untracked(), side)
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

fn purchase_chip(query: &Query, side: Side) -> Option<AnyView> {
    let everything = query.with("purchase", "").at(PATH);
    query.read("purchase").map(|id| view! { <PurchaseChip id everything side/> }.into_any())
}

/// Chip that says that the list shows one purchase only, with a link to all certificates.
#[component]
fn PurchaseChip(id: PurchaseId, everything: String, side: Side) -> impl IntoView {
    // a person who may not see the purchase may still see its certificates
    let number = Resource::new_blocking(
        move || id,
        async |id| purchase_get(id).await.ok().map(|purchase| purchase.number),
    );
    view! {
        <Loading show=move || {
            let everything = everything.clone();
            async move {
                let label = number.await.map_or_else(|| side.unnamed_purchase().to_owned(), |number| format!("Purchase {number}"));
                view! { <p><Chip label remove=everything/></p> }.into_any()
            }
        }/>
    }
}

type CertificateColumn = Column<CertificateSummary>;

fn columns(query: &Query, side: Side) -> Vec<CertificateColumn> {
    let by = |up: Sort, down: Sort| Sorts {
        up: up.as_str(),
        down: down.as_str(),
        default: Sort::default().as_str(),
    };
    let mut columns = vec![
        CertificateColumn::name("service", "Service", |one| {
            let href = [PATH, "/", &one.id.to_string()].concat();
            view! { <a href=href>{one.title.clone()}</a> }.into_any()
        })
        .sortable(PATH, query, by(Sort::Title, Sort::TitleBack)),
        CertificateColumn::text("party", if side == Side::Seller { "Buyer" } else { "Provider" }, |one| {
            one.counterparty.clone().into_any()
        })
        .sortable(PATH, query, by(Sort::Party, Sort::PartyBack)),
        CertificateColumn::text("client", "Client", |one| one.client.clone().into_any()),
        CertificateColumn::text("state", "Status", |one| {
            view! { <CertificateStatusBadge status=one.status/> }.into_any()
        })
        .sortable(PATH, query, by(Sort::State, Sort::StateBack)),
        CertificateColumn::text("issued", "Issued", |one| {
            view! { <DateText instant=one.issued_at/> }.into_any()
        })
        .sortable(PATH, query, by(Sort::Oldest, Sort::Newest)),
        CertificateColumn::text("until", "Redeem by", |one| {
            view! { <DateText instant=one.expires_at/> }.into_any()
        })
        .sortable(PATH, query, by(Sort::EndsFirst, Sort::EndsLast)),
        CertificateColumn::text("code", "Code", |one| {
            let short = one.code.split('-').take(2).collect::<Vec<_>>().join("-");
            view! { <span class="code">{short}"…"</span> }.into_any()
        }),
    ];
    columns.retain(|column| side.has_clients() || !column.is("client"));
    columns
}

fn rows(page: Page<CertificateSummary>, query: &Query, side: Side) -> AnyView {
    // the filter was not applied: its error is shown at the field
    if params(query).days_of_issue().is_err() {
        return ().into_any();
    }
    if page.items.is_empty() {
        return empty_state(query, side);
    }
    let look = ListLook {
        path: PATH,
        caption: "Certificates",
        words: ("certificate", "certificates"),
        density: TableDensity::Regular,
        export: export_address(query),
    };
    list_table(look, columns(query, side), page, query)
}

fn empty_state(query: &Query, side: Side) -> AnyView {
    let (title, text, href, act) = if query.filters() || query.is_beyond_first() {
        let text = "No certificates match these filters.";
        ("No certificates found", text, PATH, "Clear filters")
    } else if side == Side::Seller {
        let text = "When a buyer pays for your services, one certificate per unit appears here.";
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

//! The organisation's purchases; everybody's for an administrator.

use contracts::{
    identity::{OrganisationKind, Viewer},
    orders::{PurchaseFilter, PurchaseSummary},
    page::Page,
    states::PurchaseStatus,
    views::ListName,
};
use leptos::prelude::*;

use super::{
    super::{parts::PurchaseBadge, rpc::purchase_list},
    state_tabs,
};
use crate::{
    list::{Choosable, Column, DaysChip, ListLook, ListTools, list_table},
    loaded::Loaded,
    query::{Query, use_query_at},
    ui::{
        ButtonLook, DateTimeText, EmptyState, Icon, LinkButton, MoneyText, PageHeader, Skeleton,
        SkeletonShape, TableDensity, Tabs, group_digits,
    },
    viewer::use_viewer,
};

const LIST: ListName = ListName::Purchases;
const PATH: &str = LIST.path();
const FILTERS: &[(&str, Option<PurchaseStatus>)] = &[
    ("All", None),
    ("Awaiting payment", Some(PurchaseStatus::AwaitingPayment)),
    ("Paid", Some(PurchaseStatus::Fulfilled)),
    ("Expired", Some(PurchaseStatus::Expired)),
    ("Cancelled", Some(PurchaseStatus::Cancelled)),
];

fn asked(query: &Query) -> PurchaseFilter {
    PurchaseFilter {
        status: query.read("status"),
        days: query.read("days"),
        after: query.get("after"),
        size: query.read("size").unwrap_or_default(),
    }
}

#[component]
pub fn PurchasesPage() -> impl IntoView {
    let query = use_query_at(PATH);
    let page = Resource::new_blocking(move || query.get(), |query| purchase_list(asked(&query)));
    let kind = use_viewer().with_untracked(|viewer| viewer.as_ref().and_then(Viewer::kind));
    let lead = if kind == Some(OrganisationKind::Platform) {
        "All purchases on the market, newest first."
    } else {
        "Your organisation's purchases, newest first."
    };
    let tabs = move || query.with(|query| state_tabs(PATH, FILTERS, query));
    view! {
        <PageHeader title="Purchases" lead/>
        <div class="list-head">
            {move || view! { <Tabs label="Purchases by status" tabs=tabs()/> }}
            <ListTools list=LIST columns=Choosable::from(&*columns(kind)) query/>
        </div>
        <DaysChip path=PATH query/>
        <Loaded
            data=page
            fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=8/> }
            show=move |page| rows(page, &query.get_untracked(), kind)
        />
    }
}

type PurchaseColumn = Column<PurchaseSummary>;

fn columns(kind: Option<OrganisationKind>) -> Vec<PurchaseColumn> {
    let mut columns = vec![
        PurchaseColumn::name("number", "Number", |row| {
            let href = [PATH, "/", &row.id.to_string()].concat();
            view! { <a class="code" href=href>{row.number.clone()}</a> }.into_any()
        }),
        PurchaseColumn::text("buyer", "Buyer", |row| row.buyer_name.clone().into_any()),
        PurchaseColumn::text("client", "Client", |row| row.on_behalf_of.clone().into_any()),
        PurchaseColumn::text("made", "Created", |row| {
            view! { <DateTimeText instant=row.created_at/> }.into_any()
        }),
        PurchaseColumn::text("state", "Status", |row| {
            view! { <PurchaseBadge status=row.status/> }.into_any()
        }),
        PurchaseColumn::number("sellers", "Sellers", |row| row.sellers.to_string().into_any()),
        PurchaseColumn::number("units", "Units", |row| group_digits(row.units).into_any()),
        PurchaseColumn::number("total", "Total", |row| view! { <MoneyText money=row.total/> }.into_any()),
    ];
    let of_all = kind == Some(OrganisationKind::Platform);
    columns.retain(|column| of_all || !column.is("buyer"));
    columns.retain(|column| of_all || kind == Some(OrganisationKind::Intermediary) || !column.is("client"));
    columns
}

fn rows(page: Page<PurchaseSummary>, query: &Query, kind: Option<OrganisationKind>) -> AnyView {
    if page.items.is_empty() {
        return nothing(query, kind == Some(OrganisationKind::Platform));
    }
    let look = ListLook {
        path: PATH,
        caption: "Purchases",
        words: ("purchase", "purchases"),
        density: TableDensity::Regular,
        export: query.only(&["status", "days"]).at("/api/purchases/export"),
    };
    list_table(look, columns(kind), page, query)
}

fn nothing(query: &Query, of_all: bool) -> AnyView {
    if query.filters() || query.get("after").is_some() {
        return view! {
            <EmptyState icon=Icon::Purchases title="No purchases found" text="Nothing matches these filters.">
                <LinkButton href=PATH>"Clear filters"</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    let (text, look) = if of_all {
        ("Purchases on the market will appear here.", ButtonLook::Secondary)
    } else {
        ("Your organisation's purchases and their certificates will appear here.", ButtonLook::Primary)
    };
    view! {
        <EmptyState icon=Icon::Purchases title="No purchases yet" text>
            <LinkButton href="/market" look>"Browse the market"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

//! The list of the organisation's purchases, or of all purchases for an administrator.

use contracts::{
    identity::{OrganisationKind, Viewer},
    orders::{PurchaseFilter, PurchaseSummary, TradeSort},
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
    error::UiError,
    list::{
        AMOUNT_FILTERS, Choosable, Column, DaysChip, ListFilters, ListLook, ListTools, Sorts, list_table,
    },
    loaded::LoadedList,
    query::{Query, use_query_at},
    ui::{
        ButtonLook, DateTimeText, EmptyState, FormErrors, Icon, LinkButton, MoneyText, PageHeader,
        TableDensity, Tabs, group_digits, time_zone_name,
    },
    viewer::use_viewer,
};

const LIST: ListName = ListName::Purchases;
const PATH: &str = LIST.path();
/// Filters that the export takes from the list.
pub(super) const EXPORTED: &[&str] = &["status", "days", "q", "from", "to", "currency", "min", "max", "sort"];
const FILTERS: &[(&str, Option<PurchaseStatus>)] = &[
    ("All", None),
    ("Awaiting payment", Some(PurchaseStatus::AwaitingPayment)),
    ("Paid", Some(PurchaseStatus::Fulfilled)),
    ("Expired", Some(PurchaseStatus::Expired)),
    ("Cancelled", Some(PurchaseStatus::Cancelled)),
];

fn params(query: &Query) -> PurchaseFilter {
    let get = |name: &str| query.get(name).unwrap_or_default();
    PurchaseFilter {
        status: query.read("status"),
        days: query.read("days"),
        q: get("q"),
        from: get("from"),
        to: get("to"),
        time_zone: time_zone_name(),
        currency: get("currency"),
        min: get("min"),
        max: get("max"),
        sort: query.read("sort").unwrap_or_default(),
        after: query.get("after"),
        before: query.get("before"),
        size: query.read("size").unwrap_or_default(),
    }
}

/// Loads the list; empty for invalid filters, whose errors are shown at their fields.
async fn load(filter: PurchaseFilter) -> Result<Page<PurchaseSummary>, UiError> {
    if filter.terms().is_err() { Ok(Page::empty()) } else { purchase_list(filter).await }
}

#[component]
pub fn PurchasesPage() -> impl IntoView {
    let query = use_query_at(PATH);
    let page = Resource::new_blocking(move || query.get(), |query| load(params(&query)));
    let errors = Signal::derive(move || {
        query.with(params).terms().err().map(|fields| FormErrors::from_fields(fields.0)).unwrap_or_default()
    });
    let kind = use_viewer().with_untracked(|viewer| viewer.as_ref().and_then(Viewer::kind));
    let lead = if kind == Some(OrganisationKind::Platform) {
        "All purchases on the market, newest first."
    } else {
        "Your organisation's purchases, newest first."
    };
    let tabs = move || query.with(|query| state_tabs(PATH, FILTERS, query));
    view! {
        <PageHeader title="Purchases" lead/>
        <ListFilters path=PATH words="Search by number, seller, buyer or client" query errors own=AMOUNT_FILTERS/>
        <div class="list-head">
            {move || view! { <Tabs label="Purchases by status" tabs=tabs()/> }}
            <ListTools list=LIST columns=Choosable::from(&*columns(&Query::default(), kind)) query/>
        </div>
        <DaysChip path=PATH query/>
        <LoadedList
            data=page
            show=move |page| rows(page, &query.get_untracked(), kind)
        />
    }
}

type PurchaseColumn = Column<PurchaseSummary>;

fn columns(query: &Query, kind: Option<OrganisationKind>) -> Vec<PurchaseColumn> {
    let by = |up: TradeSort, down: TradeSort| Sorts {
        up: up.as_str(),
        down: down.as_str(),
        default: TradeSort::default().as_str(),
    };
    let mut columns = vec![
        PurchaseColumn::name("number", "Number", |row| {
            let href = [PATH, "/", &row.id.to_string()].concat();
            view! { <a href=href><span class="code">{row.number.clone()}</span></a> }.into_any()
        }),
        PurchaseColumn::text("buyer", "Buyer", |row| row.buyer_name.clone().into_any()).sortable(
            PATH,
            query,
            by(TradeSort::Party, TradeSort::PartyBack),
        ),
        PurchaseColumn::text("client", "Client", |row| row.on_behalf_of.clone().into_any()).sortable(
            PATH,
            query,
            by(TradeSort::Client, TradeSort::ClientBack),
        ),
        PurchaseColumn::text("made", "Created", |row| {
            view! { <DateTimeText instant=row.created_at/> }.into_any()
        })
        .sortable(PATH, query, by(TradeSort::Oldest, TradeSort::Newest)),
        PurchaseColumn::text("state", "Status", |row| {
            view! { <PurchaseBadge status=row.status/> }.into_any()
        })
        .sortable(PATH, query, by(TradeSort::State, TradeSort::StateBack)),
        PurchaseColumn::number("sellers", "Sellers", |row| row.sellers.to_string().into_any()),
        PurchaseColumn::number("units", "Units", |row| group_digits(row.units).into_any()),
        PurchaseColumn::number("total", "Total", |row| view! { <MoneyText money=row.total/> }.into_any())
            .sortable(PATH, query, by(TradeSort::Cheapest, TradeSort::Dearest)),
    ];
    let of_all = kind == Some(OrganisationKind::Platform);
    columns.retain(|column| of_all || !column.is("buyer"));
    columns.retain(|column| of_all || kind == Some(OrganisationKind::Intermediary) || !column.is("client"));
    columns
}

fn rows(page: Page<PurchaseSummary>, query: &Query, kind: Option<OrganisationKind>) -> AnyView {
    // the filter was not applied: its error is shown at the field
    if params(query).terms().is_err() {
        return ().into_any();
    }
    if page.items.is_empty() {
        return empty_state(query, kind == Some(OrganisationKind::Platform));
    }
    let look = ListLook {
        path: PATH,
        caption: "Purchases",
        words: ("purchase", "purchases"),
        density: TableDensity::Regular,
        export: query.only(EXPORTED).at("/api/purchases/export"),
    };
    list_table(look, columns(query, kind), page, query)
}

fn empty_state(query: &Query, of_all: bool) -> AnyView {
    if query.filters() || query.is_beyond_first() {
        return view! {
            <EmptyState icon=Icon::Purchases title="No purchases found" text="No purchases match these filters.">
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

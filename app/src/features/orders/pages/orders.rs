//! The list of orders: a seller's, a buyer's by seller, or all transactions for an administrator.

use contracts::{
    identity::{OrganisationKind, Viewer},
    ids::TransactionId,
    money::Money,
    orders::{TradeSort, TransactionFilter, TransactionSummary, TransactionView},
    page::Page,
    permission::Permission,
    states::TransactionStatus,
    views::ListName,
};
use leptos::prelude::*;

use super::{
    super::{
        parts::{TransactionBadge, TransactionCard, commission_word},
        rpc::{transaction_get, transaction_list},
    },
    id_of,
    purchases::EXPORTED,
    state_tabs,
};
use crate::{
    error::UiError,
    features::payments::percent,
    list::{
        AMOUNT_FILTERS, Choosable, Column, DaysChip, ListFilters, ListLook, ListTools, Sorts, list_table,
    },
    loaded::{Loaded, LoadedList},
    query::{Query, use_query_at},
    ui::{
        Breadcrumbs, ButtonLook, Card, Crumb, DateTimeText, Description, DescriptionList, EmptyState,
        FormErrors, Icon, LinkButton, MoneyText, PageHeader, Skeleton, SkeletonShape, TableDensity, Tabs,
        group_digits, time_zone_name,
    },
    viewer::{is_console, use_viewer},
};

const LIST: ListName = ListName::Orders;
const PATH: &str = LIST.path();
const FILTERS: &[(&str, Option<TransactionStatus>)] = &[
    ("All", None),
    ("Awaiting payment", Some(TransactionStatus::Placed)),
    ("Paid", Some(TransactionStatus::Fulfilled)),
    ("Expired", Some(TransactionStatus::Expired)),
    ("Cancelled", Some(TransactionStatus::Cancelled)),
];

fn params(query: &Query) -> TransactionFilter {
    let get = |name: &str| query.get(name).unwrap_or_default();
    TransactionFilter {
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
async fn load(filter: TransactionFilter) -> Result<Page<TransactionSummary>, UiError> {
    if filter.terms().is_err() { Ok(Page::empty()) } else { transaction_list(filter).await }
}

#[component]
pub fn OrdersPage() -> impl IntoView {
    let query = use_query_at(PATH);
    let page = Resource::new_blocking(move || query.get(), |query| load(params(&query)));
    let errors = Signal::derive(move || {
        query.with(params).terms().err().map(|fields| FormErrors::from_fields(fields.0)).unwrap_or_default()
    });
    let side = Side::of_viewer();
    let (title, lead, label) = match side {
        Side::Platform => (
            "Transactions",
            "All sales on the market, newest first. A purchase has one transaction per seller.",
            "Transactions by status",
        ),
        Side::Seller => (
            "Orders",
            "Your organisation's sales, newest first. Buyers receive certificates for paid orders.",
            "Orders by status",
        ),
        Side::Buyer => {
            ("Orders", "Your organisation's purchases by seller, newest first.", "Orders by status")
        }
    };
    let tabs = move || query.with(|query| state_tabs(PATH, FILTERS, query));
    view! {
        <PageHeader title lead/>
        <ListFilters path=PATH words="Search by reference, buyer or seller" query errors own=AMOUNT_FILTERS/>
        <div class="list-head">
            {move || view! { <Tabs label tabs=tabs()/> }}
            <ListTools list=LIST columns=Choosable::from(&*columns(&Query::default(), side)) query/>
        </div>
        <DaysChip path=PATH query/>
        <LoadedList
            data=page
            show=move |page| rows(page, &query.get_untracked(), side)
        />
    }
}

/// Side from which the viewer sees an order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Seller,
    Buyer,
    Platform,
}

impl Side {
    fn of_viewer() -> Self {
        let viewer = use_viewer();
        let kind = viewer.with_untracked(|viewer| viewer.as_ref().and_then(Viewer::kind));
        match kind {
            _ if is_console(viewer) => Self::Platform,
            Some(OrganisationKind::Provider) => Self::Seller,
            _ => Self::Buyer,
        }
    }
}

const fn seller_receives(side: Side) -> &'static str {
    match side {
        Side::Seller => "You receive",
        Side::Buyer | Side::Platform => "Seller receives",
    }
}

type OrderColumn = Column<TransactionSummary>;

fn columns(query: &Query, side: Side) -> Vec<OrderColumn> {
    let by = |up: TradeSort, down: TradeSort| Sorts {
        up: up.as_str(),
        down: down.as_str(),
        default: TradeSort::default().as_str(),
    };
    let reference = if side == Side::Platform { "Transaction" } else { "Order" };
    let net = seller_receives(side);
    let mut columns = vec![
        OrderColumn::name("order", reference, |row| {
            let href = [PATH, "/", &row.id.to_string()].concat();
            view! { <a href=href><span class="code">{row.id.reference()}</span></a> }.into_any()
        }),
        OrderColumn::text("buyer", "Buyer", |row| row.buyer_name.clone().into_any()).sortable(
            PATH,
            query,
            by(TradeSort::Party, TradeSort::PartyBack),
        ),
        OrderColumn::text("seller", "Seller", |row| row.seller_name.clone().into_any()).sortable(
            PATH,
            query,
            by(TradeSort::Seller, TradeSort::SellerBack),
        ),
        OrderColumn::text("placed", "Placed", |row| {
            view! { <DateTimeText instant=row.created_at/> }.into_any()
        })
        .sortable(PATH, query, by(TradeSort::Oldest, TradeSort::Newest)),
        OrderColumn::text("state", "Status", |row| {
            view! { <TransactionBadge status=row.status/> }.into_any()
        })
        .sortable(PATH, query, by(TradeSort::State, TradeSort::StateBack)),
        OrderColumn::number("units", "Units", |row| group_digits(row.units).into_any()),
        OrderColumn::number("total", "Total", |row| view! { <MoneyText money=row.gross/> }.into_any())
            .sortable(PATH, query, by(TradeSort::Cheapest, TradeSort::Dearest)),
        OrderColumn::number("net", net, |row| {
            row.status.is_sold().then(|| view! { <MoneyText money=row.seller_net/> }).into_any()
        }),
    ];
    columns.retain(|column| side != Side::Seller || !column.is("seller"));
    columns.retain(|column| side != Side::Buyer || !column.is("buyer") && !column.is("net"));
    columns
}

fn rows(page: Page<TransactionSummary>, query: &Query, side: Side) -> AnyView {
    // the filter was not applied: its error is shown at the field
    if params(query).terms().is_err() {
        return ().into_any();
    }
    if page.items.is_empty() {
        return empty_state(query, side);
    }
    let (caption, words) = if side == Side::Platform {
        ("Transactions", ("transaction", "transactions"))
    } else {
        ("Orders", ("order", "orders"))
    };
    let export = query.only(EXPORTED).at("/api/orders/export");
    let look = ListLook { path: PATH, caption, words, density: TableDensity::Regular, export };
    list_table(look, columns(query, side), page, query)
}

fn empty_state(query: &Query, side: Side) -> AnyView {
    let (title, text, href, act) = if query.filters() || query.is_beyond_first() {
        let (title, text) = if side == Side::Platform {
            ("No transactions found", "No transactions match these filters.")
        } else {
            ("No orders found", "No orders match these filters.")
        };
        (title, text, PATH, "Clear filters")
    } else {
        match side {
            Side::Platform => (
                "No transactions yet",
                "Transactions for all services will appear here.",
                "/services",
                "Services",
            ),
            Side::Seller => {
                ("No orders yet", "Orders for your services will appear here.", "/services", "Your services")
            }
            Side::Buyer => {
                ("No orders yet", "What you buy will appear here.", "/market", "Browse the market")
            }
        }
    };
    view! { <EmptyState icon=Icon::Orders title text><LinkButton href>{act}</LinkButton></EmptyState> }
        .into_any()
}

#[component]
pub fn OrderPage() -> impl IntoView {
    let id = id_of::<TransactionId>();
    let order = Resource::new_blocking(id, |id| async move { transaction_get(id?).await });
    view! {
        <Loaded
            data=order
            fallback=|| view! { <Skeleton shape=SkeletonShape::Lines count=8/> }
            show=move |order| view! { <Order order/> }
        />
    }
}

#[component]
fn Order(order: TransactionView) -> impl IntoView {
    let (status, created_at, purchase_id) = (order.status, order.created_at, order.purchase_id);
    let (buyer, seller) = (order.buyer_name.clone(), order.seller_name.clone());
    let reference = order.id.reference();
    let services = order.clone();
    let side = Side::of_viewer();
    let (list, word) =
        if side == Side::Platform { ("Transactions", "Transaction") } else { ("Orders", "Order") };
    let reads = use_viewer().with_untracked(|viewer| {
        viewer.as_ref().is_some_and(|viewer| viewer.may(Permission::CertificatesRead))
    });
    let certificates = (status.is_sold() && reads).then(|| {
        let href = format!("/certificates?purchase={purchase_id}");
        view! { <LinkButton href look=ButtonLook::Primary icon=Icon::Certificate>"Certificates"</LinkButton> }
    });
    view! {
        <PageHeader
            title=format!("{word} {reference}")
            above=move || view! { <Breadcrumbs crumbs=vec![Crumb::new(list, "/orders")]/> }
            badges=move || view! { <TransactionBadge status/> }
            actions=move || certificates
        />
        <div class="with-side">
            <TransactionCard transaction=services title="Services"/>
            <aside class="stack" aria-label=word>
                <Card title=word>
                    <DescriptionList>
                        <Description term="Buyer">{buyer}</Description>
                        <Description term="Seller">{seller}</Description>
                        <Description term="Placed"><DateTimeText instant=created_at/></Description>
                        {(side != Side::Seller).then(|| view! {
                            <Description term="Purchase"><a href=format!("/purchases/{purchase_id}")>"View purchase"</a></Description>
                        })}
                    </DescriptionList>
                </Card>
                <Proceeds order side/>
            </aside>
        </div>
    }
}

/// Card that leads from the total over the commissions to what the seller receives.
#[component]
fn Proceeds(order: TransactionView, side: Side) -> impl IntoView {
    let gross = order.gross;
    // sums that do not fit in an amount were never posted
    let commissions = order.commissions().unwrap_or_default();
    let shares: Vec<_> = commissions
        .into_iter()
        .map(|share| {
            let term = format!("{}, {}", commission_word(share.kind), percent(share.basis_points));
            let amount = Money::new(-share.amount.amount_minor, share.amount.currency);
            view! { <Description term><MoneyText money=amount/></Description> }
        })
        .collect();
    let net = order.status.is_sold().then(|| {
        view! {
            {shares}
            <Description term=seller_receives(side)><strong><MoneyText money=order.seller_net/></strong></Description>
        }
    });
    view! {
        <Card title="Amounts">
            <DescriptionList>
                <Description term="Total"><MoneyText money=gross/></Description>
                {net}
            </DescriptionList>
        </Card>
    }
}

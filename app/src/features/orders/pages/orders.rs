//! A seller's orders; everybody's, as transactions, for an administrator.

use contracts::{
    ids::TransactionId,
    orders::{TransactionFilter, TransactionSummary, TransactionView},
    page::Page,
    states::TransactionStatus,
};
use leptos::prelude::*;

use super::{
    super::{
        parts::{TransactionBadge, TransactionCard},
        rpc::{transaction_get, transaction_list},
    },
    Pages, filter_of, id_of, state_tabs,
};
use crate::{
    loaded::Loaded,
    ui::{
        Breadcrumbs, Card, ColumnHeader, Crumb, DateTimeText, Description, DescriptionList, EmptyState, Icon,
        LinkButton, MoneyText, PageHeader, Pagination, Skeleton, SkeletonShape, Table, Tabs,
    },
    viewer::{is_console, use_viewer},
};

const FILTERS: &[(&str, Option<TransactionStatus>)] = &[
    ("All", None),
    ("Placed", Some(TransactionStatus::Placed)),
    ("Paid", Some(TransactionStatus::Fulfilled)),
    ("Expired", Some(TransactionStatus::Expired)),
    ("Cancelled", Some(TransactionStatus::Cancelled)),
];

#[component]
pub fn OrdersPage() -> impl IntoView {
    let filter = filter_of::<TransactionStatus>();
    let page = Resource::new_blocking(filter, |(status, after)| {
        transaction_list(TransactionFilter { status, after })
    });
    let viewer = use_viewer();
    let (title, lead, label) = if is_console(viewer) {
        (
            "Transactions",
            "What has been sold on the market, newest first, one for each seller of a purchase.",
            "Transactions by state",
        )
    } else {
        (
            "Orders",
            "What your organisation has sold, newest first. Paid orders are held as certificates by the buyer.",
            "Orders by state",
        )
    };
    let tabs = move || view! { <Tabs label tabs=state_tabs("/orders", FILTERS, filter().0)/> };
    view! {
        <PageHeader title lead/>
        {tabs}
        <Loaded
            data=page
            fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=8/> }
            show=move |page| {
                let (status, after) = filter();
                view! { <Rows page status after of_all=is_console(viewer)/> }
            }
        />
    }
}

#[component]
fn Rows(
    page: Page<TransactionSummary>,
    #[prop(optional_no_strip)] status: Option<TransactionStatus>,
    #[prop(optional_no_strip)] after: Option<String>,
    of_all: bool,
) -> impl IntoView {
    if page.items.is_empty() {
        return if status.is_some() || after.is_some() {
            let title = if of_all { "No transactions in this state" } else { "No orders in this state" };
            view! {
                <EmptyState icon=Icon::Orders title text="There are none here; others may be in another state.">
                    <LinkButton href="/orders">"Clear all"</LinkButton>
                </EmptyState>
            }
            .into_any()
        } else if of_all {
            view! {
                <EmptyState icon=Icon::Orders title="No transactions yet" text="When somebody buys a service, the transaction stands here.">
                    <LinkButton href="/services">"Services"</LinkButton>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState icon=Icon::Orders title="No orders yet" text="When somebody buys one of your services, the order stands here.">
                    <LinkButton href="/services">"Your services"</LinkButton>
                </EmptyState>
            }
            .into_any()
        };
    }
    let status = status.map(TransactionStatus::as_str);
    let pages = Pages::of("/orders", "/api/orders/export", status, after.as_deref(), page.next.as_deref());
    let rows: Vec<_> = page.items.into_iter().map(|row| row_view(row, of_all)).collect();
    let (caption, reference, net) = if of_all {
        ("Transactions", "Transaction", "Seller receives")
    } else {
        ("Orders", "Order", "You receive")
    };
    view! {
        <Table caption>
            <thead>
                <tr>
                    <ColumnHeader label=reference/>
                    <ColumnHeader label="Buyer"/>
                    {of_all.then(|| view! { <ColumnHeader label="Seller"/> })}
                    <ColumnHeader label="Placed"/>
                    <ColumnHeader label="State"/>
                    <ColumnHeader label="Units" numeric=true/>
                    <ColumnHeader label="Total" numeric=true/>
                    <ColumnHeader label=net numeric=true/>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pagination first=pages.first next=pages.next/>
        <p class="table-below"><LinkButton href=pages.export icon=Icon::Download external=true>"Export as CSV"</LinkButton></p>
    }
    .into_any()
}

fn row_view(row: TransactionSummary, of_all: bool) -> impl IntoView {
    let href = format!("/orders/{}", row.id);
    view! {
        <tr>
            <th scope="row"><a class="code" href=href>{row.id.reference()}</a></th>
            <td>{row.buyer_name}</td>
            {of_all.then(|| view! { <td>{row.seller_name}</td> })}
            <td><DateTimeText instant=row.created_at/></td>
            <td><TransactionBadge status=row.status/></td>
            <td class="num">{crate::ui::money::group_digits(row.units)}</td>
            <td class="num"><MoneyText money=row.gross/></td>
            <td class="num"><MoneyText money=row.seller_net/></td>
        </tr>
    }
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
    let (buyer, seller, status) = (order.buyer_name.clone(), order.seller_name.clone(), order.status);
    let (created_at, gross, net) = (order.created_at, order.gross, order.seller_net);
    let (list, word) =
        if is_console(use_viewer()) { ("Transactions", "Transaction") } else { ("Orders", "Order") };
    view! {
        <PageHeader
            title=format!("{word} {}", order.id.reference())
            above=move || view! { <Breadcrumbs crumbs=vec![Crumb::new(list, "/orders")]/> }
            badges=move || view! { <TransactionBadge status/> }
        />
        <div class="with-side">
            <TransactionCard transaction=order title="What was bought"/>
            <aside aria-label=word>
                <Card title=word>
                    <DescriptionList>
                        <Description term="Buyer">{buyer}</Description>
                        <Description term="Seller">{seller}</Description>
                        <Description term="Placed"><DateTimeText instant=created_at/></Description>
                        <Description term="Total"><MoneyText money=gross/></Description>
                        <Description term="Seller receives"><strong><MoneyText money=net/></strong></Description>
                    </DescriptionList>
                </Card>
            </aside>
        </div>
    }
}

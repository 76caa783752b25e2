//! The organisation's purchases; everybody's for an administrator.

use contracts::{
    orders::{PurchaseFilter, PurchaseSummary},
    page::Page,
    states::PurchaseStatus,
};
use leptos::prelude::*;

use super::{
    super::{parts::PurchaseBadge, rpc::purchase_list},
    Pages, filter_of, state_tabs,
};
use crate::{
    loaded::Loaded,
    ui::{
        ButtonLook, ColumnHeader, DateTimeText, EmptyState, Icon, LinkButton, MoneyText, PageHeader,
        Pagination, Skeleton, SkeletonShape, Table, Tabs,
    },
    viewer::{is_console, use_viewer},
};

const FILTERS: &[(&str, Option<PurchaseStatus>)] = &[
    ("All", None),
    ("Waiting for payment", Some(PurchaseStatus::AwaitingPayment)),
    ("Paid", Some(PurchaseStatus::Fulfilled)),
    ("Expired", Some(PurchaseStatus::Expired)),
    ("Cancelled", Some(PurchaseStatus::Cancelled)),
];

#[component]
pub fn PurchasesPage() -> impl IntoView {
    let filter = filter_of::<PurchaseStatus>();
    let page =
        Resource::new_blocking(filter, |(status, after)| purchase_list(PurchaseFilter { status, after }));
    let tabs = move || view! { <Tabs label="Purchases by state" tabs=state_tabs("/purchases", FILTERS, filter().0)/> };
    let viewer = use_viewer();
    let lead = if is_console(viewer) {
        "What has been bought on the market, newest first."
    } else {
        "What your organisation has bought, newest first."
    };
    view! {
        <PageHeader title="Purchases" lead/>
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
    page: Page<PurchaseSummary>,
    #[prop(optional_no_strip)] status: Option<PurchaseStatus>,
    #[prop(optional_no_strip)] after: Option<String>,
    of_all: bool,
) -> impl IntoView {
    if page.items.is_empty() {
        return if status.is_some() || after.is_some() {
            view! {
                <EmptyState icon=Icon::Purchases title="No purchases in this state" text="There are none here; others may be in another state.">
                    <LinkButton href="/purchases">"Clear all"</LinkButton>
                </EmptyState>
            }
            .into_any()
        } else if of_all {
            view! {
                <EmptyState icon=Icon::Purchases title="No purchases yet" text="What is bought on the market is listed here.">
                    <LinkButton href="/market">"Browse the market"</LinkButton>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState icon=Icon::Purchases title="No purchases yet" text="What your organisation buys on the market is listed here with its certificates.">
                    <LinkButton href="/market" look=ButtonLook::Primary>"Browse the market"</LinkButton>
                </EmptyState>
            }
            .into_any()
        };
    }
    let status = status.map(PurchaseStatus::as_str);
    let pages =
        Pages::of("/purchases", "/api/purchases/export", status, after.as_deref(), page.next.as_deref());
    let for_clients = page.items.iter().any(|row| row.on_behalf_of.is_some());
    let rows: Vec<_> = page.items.into_iter().map(|row| row_view(row, for_clients, of_all)).collect();
    view! {
        <Table caption="Purchases">
            <thead>
                <tr>
                    <ColumnHeader label="Number"/>
                    {of_all.then(|| view! { <ColumnHeader label="Buyer"/> })}
                    {for_clients.then(|| view! { <ColumnHeader label="Client"/> })}
                    <ColumnHeader label="Made"/>
                    <ColumnHeader label="State"/>
                    <ColumnHeader label="Sellers" numeric=true/>
                    <ColumnHeader label="Units" numeric=true/>
                    <ColumnHeader label="Total" numeric=true/>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pagination first=pages.first next=pages.next/>
        <p class="table-below"><LinkButton href=pages.export icon=Icon::Download external=true>"Export as CSV"</LinkButton></p>
    }
    .into_any()
}

fn row_view(row: PurchaseSummary, for_clients: bool, of_all: bool) -> impl IntoView {
    let href = format!("/purchases/{}", row.id);
    view! {
        <tr>
            <th scope="row"><a class="code" href=href>{row.number}</a></th>
            {of_all.then(|| view! { <td>{row.buyer_name}</td> })}
            {for_clients.then(|| view! { <td>{row.on_behalf_of.unwrap_or_default()}</td> })}
            <td><DateTimeText instant=row.created_at/></td>
            <td><PurchaseBadge status=row.status/></td>
            <td class="num">{row.sellers.to_string()}</td>
            <td class="num">{crate::ui::money::group_digits(row.units)}</td>
            <td class="num"><MoneyText money=row.total/></td>
        </tr>
    }
}

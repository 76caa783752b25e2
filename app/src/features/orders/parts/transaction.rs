//! One seller's order: its lines, the rules of each price, and the shares.

use contracts::orders::{CommissionKind, LineView, TransactionView};
use leptos::prelude::*;

use super::TransactionBadge;
use crate::{
    features::payments::percent,
    ui::{Card, ColumnHeader, Description, DescriptionList, Disclosure, MoneyText, Table},
};

/// Returns the words for a commission on screen.
pub const fn commission_word(kind: CommissionKind) -> &'static str {
    match kind {
        CommissionKind::Platform => "Platform commission",
        CommissionKind::Intermediary => "Intermediary commission",
    }
}

/// Card of a transaction.
#[component]
pub fn TransactionCard(
    /// The transaction.
    transaction: TransactionView,
    /// Name of the counterparty: the seller for the buyer, the buyer for the seller.
    #[prop(into)]
    title: String,
) -> impl IntoView {
    let status = transaction.status;
    let caption = format!("Services in {}", transaction.id.reference());
    let rows: Vec<_> = transaction.lines.iter().map(|line| view! { <Row line=line.clone()/> }).collect();
    let sold = status.is_sold();
    let details: Vec<_> = transaction.lines.into_iter().map(|line| view! { <Details line sold/> }).collect();
    view! {
        <Card title actions=move || view! { <TransactionBadge status/> } flush=true>
            <Table caption>
                <thead>
                    <tr>
                        <ColumnHeader label="Service"/>
                        <ColumnHeader label="Units" numeric=true/>
                        <ColumnHeader label="Per unit" numeric=true/>
                        <ColumnHeader label="Total" numeric=true/>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                <tfoot>
                    <tr><th scope="row" colspan="3">"Total"</th><td data-label="" class="num"><MoneyText money=transaction.gross/></td></tr>
                </tfoot>
            </Table>
            <div class="p-4 stack-sm">{details}</div>
        </Card>
    }
}

#[component]
fn Row(line: LineView) -> impl IntoView {
    let href = format!("/market/{}?version={}", line.service_id, line.version_id);
    view! {
        <tr>
            <th scope="row"><a href=href>{line.title}</a></th>
            <td data-label="Units" class="num">{crate::ui::money::group_digits(u64::from(line.quantity))}</td>
            <td data-label="Per unit" class="num"><MoneyText money=line.unit/></td>
            <td data-label="Total" class="num"><MoneyText money=line.gross/></td>
        </tr>
    }
}

#[component]
fn Details(line: LineView, sold: bool) -> impl IntoView {
    let trace: Vec<_> = line
        .trace
        .into_iter()
        .map(|step| view! { <li>{step.reason}" "<span class="muted">"→ "<MoneyText money=step.unit_after/></span></li> })
        .collect();
    let shares: Vec<_> = line
        .commissions
        .into_iter()
        .map(|share| {
            let who = commission_word(share.kind);
            view! { <Description term=format!("{who}, {}", percent(share.basis_points))><MoneyText money=share.amount/></Description> }
        })
        .collect();
    view! {
        <Disclosure summary=format!("Why this price: {}", line.title)>
            <div class="stack small">
                <ol class="stack-sm">{trace}</ol>
                {sold.then(|| view! {
                    <DescriptionList>
                        <Description term="Seller receives"><MoneyText money=line.seller_net/></Description>
                        {shares}
                    </DescriptionList>
                })}
            </div>
        </Disclosure>
    }
}

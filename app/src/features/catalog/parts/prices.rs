//! Prices: the table of volume prices, and the rules that led to a price.

use contracts::catalog::{PricedLine, Pricing};
use leptos::prelude::*;

use crate::ui::{ColumnHeader, Glyph, Icon, IconSize, MoneyText, Table, group_digits};

/// Table of the price per unit by quantity.
#[component]
pub fn PriceTable(
    /// The prices.
    pricing: Pricing,
) -> impl IntoView {
    let steps = pricing.steps.clone();
    let units = |count: u32| group_digits(count.into());
    let mut rows = vec![(1, steps.first().map(|step| step.min_quantity), pricing.base)];
    for (place, step) in steps.iter().enumerate() {
        let next = steps.get(place + 1).map(|next| next.min_quantity);
        rows.push((step.min_quantity, next, step.unit_price));
    }
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(from, next, price)| {
            let range = match next {
                Some(next) if next == from + 1 => units(from),
                Some(next) => format!("{} to {}", units(from), units(next - 1)),
                None => format!("{} or more", units(from)),
            };
            view! { <tr><th scope="row">{range}</th><td data-label="Per unit" class="num"><MoneyText money=price/></td></tr> }
        })
        .collect();
    view! {
        <Table caption="Price by quantity">
            <thead><tr><ColumnHeader label="Units"/><ColumnHeader label="Per unit" numeric=true/></tr></thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

/// The rules of a computed price, in order.
#[component]
pub fn PriceRules(
    /// The computed price.
    line: PricedLine,
) -> impl IntoView {
    let steps: Vec<_> = line
        .trace
        .into_iter()
        .map(|step| {
            let rule = if step.from_quantity > 1 {
                format!("From {} units", group_digits(step.from_quantity.into()))
            } else {
                "Base price".to_owned()
            };
            let icon = if step.applied { Icon::Check } else { Icon::Minus };
            view! {
                <li class="price-rule">
                    <Glyph icon size=IconSize::Small/>
                    <span><strong>{rule}</strong>": "{step.reason}</span>
                    <MoneyText money=step.unit_after/>
                </li>
            }
        })
        .collect();
    view! { <ol class="price-rules">{steps}</ol> }
}

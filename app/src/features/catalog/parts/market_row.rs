//! One result of the market: a row a buyer can compare with the next.

use contracts::catalog::MarketItem;
use leptos::prelude::*;

use super::{CodeChips, MoneyOf, duration_text, place_text};
use crate::ui::{Glyph, Icon, IconSize};

/// A result.
#[component]
pub fn MarketRow(
    /// The service.
    item: MarketItem,
) -> impl IntoView {
    let href = format!("/market/{}", item.service_id);
    let place = place_text(item.modality, &item.city, &item.country);
    let has_steps = item.lowest_price.amount_minor < item.price.amount_minor;
    view! {
        <li class="row-item market-row">
            <div class="market-row-main">
                <h3 class="market-row-title"><a href=href>{item.title}</a></h3>
                <p class="market-row-provider">
                    <Glyph icon=Icon::ShieldCheck size=IconSize::Small/>
                    <span>{item.provider_name}</span>
                    <span class="muted">"Verified provider"</span>
                </p>
                <p class="market-row-summary muted">{item.summary}</p>
                <CodeChips codes=item.codes most=3/>
            </div>
            <ul class="market-row-facts small">
                <li><Glyph icon=Icon::Services size=IconSize::Small/>{item.category.label()}</li>
                <li><Glyph icon=Icon::MapPin size=IconSize::Small/>{place}</li>
                <li><Glyph icon=Icon::Clock size=IconSize::Small/>{duration_text(item.duration_minutes)}</li>
            </ul>
            <div class="market-row-price">
                <p class="market-row-amount"><MoneyOf money=item.price/></p>
                <p class="muted small">"per unit"</p>
                {has_steps.then(|| view! { <p class="small">"from "<MoneyOf money=item.lowest_price/>" in volume"</p> })}
            </div>
        </li>
    }
}

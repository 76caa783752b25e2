//! The results of the market as rows. The content of a row does not change, so all rows are one piece of HTML, which the server renders
//! quickly and the browser does not hydrate node by node.

use std::sync::Arc;

use contracts::catalog::MarketItem;
use leptos::prelude::*;
use maud::{Markup, html};

use super::{codes::code_chips, duration_text, place_text};
use crate::ui::{Icon, IconSize, money_text};

/// The results of a page, in order.
#[component]
pub fn MarketRows(
    /// The services.
    items: Vec<Arc<MarketItem>>,
) -> impl IntoView {
    let rows = html! { @for item in &items { (row(item)) } };
    view! { <ul class="row-list" inner_html=rows.into_string()></ul> }
}

fn row(item: &MarketItem) -> Markup {
    html! {
        li class="row-item market-row" {
            div class="market-row-main" {
                h3 class="market-row-title" { a href={ "/market/" (item.service_id) } { (item.title) } }
                p class="market-row-provider" {
                    (Icon::ShieldCheck.markup(IconSize::Small))
                    span { (item.provider_name) }
                    span class="muted" { "Verified provider" }
                }
                p class="market-row-summary muted" { (item.summary) }
                ul class="chips" aria-label="ICD-11 codes" { (code_chips(&item.codes, 3)) }
            }
            ul class="market-row-facts small" {
                li { (Icon::Services.markup(IconSize::Small)) (item.category.label()) }
                li { (Icon::MapPin.markup(IconSize::Small)) (place_text(item.modality, &item.city, &item.country)) }
                li { (Icon::Clock.markup(IconSize::Small)) (duration_text(item.duration_minutes)) }
            }
            (prices(item))
        }
    }
}

fn prices(item: &MarketItem) -> Markup {
    let has_steps = item.lowest_price.amount_minor < item.price.amount_minor;
    html! {
        div class="market-row-price" {
            p class="market-row-amount" { span class="money" { (money_text(item.price)) } }
            p class="muted small" { "per unit" }
            @if has_steps {
                p class="small" { "from " span class="money" { (money_text(item.lowest_price)) } " at volume" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use contracts::{
        catalog::{Category, CodeView, Modality},
        ids::{OrgId, ServiceId},
        money::{Currency, Money},
    };

    use super::*;

    #[test]
    fn what_providers_write_stays_text() {
        let bad = "<img src=x onerror=alert(1)> & \"more\"";
        let item = MarketItem {
            service_id: ServiceId(uuid::Uuid::nil()),
            title: bad.to_owned(),
            summary: bad.to_owned(),
            provider_org_id: OrgId(uuid::Uuid::nil()),
            provider_name: bad.to_owned(),
            category: Category::Imaging,
            modality: Modality::OnSite,
            country: "DE".to_owned(),
            city: bad.to_owned(),
            duration_minutes: 45,
            validity_days: 365,
            price: Money::new(12_000, Currency::Eur),
            lowest_price: Money::new(10_000, Currency::Eur),
            codes: vec![CodeView {
                release: "2025-01".to_owned(),
                uri: String::new(),
                code: "\"><script>".to_owned(),
                title: bad.to_owned(),
            }],
            listed_at: DateTime::UNIX_EPOCH,
        };
        let html = row(&item).into_string();
        assert!(!html.contains("<img") && !html.contains("<script") && !html.contains("& "), "{html}");
        assert_eq!(html.matches("&lt;img src=x onerror=alert(1)&gt; &amp; &quot;more&quot;").count(), 5);
        assert!(html.contains("href=\"/market?code=&quot;&gt;&lt;script&gt;\""), "{html}");
        assert!(
            html.contains("EUR\u{a0}120.00") && html.contains("from <span class=\"money\">EUR\u{a0}100.00")
        );
    }
}

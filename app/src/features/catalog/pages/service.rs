//! A service as buyers see it.

use contracts::{
    cart::read_quantity,
    catalog::{MarketQuery, ServiceView},
    ids::ServiceVersionId,
    states::ServiceStatus,
};
use leptos::prelude::*;

use super::service_in_path;
use crate::{
    features::{
        cart::BuyBox,
        catalog::{
            parts::{Attribution, CodeChips, PriceTable, duration_text, place_text},
            rpc::market_service_get,
        },
    },
    form_action::request_key,
    list::count_text,
    loaded::Loaded,
    query::use_query,
    ui::{
        Banner, Breadcrumbs, Card, Crumb, DateText, Description, DescriptionList, Glyph, Icon, IconSize,
        MoneyText, PageHeader, Skeleton, Tone,
    },
};

/// Page `/market/:id`. `?version=` shows a version that was bought, `?quantity=` the price of a quantity.
#[component]
pub fn ServicePage() -> impl IntoView {
    let id = service_in_path();
    let query = use_query();
    let version = Memo::new(move |_| {
        query.with(|query| query.get("version").and_then(|id| id.parse::<ServiceVersionId>().ok()))
    });
    let quantity = Memo::new(move |_| {
        query.with(|query| query.get("quantity").and_then(|text| read_quantity(&text).ok()))
    });
    let service = Resource::new_blocking(
        move || (id.get(), version.get()),
        async |(id, version)| market_service_get(id?, version).await,
    );
    let key = request_key();
    view! {
        <Loaded data=service fallback=|| view! { <Skeleton count=6/> } show=move |service| {
            let quantity = quantity.get_untracked().unwrap_or(1);
            view! { <Service service quantity key/> }
        }/>
    }
}

#[component]
fn Service(service: ServiceView, quantity: u32, key: RwSignal<String>) -> impl IntoView {
    let crumbs = vec![
        Crumb::new("Market", "/market"),
        Crumb::new(
            service.category.label(),
            MarketQuery { category: Some(service.category), ..MarketQuery::default() }.to_href(),
        ),
    ];
    let on_sale = service.is_on_sale && service.available != Some(0);
    view! {
        <leptos_meta::Meta name="description" content=service.summary.clone()/>
        <PageHeader title=service.title.clone() above=move || view! { <Breadcrumbs crumbs/> }/>
        <Standing service=service.clone()/>
        <div class="with-side">
            <ServiceBody service=service.clone()/>
            <aside class="sticky-side stack" aria-label="Price">
                <PriceBox service=service.clone()/>
                {on_sale.then(|| view! { <BuyBox service_id=service.service_id pricing=service.pricing quantity key/> })}
            </aside>
        </div>
    }
}

/// Banner with the reason why the shown version cannot be bought; nothing if it can.
#[component]
fn Standing(service: ServiceView) -> impl IntoView {
    let current = format!("/market/{}", service.service_id);
    match service.status {
        ServiceStatus::Published if service.is_on_sale => None,
        ServiceStatus::Published if !service.provider.verified => Some(view! {
            <Banner tone=Tone::Warn title="Not on sale at the moment">
                <p>"This provider can't sell at the moment. Certificates already purchased stay valid."</p>
            </Banner>
        }
        .into_any()),
        ServiceStatus::Published => Some(view! {
            <Banner tone=Tone::Info title="This is an earlier version">
                <p>"Existing purchases are not affected. "<a href=current>"View the current version"</a></p>
            </Banner>
        }
        .into_any()),
        ServiceStatus::Paused => Some(view! {
            <Banner tone=Tone::Warn title="Not on sale at the moment">
                <p>"The provider has paused this service. Certificates already purchased stay valid."</p>
            </Banner>
        }
        .into_any()),
        ServiceStatus::Draft | ServiceStatus::Retired => Some(view! {
            <Banner tone=Tone::Warn title="No longer on sale">
                <p>"The provider has retired this service. Certificates already purchased stay valid."</p>
            </Banner>
        }
        .into_any()),
    }
}

/// Details of a service: description, codes, duration and place; the same for buyers and the provider's preview.
#[component]
pub fn ServiceBody(
    /// Version to show.
    service: ServiceView,
) -> impl IntoView {
    let provider =
        MarketQuery { provider: Some(service.provider.org_id), ..MarketQuery::default() }.to_href();
    let place = place_text(service.modality, &service.city, &service.country);
    let verified = service.provider.verified.then(|| {
        view! { <span class="cluster small"><Glyph icon=Icon::ShieldCheck size=IconSize::Small/>"Verified provider"</span> }
    });
    let published = service.published_at.map(|at| view! { " · published "<DateText instant=at/> });
    view! {
        <div class="stack-lg">
            <section class="stack-sm">
                <h2>"What is included"</h2>
                // the services layer makes it from CommonMark and allows only a few harmless elements
                <div class="prose" inner_html=service.description_html></div>
            </section>
            <section class="stack-sm">
                <h2>"Conditions (ICD-11)"</h2>
                <CodeChips codes=service.codes/>
                <Attribution text=service.attribution/>
            </section>
            <section class="stack-sm">
                <h2>"Details"</h2>
                <DescriptionList>
                    <Description term="Provider"><a href=provider>{service.provider.name}</a>" "{verified}</Description>
                    <Description term="Location">{place}</Description>
                    <Description term="Duration">{duration_text(service.duration_minutes)}</Description>
                    <Description term="Certificate validity">{format!("{} days after purchase", service.validity_days)}</Description>
                    <Description term="Version">{service.version_no}{published}</Description>
                </DescriptionList>
            </section>
        </div>
    }
}

#[component]
fn PriceBox(service: ServiceView) -> impl IntoView {
    let available = match service.available {
        None => "Unlimited availability".to_owned(),
        Some(0) => "Sold out".to_owned(),
        Some(left) => count_text(left.unsigned_abs().into(), ("unit left", "units left")),
    };
    view! {
        <Card>
            <div class="stack">
                <p class="market-row-amount"><MoneyText money=service.pricing.base/>" "<span class="muted small">"per unit"</span></p>
                <p class="small">{available}</p>
                {(!service.pricing.steps.is_empty()).then(|| view! { <PriceTable pricing=service.pricing.clone()/> })}
            </div>
        </Card>
    }
}

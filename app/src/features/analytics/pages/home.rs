//! The front page: an introduction, a search of the market, and an explanation of the certificates.

use contracts::analytics::PlatformStats;
use leptos::prelude::*;
use leptos_router::components::Form;

use super::super::rpc::platform_stats;
use crate::{
    frame::{paths, start_of},
    list::count_text,
    ui::{
        ButtonLook, ButtonSize, Card, Glyph, Icon, LinkButton, Loading, PageHeader, SearchField, Skeleton,
        SkeletonShape, Stat, group_digits,
    },
    viewer::use_viewer,
};

/// Page `/`.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let stats = Resource::new_blocking(|| (), async |()| platform_stats().await);
    let viewer = use_viewer();
    let start = move || viewer.with(|viewer| viewer.as_ref().map(start_of));
    view! {
        <div class="stack-lg home">
            <PageHeader
                title="Buy healthcare services in advance. Prove every one was delivered."
                lead="Providers list services coded to ICD-11. Insurers and intermediaries buy one unit or ten thousand. For each unit you receive a signed certificate that the clinic scans, verifies and redeems once."
            />
            <Form method="GET" action=paths::MARKET>
                <SearchField label="Search the market" placeholder="MRI, 8B11, Lisbon" large=true/>
            </Form>
            <div class="cluster">
                <LinkButton href=paths::MARKET look=ButtonLook::Primary size=ButtonSize::Large icon=Icon::Store>"Browse the market"</LinkButton>
                <LinkButton href=paths::CHECK size=ButtonSize::Large icon=Icon::ShieldCheck>"Check a certificate"</LinkButton>
                {move || if let Some((href, words)) = start() {
                    view! { <LinkButton href size=ButtonSize::Large icon=Icon::Dashboard>{words}</LinkButton> }
                } else {
                    view! { <LinkButton href=paths::SIGN_UP size=ButtonSize::Large icon=Icon::Building>"Create an organisation account"</LinkButton> }
                }}
            </div>
            <Loading fallback=|| view! { <Skeleton shape=SkeletonShape::Tiles count=4/> } show=move || async move {
                stats.await.ok().map(totals).into_any()
            }/>
            <Steps/>
            <Trust/>
        </div>
    }
}

fn totals(stats: PlatformStats) -> impl IntoView {
    let count = |value: i64| group_digits(value.unsigned_abs());
    view! {
        <section aria-labelledby="totals" class="stack">
            <h2 id="totals">"The market today"</h2>
            <div class="grid-stats">
                <Stat label="Published services" value=count(stats.services) href=paths::MARKET/>
                <Stat label="Verified providers" value=count(stats.providers) note=format!("in {}", count_text(stats.countries.unsigned_abs(), ("country", "countries")))/>
                <Stat label="Certificates issued" value=count(stats.certificates_issued) note=format!("{} redeemed", count(stats.certificates_redeemed))/>
                <Stat label="Entries in the public log" value=count(stats.log_size) note="open to anyone"/>
            </div>
        </section>
    }
}

#[component]
fn Steps() -> impl IntoView {
    view! {
        <section aria-labelledby="how" class="stack">
            <h2 id="how">"How it works"</h2>
            <div class="grid-3">
                <Card title="1. Find and compare">
                    <p>"Each service shows its ICD-11 codes, location, price and volume prices. Every price shows how it was calculated."</p>
                </Card>
                <Card title="2. Buy in one payment">
                    <p>"Put services from several providers in one cart and make one payment per currency. You see the total before you pay."</p>
                </Card>
                <Card title="3. Redeem once">
                    <p>"The clinic scans the certificate, on paper or phone. It can be redeemed only once."</p>
                </Card>
            </div>
        </section>
    }
}

#[component]
fn Trust() -> impl IntoView {
    let item = |icon: Icon, words: &'static str| view! { <li class="cluster"><Glyph icon/><span>{words}</span></li> };
    view! {
        <section aria-labelledby="trust" class="stack">
            <h2 id="trust">"Why you can trust it"</h2>
            <ul class="stack-sm plain-list">
                {item(Icon::Badge, "We verify every organisation before it can sell or buy.")}
                {item(Icon::Fingerprint, "Every certificate is digitally signed. The signature can be verified offline and without HCTS.")}
                {item(Icon::List, "Every event is recorded in a public, tamper-evident log.")}
                {item(Icon::Scale, "All money is recorded in a double-entry ledger that must always balance.")}
                {item(Icon::Lock, "Certificates contain no personal data and no prices.")}
            </ul>
        </section>
    }
}

//! The front page: what this is, a way into the market, how it works, and why to trust it.

use contracts::analytics::PlatformStats;
use leptos::prelude::*;
use leptos_router::components::Form;

use super::super::rpc::platform_stats;
use crate::{
    frame::paths,
    ui::{
        ButtonLook, ButtonSize, Card, Glyph, Icon, LinkButton, Loading, PageHeader, SearchField, Skeleton,
        SkeletonShape, Stat, group_digits,
    },
};

/// `/`
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let stats = Resource::new_blocking(|| (), async |()| platform_stats().await);
    view! {
        <div class="stack-lg home">
            <PageHeader
                title="Healthcare services, bought in advance and proved afterwards"
                lead="Providers list services coded in ICD-11. Insurers and intermediaries buy them, one or ten thousand at a time. Each unit is a signed certificate that the clinic scans, verifies and redeems once."
            />
            <Form method="GET" action=paths::MARKET>
                <SearchField label="Search the market" placeholder="MRI, 8B11, Lisbon" large=true/>
            </Form>
            <div class="cluster">
                <LinkButton href=paths::MARKET look=ButtonLook::Primary size=ButtonSize::Large icon=Icon::Store>"Browse the market"</LinkButton>
                <LinkButton href=paths::CHECK size=ButtonSize::Large icon=Icon::ShieldCheck>"Check a certificate"</LinkButton>
                <LinkButton href=paths::SIGN_UP size=ButtonSize::Large icon=Icon::Building>"Sign up your organisation"</LinkButton>
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
                <Stat label="Verified providers" value=count(stats.providers) note=format!("in {} countries", stats.countries)/>
                <Stat label="Certificates issued" value=count(stats.certificates_issued) note=format!("{} redeemed", count(stats.certificates_redeemed))/>
                <Stat label="Entries in the public log" value=count(stats.log_size) note="anybody can verify them"/>
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
                    <p>"Services carry ICD-11 codes, a place, a price and volume steps. Every price says how it came about."</p>
                </Card>
                <Card title="2. Buy in one payment">
                    <p>"Several sellers in one cart, one payment, split to the cent. Nothing is charged before you have seen the total."</p>
                </Card>
                <Card title="3. Redeem once">
                    <p>"The clinic scans the certificate from paper or phone. It counts once, wherever and whenever it is scanned."</p>
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
            <h2 id="trust">"Why you can rely on it"</h2>
            <ul class="stack-sm plain-list">
                {item(Icon::Badge, "Every organisation is verified by a person before it can sell or buy.")}
                {item(Icon::Fingerprint, "Every certificate is signed, and the signature can be checked without us and without network.")}
                {item(Icon::List, "Everything that happens to a certificate stands in an append-only public log that cannot be rewritten unnoticed.")}
                {item(Icon::Scale, "Money is kept in a double-entry ledger in which the database refuses what does not balance.")}
                {item(Icon::Lock, "Certificates name no person and no price.")}
            </ul>
        </section>
    }
}

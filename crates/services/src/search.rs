//! One question to every list the caller may see. It adds no rights: each list is asked as its own page asks it.

use contracts::{
    catalog::{MarketQuery, ServiceListQuery},
    certificates::CertificateQuery,
    compliance::OrganisationsQuery,
    country,
    identity::OrganisationKind,
    permission::Permission,
    search::{Found, Hit, HitGroup, HitKind, MAX_SEARCH_CHARS},
    validate,
};
use futures::try_join;

use crate::{
    catalog, certificates, compliance, orders,
    platform::{Error, OpCtx, Result},
};

/// Hits of one kind; the kind's own page has the rest.
const MAX_HITS: usize = 5;

/// Finds services, purchases, orders, certificates and organisations by words, numbers and codes.
///
/// # Errors
/// `invalid_input` under `q` for a question of more than 100 characters.
pub async fn search(ctx: &OpCtx, q: &str) -> Result<Found> {
    let q = validate::words(q);
    if q.chars().count() > MAX_SEARCH_CHARS {
        return Err(Error::invalid_field("q", "Search text must be at most 100 characters."));
    }
    if q.is_empty() {
        return Ok(Found::default());
    }
    let (services, purchases, orders, certificates, organisations) = try_join!(
        services(ctx, &q),
        purchases(ctx, &q),
        orders(ctx, &q),
        certificates(ctx, &q),
        organisations(ctx, &q)
    )?;
    let groups = [services, purchases, orders, certificates, organisations];
    Ok(Found { q, groups: groups.into_iter().flatten().collect() })
}

/// A group of what there is, if there is anything.
fn group<T>(kind: HitKind, rows: Vec<T>, has_next: bool, hit: impl Fn(T) -> Hit) -> Option<HitGroup> {
    let more = has_next || rows.len() > MAX_HITS;
    let hits: Vec<Hit> = rows.into_iter().take(MAX_HITS).map(hit).collect();
    (!hits.is_empty()).then_some(HitGroup { kind, hits, more })
}

/// Who sells looks for what is his own; everybody else for what is on sale.
async fn services(ctx: &OpCtx, q: &str) -> Result<Option<HitGroup>> {
    let kind = ctx.organisation().map(|organisation| organisation.kind).ok();
    let keeps_services = matches!(kind, Some(OrganisationKind::Provider | OrganisationKind::Platform));
    if keeps_services && ctx.require(Permission::ServicesRead).is_ok() {
        let query = ServiceListQuery { q: q.to_owned(), ..ServiceListQuery::default() };
        let found = catalog::service_list(ctx, query).await?;
        return Ok(group(HitKind::Service, found.items, found.next.is_some(), |row| Hit {
            id: row.id.to_string(),
            title: row.title,
            note: format!("{}, {}", row.provider_name, row.status.label()),
        }));
    }
    let query = MarketQuery { q: q.to_owned(), ..MarketQuery::default() };
    let found = catalog::market_search(ctx, query).await?;
    Ok(group(HitKind::Listing, found.items, found.next.is_some(), |item| Hit {
        id: item.service_id.to_string(),
        title: item.title.clone(),
        note: format!("{}, {}", item.provider_name, item.city),
    }))
}

async fn purchases(ctx: &OpCtx, q: &str) -> Result<Option<HitGroup>> {
    if ctx.require(Permission::TransactionsRead).is_err() {
        return Ok(None);
    }
    let found = orders::purchases_find(ctx, q, MAX_HITS + 1).await?;
    Ok(group(HitKind::Purchase, found, false, |purchase| Hit {
        id: purchase.id.to_string(),
        title: purchase.number,
        note: format!("{}, {}", purchase.buyer_name, purchase.status.label()),
    }))
}

async fn orders(ctx: &OpCtx, q: &str) -> Result<Option<HitGroup>> {
    if ctx.require(Permission::TransactionsRead).is_err() {
        return Ok(None);
    }
    let found = orders::transactions_find(ctx, q, MAX_HITS + 1).await?;
    Ok(group(HitKind::Order, found, false, |order| Hit {
        id: order.id.to_string(),
        title: order.id.reference(),
        note: format!("{} to {}", order.seller_name, order.buyer_name),
    }))
}

async fn certificates(ctx: &OpCtx, q: &str) -> Result<Option<HitGroup>> {
    if ctx.require(Permission::CertificatesRead).is_err() {
        return Ok(None);
    }
    let query = CertificateQuery { q: Some(q.to_owned()), ..CertificateQuery::default() };
    let found = certificates::certificate_list(ctx, query).await?;
    Ok(group(HitKind::Certificate, found.items, found.next.is_some(), |certificate| Hit {
        id: certificate.id.to_string(),
        title: certificate.title,
        note: certificate.code,
    }))
}

async fn organisations(ctx: &OpCtx, q: &str) -> Result<Option<HitGroup>> {
    if ctx.require(Permission::UserDataRead).is_err() {
        return Ok(None);
    }
    let query = OrganisationsQuery { q: q.to_owned(), ..OrganisationsQuery::default() };
    let found = compliance::organisations_list(ctx, query).await?.page;
    Ok(group(HitKind::Organisation, found.items, found.next.is_some(), |organisation| Hit {
        id: organisation.id.to_string(),
        title: organisation.name,
        note: format!(
            "{}, {}",
            organisation.kind.label(),
            country::name_of(&organisation.country).unwrap_or(&organisation.country)
        ),
    }))
}

//! What can be bought, for the cart and the checkout, and the service page.

use contracts::{
    catalog::{Offer, ServiceView},
    ids::{ServiceId, ServiceVersionId},
    states::{OrganisationStatus, ServiceStatus},
};

use super::load::{ServiceVersionRow, VersionSelector, load, load_one, unsigned};
use crate::platform::{Error, OpCtx, Result, Tx};

/// The offers of these services that were ever published, in no particular order. A service of a provider that is not
/// verified any more is offered as paused.
pub async fn offers(tx: &mut Tx, ids: &[ServiceId]) -> Result<Vec<Offer>> {
    let ids = ids.iter().map(|id| id.0).collect();
    load(tx.conn()?, VersionSelector::OnSale(ids)).await?.into_iter().map(offer).collect()
}

fn offer(row: ServiceVersionRow) -> Result<Offer> {
    let verified = row.provider_status == OrganisationStatus::Verified;
    let on_sale = row.status == ServiceStatus::Published;
    Ok(Offer {
        pricing: row.pricing()?,
        available: row.available(),
        service_id: row.service_id,
        version_id: row.version_id,
        seller_org_id: row.org_id,
        seller_name: row.provider_name,
        title: row.title,
        status: if on_sale && !verified { ServiceStatus::Paused } else { row.status },
        validity_days: unsigned(row.validity_days),
    })
}

/// A service as buyers see it: the published version, also while it is paused or after it was retired.
///
/// # Errors
/// `not_found` for a service that was never published.
pub async fn market_service_get(ctx: &OpCtx, id: ServiceId) -> Result<ServiceView> {
    public_view(ctx, VersionSelector::OnSale(vec![id.0])).await
}

/// The very version of a service that somebody bought.
///
/// # Errors
/// `not_found` for a version that was never published, and for one of another service.
pub async fn service_version_get(
    ctx: &OpCtx,
    id: ServiceId,
    version_id: ServiceVersionId,
) -> Result<ServiceView> {
    let view = public_view(ctx, VersionSelector::Versions(vec![version_id.0])).await?;
    if view.service_id == id { Ok(view) } else { Err(Error::not_found()) }
}

async fn public_view(ctx: &OpCtx, selector: VersionSelector) -> Result<ServiceView> {
    let row = ctx.public_read(async |conn| load_one(conn, selector).await).await?;
    row.ok_or_else(Error::not_found)?.into_view(ctx.platform().db.caches()).await
}

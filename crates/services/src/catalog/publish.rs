//! A service on its way through the market. The shop window changes in the same transaction.

use contracts::{
    error::ErrorCode,
    identity::OrganisationKind,
    ids::{OrgId, ServiceId},
    permission::Permission,
    states::{OrganisationStatus, ServiceStatus, StateMachine},
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{organisations, service_versions, services};
use serde_json::json;
use uuid::Uuid;

use super::{edit::market_refresh, market::market_forget};
use crate::platform::{Error, OpCtx, Result, Tx};

/// Puts the latest version on sale; a paused service resumes with it.
///
/// # Errors
/// `organisation_unverified`; `wrong_state` when the latest version is on sale already or the service is retired.
pub async fn service_publish(ctx: &OpCtx, id: ServiceId) -> Result<ServiceStatus> {
    ctx.require_verified()?;
    let status = ctx
        .tx("catalog.service_publish", Permission::ServicesWrite, async move |tx| {
            let service = owned(tx, id).await?;
            verified(tx, service.org_id).await?;
            let (version_id, version_no): (Uuid, i32) = service_versions::table
                .filter(service_versions::service_id.eq(id))
                .order(service_versions::version_no.desc())
                .select((service_versions::id, service_versions::version_no))
                .first(tx.conn()?)
                .await?;
            let is_on_sale =
                service.status == ServiceStatus::Published && service.published == Some(version_id);
            if is_on_sale || service.status == ServiceStatus::Retired {
                return Err(Error::new(ErrorCode::WrongState));
            }
            let now = tx.ctx().now();
            diesel::update(service_versions::table.find(version_id))
                .filter(service_versions::published_at.is_null())
                .set(service_versions::published_at.eq(now))
                .execute(tx.conn()?)
                .await?;
            diesel::update(services::table.find(id))
                .set((
                    services::status.eq(ServiceStatus::Published),
                    services::published_version_id.eq(version_id),
                    services::updated_at.eq(now),
                ))
                .execute(tx.conn()?)
                .await?;
            market_refresh(tx, &[id]).await?;
            let details = json!({ "version_id": version_id, "version_no": version_no });
            tx.audit_for(Some(service.org_id), "catalog.service_published", "service", id, details).await?;
            Ok(ServiceStatus::Published)
        })
        .await?;
    market_forget(ctx);
    Ok(status)
}

/// Takes a service off the market for a while. What was bought stays valid.
pub async fn service_pause(ctx: &OpCtx, id: ServiceId) -> Result<ServiceStatus> {
    change(ctx, id, Move { to: ServiceStatus::Paused, action: "catalog.service_paused" }).await
}

/// Puts the version that was on sale back on the market.
pub async fn service_resume(ctx: &OpCtx, id: ServiceId) -> Result<ServiceStatus> {
    ctx.require_verified()?;
    change(ctx, id, Move { to: ServiceStatus::Published, action: "catalog.service_resumed" }).await
}

/// Takes a service off the market for good. What was bought stays valid.
pub async fn service_retire(ctx: &OpCtx, id: ServiceId) -> Result<ServiceStatus> {
    change(ctx, id, Move { to: ServiceStatus::Retired, action: "catalog.service_retired" }).await
}

#[derive(Clone, Copy)]
struct Move {
    to: ServiceStatus,
    action: &'static str,
}

async fn change(ctx: &OpCtx, id: ServiceId, step: Move) -> Result<ServiceStatus> {
    let status = ctx
        .tx("catalog.service_change", Permission::ServicesWrite, async move |tx| {
            let service = owned(tx, id).await?;
            // a draft is published, not resumed
            let is_resume_of_draft =
                step.to == ServiceStatus::Published && service.status != ServiceStatus::Paused;
            if !service.status.may_become(step.to) || is_resume_of_draft {
                return Err(Error::new(ErrorCode::WrongState));
            }
            if step.to == ServiceStatus::Published {
                verified(tx, service.org_id).await?;
            }
            let now = tx.ctx().now();
            diesel::update(services::table.find(id))
                .set((services::status.eq(step.to), services::updated_at.eq(now)))
                .execute(tx.conn()?)
                .await?;
            market_refresh(tx, &[id]).await?;
            let details = json!({ "from": service.status, "to": step.to });
            tx.audit_for(Some(service.org_id), step.action, "service", id, details).await?;
            Ok(step.to)
        })
        .await?;
    market_forget(ctx);
    Ok(status)
}

/// Refuses a seller that may not trade now; a decision about it waits until this transaction has ended.
async fn verified(tx: &mut Tx, org_id: OrgId) -> Result<()> {
    let status: OrganisationStatus =
        organisations::table.find(org_id).select(organisations::status).for_share().first(tx.conn()?).await?;
    status.hurdle().map_or(Ok(()), |hurdle| Err(Error::new(hurdle)))
}

struct Owned {
    org_id: OrgId,
    status: ServiceStatus,
    published: Option<Uuid>,
}

/// Locks a service the caller may change: its own, or any for an administrator. Any other is not found.
async fn owned(tx: &mut Tx, id: ServiceId) -> Result<Owned> {
    let (own, is_console) = {
        let organisation = tx.ctx().organisation()?;
        (organisation.id, organisation.kind == OrganisationKind::Platform)
    };
    let (org_id, status, published): (Uuid, String, Option<Uuid>) = services::table
        .filter(services::id.eq(id))
        .select((services::org_id, services::status, services::published_version_id))
        .for_update()
        .first(tx.conn()?)
        .await?;
    if org_id != own.0 && !is_console {
        return Err(Error::not_found());
    }
    Ok(Owned { org_id: OrgId(org_id), status: status.parse()?, published })
}

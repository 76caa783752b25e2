//! Publishing, pausing, resuming and retiring services. The listings of the market change in the same transaction.

use contracts::{
    catalog::{ServiceAction, ServiceHurdle},
    ids::{OrgId, ServiceId},
    permission::Permission,
    states::{OrganisationStatus, ServiceStatus},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{organisations, service_versions, services};
use uuid::Uuid;

use super::{
    edit::market_refresh,
    market::market_invalidate,
    rules::{ServiceFacts, allowed_transition, lacks_stem},
};
use crate::platform::{
    Error, OpCtx, Prepare, Result, Tx,
    events::{CatalogEvent, ServiceStatusChange},
};

/// Puts the latest version on sale; a paused service resumes with it.
///
/// # Errors
/// `organisation_unverified`; `wrong_state` when the latest version is on sale already or the service is retired; `stem_code_missing`
/// when it has extension codes alone.
pub async fn service_publish(ctx: &OpCtx, id: ServiceId) -> Result<ServiceStatus> {
    change(ctx, id, ServiceAction::Publish).await
}

/// Takes a service off the market for a while. What was bought stays valid.
pub async fn service_pause(ctx: &OpCtx, id: ServiceId) -> Result<ServiceStatus> {
    change(ctx, id, ServiceAction::Pause).await
}

/// Puts the version that was on sale back on the market.
pub async fn service_resume(ctx: &OpCtx, id: ServiceId) -> Result<ServiceStatus> {
    change(ctx, id, ServiceAction::Resume).await
}

/// Takes a service off the market for good. What was bought stays valid.
pub async fn service_retire(ctx: &OpCtx, id: ServiceId) -> Result<ServiceStatus> {
    change(ctx, id, ServiceAction::Retire).await
}

async fn change(ctx: &OpCtx, id: ServiceId, act: ServiceAction) -> Result<ServiceStatus> {
    if act.sells() {
        ctx.require_verified()?;
    }
    let status = ctx
        .tx("catalog.service_change", Permission::ServicesWrite, async move |tx| {
            apply_action(tx, id, act).await?.map_err(|hurdle| Error::new(hurdle.code()))
        })
        .await?;
    market_invalidate(ctx);
    Ok(status)
}

/// Returns the name of the action in the audit trail.
/// Applies an action to a service, with its audit record. Where it is not allowed, returns the reason and writes nothing.
pub(super) async fn apply_action(
    tx: &mut Tx,
    id: ServiceId,
    act: ServiceAction,
) -> Result<Result<ServiceStatus, ServiceHurdle>> {
    let Some(LockedService { org_id, version_no, facts }) = lock_service(tx, id).await? else {
        return Ok(Err(ServiceHurdle::NotFound));
    };
    let to = match allowed_transition(act, facts) {
        Ok(to) => to,
        Err(hurdle) => return Ok(Err(hurdle)),
    };
    let change = ServiceStatusChange { service_id: id, from: facts.status, to };
    let (on_sale, event) = match act {
        ServiceAction::Publish => {
            mark_version_published(tx, facts.latest).await?;
            let version_id = facts.latest.into();
            (Some(facts.latest), CatalogEvent::ServicePublished { service_id: id, version_id, version_no })
        }
        ServiceAction::Pause => (facts.published, CatalogEvent::ServicePaused(change)),
        ServiceAction::Resume => (facts.published, CatalogEvent::ServiceResumed(change)),
        ServiceAction::Retire => (facts.published, CatalogEvent::ServiceRetired(change)),
    };
    let now = tx.ctx().now();
    diesel::update(services::table.find(id))
        .set((
            services::status.eq(to),
            services::published_version_id.eq(on_sale),
            services::updated_at.eq(now),
        ))
        .execute(tx.conn()?)
        .await?;
    market_refresh(tx, &[id]).await?;
    tx.emit_for(org_id, event).await?;
    Ok(Ok(to))
}

async fn mark_version_published(tx: &mut Tx, id: Uuid) -> Result<()> {
    let now = tx.ctx().now();
    diesel::update(service_versions::table.find(id))
        .filter(service_versions::published_at.is_null())
        .set(service_versions::published_at.eq(now))
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct LacksStem {
    #[diesel(sql_type = sql_types::Bool)]
    published: bool,
    #[diesel(sql_type = sql_types::Bool)]
    latest: bool,
}

/// A locked service, with the facts that the rules decide by.
struct LockedService {
    org_id: OrgId,
    version_no: i32,
    facts: ServiceFacts,
}

/// Locks a service the caller may change (FOR NO KEY UPDATE): its own, or any for an administrator; and its provider (FOR SHARE), so that a
/// decision about the provider waits until this transaction has ended. Returns `None` when there is no such service.
async fn lock_service(tx: &mut Tx, id: ServiceId) -> Result<Option<LockedService>> {
    let tenant = tx.ctx().tenant()?;
    let service: Option<(OrgId, ServiceStatus, Option<Uuid>)> = services::table
        .filter(services::id.eq(id))
        .select((services::org_id, services::status, services::published_version_id))
        .for_no_key_update()
        .first(tx.conn()?)
        .await
        .optional()?;
    let Some((org_id, status, published)) =
        service.filter(|(org_id, ..)| tenant.is_none_or(|tenant| tenant == *org_id))
    else {
        return Ok(None);
    };
    let provider: OrganisationStatus =
        organisations::table.find(org_id).select(organisations::status).for_share().first(tx.conn()?).await?;
    let (latest, version_no): (Uuid, i32) = service_versions::table
        .filter(service_versions::service_id.eq(id))
        .order(service_versions::version_no.desc())
        .select((service_versions::id, service_versions::version_no))
        .first(tx.conn()?)
        .await?;
    let lacks: LacksStem = diesel::sql_query(format!(
        "SELECT {} AS published, {} AS latest",
        lacks_stem("$1"),
        lacks_stem("$2")
    ))
    .bind::<sql_types::Nullable<sql_types::Uuid>, _>(published)
    .bind::<sql_types::Uuid, _>(latest)
    .prepared()
    .get_result(tx.conn()?)
    .await?;
    let facts = ServiceFacts {
        status,
        published,
        latest,
        provider,
        published_lacks_stem: lacks.published,
        latest_lacks_stem: lacks.latest,
    };
    Ok(Some(LockedService { org_id, version_no, facts }))
}

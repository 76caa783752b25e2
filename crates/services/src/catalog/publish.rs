//! A service on its way through the market. The shop window changes in the same transaction.

use contracts::{
    catalog::{ServiceAction, ServiceHurdle},
    ids::{OrgId, ServiceId},
    permission::Permission,
    states::{OrganisationStatus, ServiceStatus},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{organisations, service_versions, services};
use serde_json::json;
use uuid::Uuid;

use super::{
    edit::market_refresh,
    market::market_forget,
    rules::{Standing, lacks_stem, ruling},
};
use crate::platform::{Error, OpCtx, Prepare, Result, Tx};

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
            moved(tx, id, act).await?.map_err(|hurdle| Error::new(hurdle.code()))
        })
        .await?;
    market_forget(ctx);
    Ok(status)
}

/// The word in the audit trail.
const fn action(act: ServiceAction) -> &'static str {
    match act {
        ServiceAction::Publish => "catalog.service_published",
        ServiceAction::Pause => "catalog.service_paused",
        ServiceAction::Resume => "catalog.service_resumed",
        ServiceAction::Retire => "catalog.service_retired",
    }
}

/// Carries out an act, or says what stands in the way; then nothing is written.
pub(super) async fn moved(
    tx: &mut Tx,
    id: ServiceId,
    act: ServiceAction,
) -> Result<Result<ServiceStatus, ServiceHurdle>> {
    let Some(Owned { org_id, version_no, standing }) = owned(tx, id).await? else {
        return Ok(Err(ServiceHurdle::NotFound));
    };
    let to = match ruling(act, standing) {
        Ok(to) => to,
        Err(hurdle) => return Ok(Err(hurdle)),
    };
    let (on_sale, details) = if act == ServiceAction::Publish {
        let latest = standing.latest;
        version_published(tx, latest).await?;
        (Some(latest), json!({ "version_id": latest, "version_no": version_no }))
    } else {
        (standing.published, json!({ "from": standing.status, "to": to }))
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
    tx.audit_for(Some(org_id), action(act), "service", id, details).await?;
    Ok(Ok(to))
}

async fn version_published(tx: &mut Tx, id: Uuid) -> Result<()> {
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

struct Owned {
    org_id: OrgId,
    version_no: i32,
    standing: Standing,
}

/// Locks a service the caller may change: its own, or any for an administrator. A decision about its provider waits until this
/// transaction has ended.
async fn owned(tx: &mut Tx, id: ServiceId) -> Result<Option<Owned>> {
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
    let standing = Standing {
        status,
        published,
        latest,
        provider,
        published_lacks_stem: lacks.published,
        latest_lacks_stem: lacks.latest,
    };
    Ok(Some(Owned { org_id, version_no, standing }))
}

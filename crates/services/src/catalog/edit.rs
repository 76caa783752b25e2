//! A provider writes: each save is a new version, and buyers see none of it before it is published.

use contracts::{
    catalog::{CheckedService, CodeView, ServiceEditView, ServiceInput},
    error::ErrorCode,
    identity::OrganisationKind,
    ids::{OrgId, ServiceId, ServiceVersionId},
    permission::Permission,
    states::ServiceStatus,
    validate::FieldErrors,
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use icd11::{Code, CodeKind};
use schema::{service_capacity, service_codes, service_price_steps, service_versions, services};

use super::{
    icd11_search::codes_of_current,
    load::{ServiceVersionRow, VersionSelector, load_one},
    provider::{input, service_get},
};
use crate::platform::{Error, OpCtx, Prepare, Result, Tx, events::CatalogEvent, fonts, new_id};

/// Makes a draft. An organisation that is not verified yet may prepare. An administrator handles services of others and sells
/// none.
///
/// # Errors
/// `invalid_input` with the fields; nothing is written then. `not_allowed` for who is no provider. `too_many_drafts` for an
/// organisation that is not verified and has fifty services.
pub async fn service_create(ctx: &OpCtx, input: ServiceInput) -> Result<ServiceEditView> {
    ctx.require(Permission::ServicesWrite)?;
    if ctx.organisation()?.kind != OrganisationKind::Provider {
        return Err(Error::new(ErrorCode::NotAllowed));
    }
    let service = check_input(input)?;
    let id = ctx
        .tx("catalog.service_create", Permission::ServicesWrite, async move |tx| {
            let org_id = tx.ctx().org_id()?;
            require_room(tx, org_id).await?;
            let id: ServiceId = new_id(tx.ctx().now());
            diesel::insert_into(services::table)
                .values((
                    services::id.eq(id),
                    services::org_id.eq(org_id),
                    services::status.eq(ServiceStatus::Draft),
                ))
                .execute(tx.conn()?)
                .await?;
            diesel::insert_into(service_capacity::table)
                .values((
                    service_capacity::service_id.eq(id),
                    service_capacity::org_id.eq(org_id),
                    service_capacity::capacity.eq(service.capacity),
                ))
                .execute(tx.conn()?)
                .await?;
            let codes = codes_chosen(tx, &service.codes).await?;
            let version = version_add(tx, org_id, id, 1, &service, codes).await?;
            tx.emit(CatalogEvent::ServiceCreated { service_id: id, version_id: version }).await?;
            Ok(id)
        })
        .await?;
    service_get(ctx, id).await
}

/// Most services of an organisation that nobody has verified yet: anybody can sign up, and each takes room.
const MAX_UNVERIFIED: i64 = 50;

/// Refuses one service more to an organisation that is not verified and has as many as it may. Requests of one organisation
/// follow each other until the transaction ends.
async fn require_room(tx: &mut Tx, org_id: OrgId) -> Result<()> {
    if tx.ctx().require_verified().is_ok() {
        return Ok(());
    }
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 1))")
        .bind::<sql_types::Text, _>(org_id.to_string())
        .prepared()
        .execute(tx.conn()?)
        .await?;
    let count: i64 =
        services::table.filter(services::org_id.eq(org_id)).count().get_result(tx.conn()?).await?;
    if count < MAX_UNVERIFIED { Ok(()) } else { Err(Error::new(ErrorCode::TooManyDrafts)) }
}

/// Saves changes as a new version; saving what is stored already makes none. The version on sale stays on sale; the capacity, which
/// belongs to no version, holds at once.
///
/// # Errors
/// `invalid_input`, `not_found`, or `wrong_state` for a retired service.
pub async fn service_edit(ctx: &OpCtx, id: ServiceId, input: ServiceInput) -> Result<ServiceEditView> {
    ctx.require(Permission::ServicesWrite)?;
    let service = check_input(input)?;
    ctx.tx("catalog.service_edit", Permission::ServicesWrite, async move |tx| {
        let org_id = tx.ctx().org_id()?;
        let status: ServiceStatus = services::table
            .filter(services::id.eq(id).and(services::org_id.eq(org_id)))
            .select(services::status)
            // buyers hold this key while they wait for the capacity (foreign keys of their lines): only writers are kept out
            .for_no_key_update()
            .first::<String>(tx.conn()?)
            .await?
            .parse()?;
        if status == ServiceStatus::Retired {
            return Err(Error::new(ErrorCode::WrongState));
        }
        let codes = codes_chosen(tx, &service.codes).await?;
        let stored =
            load_one(tx.conn()?, VersionSelector::Latest(vec![id.0])).await?.ok_or_else(Error::not_found)?;
        if has_same_content(&stored, &service, &codes)? {
            if stored.capacity == service.capacity {
                return Ok(());
            }
            capacity_set(tx, id, service.capacity).await?;
            let capacity = service.capacity;
            return tx.emit(CatalogEvent::ServiceCapacitySet { service_id: id, capacity }).await;
        }
        let last: Option<i32> = service_versions::table
            .filter(service_versions::service_id.eq(id))
            .select(diesel::dsl::max(service_versions::version_no))
            .first(tx.conn()?)
            .await?;
        let number = last.unwrap_or(0) + 1;
        let version = version_add(tx, org_id, id, number, &service, codes).await?;
        let now = tx.ctx().now();
        diesel::update(services::table.find(id))
            .set(services::updated_at.eq(now))
            .execute(tx.conn()?)
            .await?;
        // last, because buyers wait for this row until the transaction ends
        capacity_set(tx, id, service.capacity).await?;
        tx.emit(CatalogEvent::ServiceEdited { service_id: id, version_id: version, version_no: number }).await
    })
    .await?;
    service_get(ctx, id).await
}

/// Whether the stored version says what is to be saved, with the codes of the current release.
fn has_same_content(
    stored: &ServiceVersionRow,
    service: &CheckedService,
    codes: &[CodeView],
) -> Result<bool> {
    if stored.codes()? != codes {
        return Ok(false);
    }
    // a stored text that today's rules refuse is not the one to be saved
    let stored = input(stored)?.parse().ok();
    Ok(stored.is_some_and(|stored| CheckedService { capacity: service.capacity, ..stored } == *service))
}

/// Checks what was typed, and that certificates can print the title and the town.
fn check_input(input: ServiceInput) -> Result<CheckedService> {
    let service = input.parse().map_err(Error::invalid)?;
    fonts::require_printable(
        "title",
        &service.title,
        "Use Latin, Greek or Cyrillic letters of European languages in the title. The description may use any script.",
    )?;
    fonts::require_printable(
        "city",
        &service.city,
        "Use Latin, Greek or Cyrillic letters of European languages.",
    )?;
    Ok(service)
}

/// Sets the capacity of a service whose row in `services` the caller has locked. One that stays as it is locks nothing.
async fn capacity_set(tx: &mut Tx, id: ServiceId, capacity: Option<i32>) -> Result<()> {
    let row = service_capacity::table.find(id);
    let present: Option<i32> = row.select(service_capacity::capacity).first(tx.conn()?).await?;
    if present == capacity {
        return Ok(());
    }
    let committed: i32 =
        row.select(service_capacity::committed).for_no_key_update().first(tx.conn()?).await?;
    if capacity.is_some_and(|capacity| capacity < committed) {
        return Err(Error::invalid_field(
            "capacity",
            format!("Total units for sale must be at least {committed}: that many are already sold."),
        ));
    }
    diesel::update(service_capacity::table.find(id))
        .set(service_capacity::capacity.eq(capacity))
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

async fn version_add(
    tx: &mut Tx,
    org_id: OrgId,
    service_id: ServiceId,
    number: i32,
    service: &CheckedService,
    codes: Vec<CodeView>,
) -> Result<ServiceVersionId> {
    let id: ServiceVersionId = new_id(tx.ctx().now());
    let author = tx.ctx().caller().actor.user_id();
    diesel::insert_into(service_versions::table)
        .values((
            (
                service_versions::id.eq(id),
                service_versions::org_id.eq(org_id),
                service_versions::service_id.eq(service_id),
                service_versions::version_no.eq(number),
                service_versions::title.eq(&service.title),
                service_versions::description.eq(&service.description),
                service_versions::category.eq(service.category),
                service_versions::modality.eq(service.modality),
            ),
            (
                service_versions::country.eq(&service.country),
                service_versions::city.eq(&service.city),
                service_versions::duration_minutes.eq(service.duration_minutes),
                service_versions::validity_days.eq(service.validity_days),
                service_versions::currency.eq(service.pricing.base.currency),
                service_versions::base_price_minor.eq(service.pricing.base.amount_minor),
                service_versions::created_by.eq(author),
            ),
        ))
        .execute(tx.conn()?)
        .await?;
    steps_add(tx, org_id, id, service).await?;
    codes_add(tx, org_id, id, codes).await?;
    Ok(id)
}

async fn steps_add(
    tx: &mut Tx,
    org_id: OrgId,
    version: ServiceVersionId,
    service: &CheckedService,
) -> Result<()> {
    let mut rows = Vec::new();
    for step in &service.pricing.steps {
        rows.push((
            service_price_steps::org_id.eq(org_id),
            service_price_steps::version_id.eq(version),
            service_price_steps::min_quantity.eq(i32::try_from(step.min_quantity).map_err(Error::internal)?),
            service_price_steps::unit_price_minor.eq(step.unit_price.amount_minor),
        ));
    }
    if !rows.is_empty() {
        diesel::insert_into(service_price_steps::table).values(rows).execute(tx.conn()?).await?;
    }
    Ok(())
}

/// The chosen codes in the current release, in the order they were chosen; one of them at least stands by itself.
async fn codes_chosen(tx: &mut Tx, codes: &[String]) -> Result<Vec<CodeView>> {
    let found = codes_of_current(tx.conn()?, codes).await?;
    let mut chosen = Vec::with_capacity(codes.len());
    for code in codes {
        match found.iter().find(|view| view.code == *code) {
            Some(view) => chosen.push(view.clone()),
            None => {
                let reason = format!(
                    "{code} is not in the current ICD-11 release. Choose ICD-11 codes from the list."
                );
                return Err(Error::invalid(FieldErrors::one("codes", reason)));
            }
        }
    }
    let is_stem = |view: &CodeView| view.code.parse::<Code>().is_ok_and(|code| code.kind() == CodeKind::Stem);
    if !chosen.iter().any(is_stem) {
        let reason = "Add at least one stem code: extension codes (X…) only add detail to one.";
        return Err(Error::invalid(FieldErrors::one("codes", reason)));
    }
    Ok(chosen)
}

async fn codes_add(
    tx: &mut Tx,
    org_id: OrgId,
    version: ServiceVersionId,
    codes: Vec<CodeView>,
) -> Result<()> {
    let rows: Vec<_> = (0..)
        .zip(codes)
        .map(|(position, code): (i32, CodeView)| {
            (
                service_codes::org_id.eq(org_id),
                service_codes::version_id.eq(version),
                service_codes::position.eq(position),
                service_codes::release_id.eq(code.release),
                service_codes::uri.eq(code.uri),
                service_codes::code.eq(code.code),
                service_codes::title.eq(code.title),
            )
        })
        .collect();
    diesel::insert_into(service_codes::table).values(rows).execute(tx.conn()?).await?;
    Ok(())
}

/// Rebuilds the market listings of one provider: who may not trade has none.
pub async fn provider_listings_refresh(tx: &mut Tx, provider: OrgId) -> Result<()> {
    diesel::sql_query(
        "SELECT market_refresh(array_agg(id)) FROM services WHERE org_id = $1 AND status = 'published'",
    )
    .bind::<sql_types::Uuid, _>(provider)
    .execute(tx.conn()?)
    .await?;
    Ok(())
}

/// Rebuilds the market listings of these services, in the caller's transaction.
pub(super) async fn market_refresh(tx: &mut Tx, ids: &[ServiceId]) -> Result<()> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    diesel::sql_query("SELECT market_refresh($1)")
        .bind::<sql_types::Array<sql_types::Uuid>, _>(ids)
        .prepared()
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

//! The rows of a run.

use chrono::{DateTime, Utc};
use contracts::{
    catalog::{BulkItem, BulkItems, BulkOutcome, BulkRun, ServiceAction, ServiceHurdle},
    ids::{BulkRunId, OrgId, ServiceId},
};
use diesel::{dsl::count_star, prelude::*};
use diesel_async::RunQueryDsl;
use schema::{service_bulk_items as items, service_bulk_runs as runs};

use super::{
    evaluate::{Evaluation, REFUSED_SHOWN, SHOWN},
    run::MAX_RUN_TIME,
};
use crate::platform::{Error, Result, Tx, new_id};

/// Writes down a run and all that is meant by it; what cannot be done is refused from the start.
pub(super) async fn run_add(
    tx: &mut Tx,
    act: ServiceAction,
    evaluations: &[Evaluation],
) -> Result<BulkRunId> {
    let (now, org_id, user_id) = (tx.ctx().now(), tx.ctx().org_id()?, tx.ctx().user_id()?);
    let id: BulkRunId = new_id(now);
    diesel::insert_into(runs::table)
        .values((
            runs::id.eq(id),
            runs::org_id.eq(org_id),
            runs::started_by.eq(user_id),
            runs::act.eq(act),
            runs::started_at.eq(now),
        ))
        .execute(tx.conn()?)
        .await?;
    let rows: Vec<_> = evaluations
        .iter()
        .map(|one| {
            let outcome = if one.hurdle.is_some() { BulkOutcome::Refused } else { BulkOutcome::Waiting };
            (
                items::org_id.eq(org_id),
                items::run_id.eq(id),
                items::service_id.eq(one.id),
                items::title.eq(&one.title),
                items::outcome.eq(outcome),
                items::reason.eq(one.hurdle),
            )
        })
        .collect();
    diesel::insert_into(items::table).values(rows).execute(tx.conn()?).await?;
    Ok(id)
}

/// Notes what came of one service: done, or refused for this reason.
pub(super) async fn outcome_set(
    tx: &mut Tx,
    run: BulkRunId,
    id: ServiceId,
    hurdle: Option<ServiceHurdle>,
) -> Result<()> {
    let org_id = tx.ctx().org_id()?;
    let outcome = if hurdle.is_some() { BulkOutcome::Refused } else { BulkOutcome::Done };
    diesel::update(items::table.find((org_id, run, id)))
        .set((items::outcome.eq(outcome), items::reason.eq(hurdle)))
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

/// Marks that a run has come to its end.
pub(super) async fn run_end(tx: &mut Tx, run: BulkRunId) -> Result<()> {
    let now = tx.ctx().now();
    diesel::update(runs::table.find(run)).set(runs::finished_at.eq(now)).execute(tx.conn()?).await?;
    Ok(())
}

/// A run the caller may see.
pub(super) async fn run(tx: &mut Tx, id: BulkRunId) -> Result<BulkRun> {
    let (now, tenant) = (tx.ctx().now(), tx.ctx().tenant()?);
    let (org_id, act, started_at, finished_at): (OrgId, ServiceAction, DateTime<Utc>, Option<DateTime<Utc>>) =
        runs::table
            .find(id)
            .select((runs::org_id, runs::act, runs::started_at, runs::finished_at))
            .first(tx.conn()?)
            .await?;
    if tenant.is_some_and(|tenant| tenant != org_id) {
        return Err(Error::not_found());
    }
    Ok(BulkRun {
        act,
        is_running: finished_at.is_none() && now <= started_at + MAX_RUN_TIME,
        done: count(tx, org_id, id, BulkOutcome::Done).await?,
        done_items: load_items(tx, org_id, id, BulkOutcome::Done, SHOWN).await?,
        refused: load_items(tx, org_id, id, BulkOutcome::Refused, REFUSED_SHOWN).await?,
        waiting: load_items(tx, org_id, id, BulkOutcome::Waiting, SHOWN).await?,
    })
}

async fn count(tx: &mut Tx, org_id: OrgId, run: BulkRunId, outcome: BulkOutcome) -> Result<u64> {
    let count: i64 = items::table
        .filter(items::org_id.eq(org_id).and(items::run_id.eq(run)).and(items::outcome.eq(outcome)))
        .select(count_star())
        .first(tx.conn()?)
        .await?;
    u64::try_from(count).map_err(Error::internal)
}

/// Loads the items of one outcome: how many there are, and the first `most` by title.
async fn load_items(
    tx: &mut Tx,
    org_id: OrgId,
    run: BulkRunId,
    outcome: BulkOutcome,
    most: usize,
) -> Result<BulkItems> {
    let total = count(tx, org_id, run, outcome).await?;
    let rows: Vec<(ServiceId, String, Option<ServiceHurdle>)> = items::table
        .filter(items::org_id.eq(org_id).and(items::run_id.eq(run)).and(items::outcome.eq(outcome)))
        .order((items::title, items::service_id))
        .limit(i64::try_from(most).map_err(Error::internal)?)
        .select((items::service_id, items::title, items::reason))
        .load(tx.conn()?)
        .await?;
    let first = rows
        .into_iter()
        .map(|(id, title, hurdle)| BulkItem { id, title, provider_name: None, status: None, hurdle })
        .collect();
    Ok(BulkItems { total, first })
}

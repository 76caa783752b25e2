//! A run: each service in a transaction of its own, which notes its outcome, so that one failure does not stop the rest.

use std::time::Duration;

use chrono::TimeDelta;
use contracts::{
    catalog::{BulkCommand, BulkRequest, ServiceAction, ServiceHurdle},
    error::ErrorCode,
    ids::{BulkRunId, ServiceId},
    permission::Permission,
};
use tracing::Instrument;

use super::{
    super::{market::market_invalidate, publish::apply_action},
    evaluate, rows,
};
use crate::platform::{Error, OpCtx, Result, StoredAnswer, Tx, events::CatalogEvent};

/// Maximum time of a run: one that has not ended by then was interrupted.
pub(super) const MAX_RUN_TIME: TimeDelta = TimeDelta::minutes(5);
/// The answer waits so long for the end of the run, which 2,000 services reach in less; past it the page of the run says how far it
/// has come.
const PATIENCE: Duration = Duration::from_secs(10);
/// What an idempotency key stands for.
const OPERATION: &str = "service_bulk_apply";

/// Does what was shown, and answers the run that tells what came of it. A repeated command answers the same run and does nothing.
///
/// # Errors
/// `selection_changed` when it is no longer what was shown, `wrong_state` when nothing of it can be done; nothing is done then.
pub async fn service_bulk_apply(ctx: &OpCtx, command: BulkCommand) -> Result<BulkRunId> {
    ctx.require(Permission::ServicesWrite)?;
    let request = command.parse().map_err(Error::invalid)?;
    let act = request.act;
    if act.sells() {
        ctx.require_verified()?;
    }
    let started = ctx
        .tx("catalog.service_bulk_start", Permission::ServicesWrite, async move |tx| {
            start(tx, &request, &command).await
        })
        .await?;
    if !started.waiting.is_empty() {
        let work = carry_out(ctx.clone(), started.run, act, started.waiting).in_current_span();
        // a task of its own: it goes on when who asked has gone away, or waits no longer
        drop(tokio::time::timeout(PATIENCE, tokio::spawn(work)).await);
    }
    Ok(started.run)
}

struct Started {
    run: BulkRunId,
    /// What is to be done; nothing for a repeated command.
    waiting: Vec<ServiceId>,
}

async fn start(tx: &mut Tx, request: &BulkRequest, command: &BulkCommand) -> Result<Started> {
    let BulkCommand { digest, idempotency_key: key, .. } = command;
    let org_id = tx.ctx().org_id()?;
    let asked = (request, digest);
    if let StoredAnswer::Found(run) = tx.idempotency_begin(org_id, key, OPERATION, &asked).await? {
        return Ok(Started { run, waiting: Vec::new() });
    }
    let evaluations = evaluate::evaluate(tx, request).await?;
    if evaluate::digest(request.act, &evaluations)? != *digest {
        return Err(Error::new(ErrorCode::SelectionChanged));
    }
    let ready = evaluations.iter().filter(|one| one.hurdle.is_none());
    let waiting: Vec<ServiceId> = ready.map(|one| one.id).collect();
    if waiting.is_empty() {
        return Err(Error::new(ErrorCode::WrongState));
    }
    let run = rows::run_add(tx, request.act, &evaluations).await?;
    tx.idempotency_store(org_id, key, OPERATION, &asked, &run).await?;
    tx.emit(CatalogEvent::BulkStarted {
        run_id: run,
        act: request.act,
        services: evaluations.len(),
        ready: waiting.len(),
    })
    .await?;
    Ok(Started { run, waiting })
}

async fn carry_out(ctx: OpCtx, run: BulkRunId, act: ServiceAction, waiting: Vec<ServiceId>) {
    let until = ctx.now() + MAX_RUN_TIME;
    for id in waiting {
        if ctx.now() > until {
            return;
        }
        if let Err(cause) = act_on(&ctx, run, act, id).await {
            note_failure(&ctx, run, id, &cause).await;
        }
        market_invalidate(&ctx);
    }
    let ended = ctx.tx("catalog.service_bulk_end", Permission::ServicesWrite, async move |tx| {
        rows::run_end(tx, run).await?;
        tx.emit(CatalogEvent::BulkEnded { run_id: run }).await
    });
    if let Err(cause) = ended.await {
        tracing::error!(code = %cause.code, cause = ?cause.source, %run, "the end of a bulk edit could not be recorded");
    }
}

/// Acts on one service and notes the outcome with it. What was ready when the run began may be refused by now.
async fn act_on(ctx: &OpCtx, run: BulkRunId, act: ServiceAction, id: ServiceId) -> Result<()> {
    ctx.tx("catalog.service_bulk_act", Permission::ServicesWrite, async move |tx| {
        let hurdle = apply_action(tx, id, act).await?.err();
        match hurdle {
            Some(hurdle) => refuse(tx, run, id, hurdle).await,
            None => rows::outcome_set(tx, run, id, None).await,
        }
    })
    .await
}

async fn refuse(tx: &mut Tx, run: BulkRunId, id: ServiceId, hurdle: ServiceHurdle) -> Result<()> {
    rows::outcome_set(tx, run, id, Some(hurdle)).await?;
    tx.emit(CatalogEvent::BulkRefused { run_id: run, service_id: id, reason: hurdle }).await
}

/// Nobody waits for this error: it is logged here.
async fn note_failure(ctx: &OpCtx, run: BulkRunId, id: ServiceId, cause: &Error) {
    tracing::error!(code = %cause.code, cause = ?cause.source, %run, service = %id, "a bulk edit failed for one service");
    let noted = ctx.tx("catalog.service_bulk_failed", Permission::ServicesWrite, async move |tx| {
        refuse(tx, run, id, ServiceHurdle::Failed).await
    });
    if let Err(cause) = noted.await {
        tracing::error!(code = %cause.code, cause = ?cause.source, %run, service = %id, "the failure of a bulk edit could not be recorded");
    }
}

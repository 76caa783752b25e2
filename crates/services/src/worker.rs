//! Work that nobody waits for. `hcts worker` and the worker inside `hcts serve` do it until they are told to stop.

use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use tokio_util::sync::CancellationToken;

use crate::{
    OpCtx, Result, certificates, identity, mail, orders,
    platform::{csp_reports_purge, idempotency_purge, outbox},
    settlement,
};

/// Answers how much was done.
type Job = for<'a> fn(&'a OpCtx) -> BoxFuture<'a, Result<usize>>;

/// Each job goes on at its own pace: a payment provider that keeps one waiting holds up no other.
const JOBS: &[(&str, Job)] = &[
    ("payments", |ctx| Box::pin(payments(ctx))),
    ("log", |ctx| Box::pin(certificates::sequence(ctx))),
    ("expiry", |ctx| Box::pin(certificates::expire_due(ctx))),
    ("outbox", |ctx| Box::pin(deliver(ctx))),
    ("purge", |ctx| Box::pin(purge(ctx))),
    ("skeletons", |ctx| Box::pin(identity::skeletons_fill(ctx))),
];

/// Pause after a turn that found nothing to do.
const PAUSE: Duration = Duration::from_millis(500);
/// Maximum pause, after many failures in a row (back-off).
const MAX_PAUSE: Duration = Duration::from_secs(8);

/// What was not paid in time is given up after the sweep has closed its page.
async fn payments(ctx: &OpCtx) -> Result<usize> {
    let swept = settlement::sweep(ctx).await;
    let expired = orders::purchases_expire_due(ctx).await;
    Ok(swept? + expired?)
}

/// Delivers the waiting messages of the outbox to their handlers; returns how many there were.
pub async fn deliver(ctx: &OpCtx) -> Result<usize> {
    outbox::drain(ctx, mail::deliver).await
}

/// What is of no use any more: it may be personal data, and the rest takes room.
async fn purge(ctx: &OpCtx) -> Result<usize> {
    let answered = idempotency_purge(ctx).await? + outbox::purge(ctx).await?;
    Ok(identity::purge(ctx).await? + answered + csp_reports_purge(ctx).await?)
}

/// One turn of every job, one after the other; returns how much was done. A failed job does not keep the others from their
/// turn.
///
/// # Errors
/// What the first failed job failed of.
pub async fn round(ctx: &OpCtx) -> Result<usize> {
    let mut outcomes = Vec::with_capacity(JOBS.len());
    for (_, job) in JOBS {
        outcomes.push(job(ctx).await);
    }
    outcomes.into_iter().try_fold(0, |done, outcome| Ok(done + outcome?))
}

/// Turns of every job until `stop`, which cuts short whoever waits: what was begun is whole or is taken up again.
pub async fn run(ctx: OpCtx, stop: CancellationToken) {
    let mut jobs: Vec<BoxFuture<'_, ()>> = Vec::with_capacity(JOBS.len());
    for (name, job) in JOBS {
        jobs.push(Box::pin(repeat(name, *job, &ctx, &stop)));
    }
    join_all(jobs).await;
}

/// A failed turn is logged and, after a pause that doubles, the next one tried.
async fn repeat(name: &str, job: Job, ctx: &OpCtx, stop: &CancellationToken) {
    let mut pause = PAUSE;
    loop {
        let outcome = tokio::select! {
            outcome = job(ctx) => outcome,
            () = stop.cancelled() => return,
        };
        match outcome {
            Ok(0) => pause = PAUSE,
            Ok(_) => {
                pause = PAUSE;
                continue;
            }
            Err(error) => {
                pause = (pause * 2).min(MAX_PAUSE);
                tracing::error!(job = name, code = %error.code, cause = ?error.source, "a job failed");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return,
        }
    }
}

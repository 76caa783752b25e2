//! Work that nobody waits for. `hcts worker` and the worker inside `hcts serve` run rounds until they are told to stop.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::{
    OpCtx, Result, certificates, identity, orders,
    platform::outbox::{self, Handler},
    settlement,
};

/// Who handles which news.
const HANDLERS: &[(&str, Handler)] = &[];

/// Pause after a round that found nothing to do.
const PAUSE: Duration = Duration::from_millis(500);
/// Pause after many failed rounds in a row: what is broken is not asked twice a second, what works still has its turn.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// One round of every job; returns how much was done. A failed job does not keep the others from their turn.
///
/// # Errors
/// What the first failed job failed of.
pub async fn round(ctx: &OpCtx) -> Result<usize> {
    let outcomes = [
        settlement::sweep(ctx).await,
        orders::purchases_expire_due(ctx).await,
        certificates::sequence(ctx).await,
        certificates::expire_due(ctx).await,
        outbox::drain(ctx, HANDLERS).await,
        identity::purge(ctx).await,
    ];
    outcomes.into_iter().try_fold(0, |done, outcome| Ok(done + outcome?))
}

/// Rounds until `stop`. A failed round is logged and, after a pause that doubles, the next one tried.
pub async fn run(ctx: OpCtx, stop: CancellationToken) {
    let mut pause = PAUSE;
    while !stop.is_cancelled() {
        match round(&ctx).await {
            Ok(0) => pause = PAUSE,
            Ok(_) => continue,
            Err(error) => {
                pause = (pause * 2).min(LONGEST_PAUSE);
                tracing::error!(code = %error.code, cause = ?error.source, "a round of jobs failed");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}

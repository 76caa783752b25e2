//! Work that nobody waits for. `hcts worker` and the worker inside `hcts serve` run rounds until they are told to stop.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::{
    OpCtx, Result, certificates, orders,
    platform::outbox::{self, Handler},
    settlement,
};

/// Who handles which news.
const HANDLERS: &[(&str, Handler)] = &[];

/// Pause after a round that found nothing to do.
const PAUSE: Duration = Duration::from_millis(500);

/// One round of every job; returns how much was done.
pub async fn round(ctx: &OpCtx) -> Result<usize> {
    let mut done = settlement::sweep(ctx).await?;
    done += orders::purchases_expire_due(ctx).await?;
    done += certificates::sequence(ctx).await?;
    done += certificates::expire_due(ctx).await?;
    done += outbox::drain(ctx, HANDLERS).await?;
    Ok(done)
}

/// Rounds until `stop`. A failed round is logged and the next one tried.
pub async fn run(ctx: OpCtx, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let done = match round(&ctx).await {
            Ok(done) => done,
            Err(error) => {
                tracing::error!(code = %error.code, cause = ?error.source, "a round of jobs failed");
                0
            }
        };
        if done == 0 {
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = stop.cancelled() => {}
            }
        }
    }
}

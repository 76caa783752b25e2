//! The public totals: counted at most twice a minute, however many visitors ask.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use chrono::{DateTime, TimeDelta, Utc};
use contracts::analytics::PlatformStats;
use diesel_async::RunQueryDsl;

use crate::platform::{Error, OpCtx, Platform, Result};

diesel::define_sql_function! {
    /// Totals anybody may see, as an object.
    fn platform_totals() -> Jsonb;
}

struct Counted {
    // while this is held no other platform can have the same address
    platform: Weak<Platform>,
    at: DateTime<Utc>,
    stats: PlatformStats,
}

static LAST: Mutex<Option<Counted>> = Mutex::new(None);

const FRESH_FOR: TimeDelta = TimeDelta::seconds(30);

fn remembered(ctx: &OpCtx) -> Option<PlatformStats> {
    let last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    last.as_ref()
        .filter(|counted| std::ptr::eq(counted.platform.as_ptr(), Arc::as_ptr(ctx.platform())))
        .filter(|counted| ctx.now() - counted.at < FRESH_FOR)
        .map(|counted| counted.stats)
}

/// How much is on the market and how much the log has proved; at most half a minute old.
pub async fn platform_stats(ctx: &OpCtx) -> Result<PlatformStats> {
    if let Some(stats) = remembered(ctx) {
        return Ok(stats);
    }
    let row: serde_json::Value =
        ctx.public_read(async |conn| Ok(diesel::select(platform_totals()).get_result(conn).await?)).await?;
    let stats: PlatformStats = serde_json::from_value(row).map_err(Error::internal)?;
    let counted = Counted { platform: Arc::downgrade(ctx.platform()), at: ctx.now(), stats };
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(counted);
    Ok(stats)
}

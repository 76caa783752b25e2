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

/// The totals of a platform and when they were counted.
struct CachedStats {
    // while this is held no other platform can have the same address
    platform: Weak<Platform>,
    at: DateTime<Utc>,
    stats: PlatformStats,
}

static LAST: Mutex<Option<CachedStats>> = Mutex::new(None);

const FRESH_FOR: TimeDelta = TimeDelta::seconds(30);

fn cached_stats(ctx: &OpCtx) -> Option<PlatformStats> {
    let last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    last.as_ref()
        .filter(|cached| std::ptr::eq(cached.platform.as_ptr(), Arc::as_ptr(ctx.platform())))
        .filter(|cached| ctx.now() - cached.at < FRESH_FOR)
        .map(|cached| cached.stats)
}

/// Returns the public totals of the market and the log; they are at most 30 seconds old.
pub async fn platform_stats(ctx: &OpCtx) -> Result<PlatformStats> {
    if let Some(stats) = cached_stats(ctx) {
        return Ok(stats);
    }
    let row: serde_json::Value =
        ctx.public_read(async |conn| Ok(diesel::select(platform_totals()).get_result(conn).await?)).await?;
    let stats: PlatformStats = serde_json::from_value(row).map_err(Error::internal)?;
    let cached = CachedStats { platform: Arc::downgrade(ctx.platform()), at: ctx.now(), stats };
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(cached);
    Ok(stats)
}

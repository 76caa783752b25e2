//! Reports of browsers that a page would have broken its own policy (CSP 3). Anybody can report anything, so they are deleted by age.

use chrono::TimeDelta;
use contracts::permission::Permission;
use diesel::sql_types;
use diesel_async::RunQueryDsl;

use super::{Error, OpCtx, Result, events::PlatformEvent};

/// Reports are kept this long.
const REPORTS_KEPT: TimeDelta = TimeDelta::days(30);
/// Each process looks this often.
const PURGED_EVERY: TimeDelta = TimeDelta::hours(1);

/// Key of the last purge in the caches.
struct Purge;

diesel::define_sql_function! {
    /// Deletes the reports from before that moment and returns how many; only the owner of the table may.
    fn purge_csp_reports(before: sql_types::Timestamptz) -> sql_types::BigInt;
}

/// Deletes old reports, once an hour; returns how many.
pub async fn csp_reports_purge(ctx: &OpCtx) -> Result<usize> {
    let now = ctx.now();
    if !ctx.platform().db.caches().is_due::<Purge>(now, PURGED_EVERY) {
        return Ok(0);
    }
    ctx.tx("platform.csp_reports_purge", Permission::SystemManage, async move |tx| {
        let gone: i64 = diesel::select(purge_csp_reports(now - REPORTS_KEPT)).get_result(tx.conn()?).await?;
        if gone > 0 {
            tx.emit(PlatformEvent::CspReportsPurged { reports: gone }).await?;
        }
        usize::try_from(gone).map_err(Error::internal)
    })
    .await
}

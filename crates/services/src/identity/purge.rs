//! What is of no use any more is thrown away: it is personal data.

use chrono::TimeDelta;
use contracts::permission::Permission;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{known_devices, sessions, sign_in_throttle};

use super::devices;
use crate::{OpCtx, Result, platform::events::IdentityEvent};

/// A session is kept for so long after its time, for whoever looks into misuse.
const SESSIONS_KEPT: TimeDelta = TimeDelta::days(30);
/// Each process looks this often.
const EVERY: TimeDelta = TimeDelta::hours(1);

/// Key of the last purge in the caches.
struct Purge;

/// Deletes sessions whose time was over long ago, counters of sign-ins whose window is over and browsers that nobody uses any more, once
/// an hour; answers how many rows.
pub async fn purge(ctx: &OpCtx) -> Result<usize> {
    if !ctx.platform().db.caches().is_due::<Purge>(ctx.now(), EVERY) {
        return Ok(0);
    }
    ctx.tx("identity.purge", Permission::SystemManage, async |tx| {
        let now = tx.ctx().now();
        let window = tx.ctx().platform().settings.sign_in_block;
        let old = sessions::table.filter(sessions::idle_expires_at.lt(now - SESSIONS_KEPT));
        let old = diesel::delete(old).execute(tx.conn()?).await?;
        let unblocked = sign_in_throttle::blocked_until.le(now);
        let forgotten = sign_in_throttle::blocked_until
            .is_null()
            .and(sign_in_throttle::window_started_at.le(now - window));
        let over = sign_in_throttle::table.filter(unblocked.or(forgotten));
        let counters = diesel::delete(over).execute(tx.conn()?).await?;
        let unused = known_devices::table.filter(known_devices::last_seen_at.lt(now - devices::KEPT_FOR));
        let unused = diesel::delete(unused).execute(tx.conn()?).await?;
        if old + counters + unused > 0 {
            let (sessions, sign_in_counters, devices) = (old, counters, unused);
            tx.emit(IdentityEvent::SignInDataPurged { sessions, sign_in_counters, devices }).await?;
        }
        Ok(old + counters + unused)
    })
    .await
}

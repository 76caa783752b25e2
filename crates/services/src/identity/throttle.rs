//! Slows down guessing. Three counters in fixed windows: the account from one address (the setting), the account from anywhere
//! and the address for any account (four times the setting each). An outsider can at worst make an account's owner wait one
//! block; nothing is locked for good. A try counts before the password is looked at, so that many at once gain nothing.
//! An address stands for its network: one IPv6 customer has a whole /64.

use contracts::{error::ErrorCode, permission::Permission};
use diesel::{QueryableByName, sql_types};
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::{
    Error, OpCtx, Result,
    platform::{Prepare, SecurityEvent, sha256},
};

/// How much wider the account's and the address's own counters are.
const WIDER: i32 = 4;

/// The counters of one try.
#[derive(Clone)]
pub(super) struct Try {
    keys: Vec<(Vec<u8>, i32)>,
}

#[derive(QueryableByName)]
struct Counter {
    #[diesel(sql_type = sql_types::Integer)]
    failures: i32,
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    wait_seconds: Option<i64>,
}

/// Counts a try to use `account` (an address, a session's person) from the caller's address.
///
/// # Errors
/// `too_many_attempts` with `retry_after_seconds`.
pub(super) async fn count(ctx: &OpCtx, account: &str) -> Result<Try> {
    let allowed = ctx.platform().settings.sign_in_failures_allowed;
    let address = ctx.caller().client.network().map(|network| network.to_string());
    let mut keys = vec![
        (digest("both", account, address.as_deref().unwrap_or_default()), allowed),
        (digest("account", account, ""), allowed.saturating_mul(WIDER)),
    ];
    keys.extend(address.map(|address| (digest("address", "", &address), allowed.saturating_mul(WIDER))));
    // one order for all, so that two tries cannot wait for each other
    keys.sort();
    settle(ctx, Try { keys }).await
}

/// Counts an act from the caller's address alone, against four times the setting.
///
/// # Errors
/// `too_many_attempts` with `retry_after_seconds`.
pub(super) async fn count_address(ctx: &OpCtx, act: &str) -> Result<()> {
    let limit = ctx.platform().settings.sign_in_failures_allowed.saturating_mul(WIDER);
    let Some(network) = ctx.caller().client.network() else { return Ok(()) };
    settle(ctx, Try { keys: vec![(digest(act, "", &network.to_string()), limit)] }).await.map(drop)
}

async fn settle(ctx: &OpCtx, one: Try) -> Result<Try> {
    let block = ctx.platform().settings.sign_in_block.num_seconds();
    let counters = strike(ctx, one.clone(), block).await?;
    let Some(wait) = counters.iter().filter_map(|counter| counter.wait_seconds).max() else { return Ok(one) };
    // the try that closed the door is reported, those that find it closed are not
    let closed_now = counters
        .iter()
        .zip(&one.keys)
        .any(|(counter, (_, limit))| counter.failures == limit.saturating_add(1));
    if closed_now {
        ctx.security_event(SecurityEvent {
            kind: "authn_login_fail_max",
            severity: "high",
            user_id: None,
            details: json!({ "blocked_seconds": wait }),
        })
        .await?;
    }
    Err(Error::new(ErrorCode::TooManyAttempts).with_fact("retry_after_seconds", wait.to_string()))
}

fn digest(kind: &str, account: &str, address: &str) -> Vec<u8> {
    sha256(format!("{kind}\n{account}\n{address}")).to_vec()
}

/// A window that has ended starts anew; a blocked counter stands still one past its limit plus one, so that the closing try
/// can be told from those after it.
const STRIKE: &str = "
    INSERT INTO sign_in_throttle AS t (key_hash, failures, window_started_at) VALUES ($1, 1, clock_now())
    ON CONFLICT (key_hash) DO UPDATE SET
      failures = CASE WHEN coalesce(t.blocked_until, t.window_started_at + make_interval(secs => $3)) <= clock_now() THEN 1
                      WHEN t.blocked_until IS NOT NULL THEN $2 + 2 ELSE t.failures + 1 END,
      window_started_at = CASE WHEN coalesce(t.blocked_until, t.window_started_at + make_interval(secs => $3)) <= clock_now()
                               THEN clock_now() ELSE t.window_started_at END,
      blocked_until = CASE WHEN coalesce(t.blocked_until, t.window_started_at + make_interval(secs => $3)) <= clock_now() THEN NULL
                           WHEN t.blocked_until IS NOT NULL THEN t.blocked_until
                           WHEN t.failures + 1 > $2 THEN clock_now() + make_interval(secs => $3) END
    RETURNING failures, ceil(extract(epoch FROM blocked_until - clock_now()))::bigint AS wait_seconds";

async fn strike(ctx: &OpCtx, one: Try, block_seconds: i64) -> Result<Vec<Counter>> {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a block, for an interval")]
    let block = block_seconds as f64;
    ctx.as_system()
        .tx("identity.throttle_count", Permission::SystemManage, async move |tx| {
            let mut counters = Vec::with_capacity(one.keys.len());
            for (key, limit) in &one.keys {
                let counter = diesel::sql_query(STRIKE)
                    .bind::<sql_types::Binary, _>(key)
                    .bind::<sql_types::Integer, _>(limit)
                    .bind::<sql_types::Double, _>(block)
                    .prepared()
                    .get_result(tx.conn()?)
                    .await?;
                counters.push(counter);
            }
            Ok(counters)
        })
        .await
}

/// The try was right: it counts for nothing, and the account's failures from this address are forgotten. Returns how many
/// failures came before it.
pub(super) async fn forgive(ctx: &OpCtx, one: Try) -> Result<i32> {
    let narrowest = ctx.platform().settings.sign_in_failures_allowed;
    ctx.as_system()
        .tx("identity.throttle_forgive", Permission::SystemManage, async move |tx| {
            let mut before = 0;
            for (key, limit) in &one.keys {
                let rows: Vec<Counter> = diesel::sql_query(
                    "WITH gone AS (DELETE FROM sign_in_throttle WHERE key_hash = $1 AND ($2 OR failures = 1) RETURNING failures),
                          less AS (UPDATE sign_in_throttle SET failures = failures - 1
                                   WHERE key_hash = $1 AND NOT $2 AND failures > 1 RETURNING failures + 1 AS failures)
                     SELECT failures, NULL::bigint AS wait_seconds FROM gone UNION ALL SELECT failures, NULL FROM less",
                )
                .bind::<sql_types::Binary, _>(key)
                .bind::<sql_types::Bool, _>(*limit == narrowest)
                .prepared()
                .load(tx.conn()?)
                .await?;
                before = rows.iter().map(|row| row.failures - 1).fold(before, i32::max);
            }
            Ok(before)
        })
        .await
}

//! Slows down guessing. Three counters in fixed windows: the address for any account (four times the setting), the account from
//! one address (the setting) and the account from anywhere (four times the setting). A try counts in this order and stops at the
//! first door that is closed: one address alone never closes the account to everybody. Who signed in from the address of late
//! finds the account's own door open whatever others do. Nothing is locked for good. A try counts before the password is looked
//! at, so that many at once gain nothing. An address stands for its network: one IPv6 customer has a whole /64.

use std::net::IpAddr;

use chrono::TimeDelta;
use contracts::{error::ErrorCode, permission::Permission};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{sessions, users};
use serde_json::json;

use crate::{
    Error, OpCtx, Result,
    platform::{Client, Elevation, Prepare, SecurityEvent, sha256},
};

/// How much wider the account's and the address's own counters are.
const WIDER: i32 = 4;
/// Whoever had a session from an address within this time is known there.
const KNOWN_FOR: TimeDelta = TimeDelta::days(30);

/// The counters of one try, in the order in which they count.
#[derive(Clone)]
pub(super) struct Try {
    keys: Vec<(Vec<u8>, i32)>,
}

/// The first counter of a try that has had enough.
struct Closed {
    position: usize,
    wait_seconds: i64,
}

#[derive(QueryableByName)]
struct Counter {
    #[diesel(sql_type = sql_types::Integer)]
    failures: i32,
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    wait_seconds: Option<i64>,
}

/// Counts a try to use `account` (a mail address) from the caller's network address.
///
/// # Errors
/// `too_many_attempts` with `retry_after_seconds`.
pub(super) async fn count(ctx: &OpCtx, account: &str) -> Result<Try> {
    let allowed = ctx.platform().settings.sign_in_failures_allowed;
    let wide = allowed.saturating_mul(WIDER);
    let network = ctx.caller().client.network();
    let address = network.map(|network| network.to_string()).unwrap_or_default();
    // one order for all, from the many to the one: two tries cannot wait for each other
    let mut keys = Vec::with_capacity(3);
    keys.extend(network.map(|_| (digest("address", "", &address), wide)));
    keys.push((digest("both", account, &address), allowed));
    keys.push((digest("account", account, ""), wide));
    let mut one = Try { keys };
    let Some(closed) = settle(ctx, &one).await? else { return Ok(one) };
    let by_others = closed.position + 1 == one.keys.len();
    if by_others && is_known(ctx, account, network).await? {
        one.keys.pop();
        return Ok(one);
    }
    Err(too_many(&closed))
}

/// Counts an act from the caller's address alone, against four times the setting.
///
/// # Errors
/// `too_many_attempts` with `retry_after_seconds`.
pub(super) async fn count_address(ctx: &OpCtx, act: &str) -> Result<()> {
    let limit = ctx.platform().settings.sign_in_failures_allowed.saturating_mul(WIDER);
    let Some(network) = ctx.caller().client.network() else { return Ok(()) };
    let one = Try { keys: vec![(digest(act, "", &network.to_string()), limit)] };
    settle(ctx, &one).await?.map_or(Ok(()), |closed| Err(too_many(&closed)))
}

fn too_many(closed: &Closed) -> Error {
    Error::new(ErrorCode::TooManyAttempts).with_fact("retry_after_seconds", closed.wait_seconds.to_string())
}

/// Whether the account's person had a session from this network of late.
async fn is_known(ctx: &OpCtx, account: &str, network: Option<IpAddr>) -> Result<bool> {
    let Some(network) = network else { return Ok(false) };
    let account = account.to_owned();
    let addresses: Vec<Option<String>> = ctx
        .elevate(Elevation::CountAttempts)
        .read(Permission::SystemManage, async move |tx| {
            let since = tx.ctx().now() - KNOWN_FOR;
            Ok(sessions::table
                .inner_join(users::table.on(users::id.eq(sessions::user_id)))
                .filter(users::email.eq(account).and(sessions::last_seen_at.gt(since)))
                .select(sessions::client_address)
                .distinct()
                .load(tx.conn()?)
                .await?)
        })
        .await?;
    let network_of = |address: &String| Client { address: address.parse().ok(), user_agent: None }.network();
    Ok(addresses.iter().flatten().any(|address| network_of(address) == Some(network)))
}

/// Counts, and reports the try that closed a door; those that find it closed are not reported.
async fn settle(ctx: &OpCtx, one: &Try) -> Result<Option<Closed>> {
    let counters = strike(ctx, one.clone()).await?;
    let position = counters.len().saturating_sub(1);
    let (Some(last), Some((_, limit))) = (counters.last(), one.keys.get(position)) else { return Ok(None) };
    let Some(wait_seconds) = last.wait_seconds else { return Ok(None) };
    if last.failures == limit.saturating_add(1) {
        ctx.security_event(SecurityEvent {
            kind: "authn_login_fail_max",
            severity: "high",
            user_id: None,
            details: json!({ "blocked_seconds": wait_seconds }),
        })
        .await?;
    }
    Ok(Some(Closed { position, wait_seconds }))
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

/// The counters up to the first closed one: those behind it do not count the try.
async fn strike(ctx: &OpCtx, one: Try) -> Result<Vec<Counter>> {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a block, for an interval")]
    let block = ctx.platform().settings.sign_in_block.num_seconds() as f64;
    ctx.elevate(Elevation::CountAttempts)
        .tx("identity.throttle_count", Permission::SystemManage, async move |tx| {
            let mut counters = Vec::with_capacity(one.keys.len());
            for (key, limit) in &one.keys {
                let counter: Counter = diesel::sql_query(STRIKE)
                    .bind::<sql_types::Binary, _>(key)
                    .bind::<sql_types::Integer, _>(limit)
                    .bind::<sql_types::Double, _>(block)
                    .prepared()
                    .get_result(tx.conn()?)
                    .await?;
                let is_closed = counter.wait_seconds.is_some();
                counters.push(counter);
                if is_closed {
                    break;
                }
            }
            Ok(counters)
        })
        .await
}

/// The try was right: it counts for nothing, and the account's failures from this address are forgotten. Returns how many
/// failures came before it.
pub(super) async fn forgive(ctx: &OpCtx, one: Try) -> Result<i32> {
    let narrowest = ctx.platform().settings.sign_in_failures_allowed;
    ctx.elevate(Elevation::CountAttempts)
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

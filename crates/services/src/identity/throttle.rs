//! Throttles the guessing of passwords. Three counters of failures in fixed windows: the network for any account (four times the setting),
//! the account from one network (the setting) and the account from anywhere (four times the setting). Only a password that was compared and
//! is wrong counts as a failure; until then an attempt is pending, and counts like one, so that many at once gain nothing. An attempt stops
//! at the first counter that is blocked: one network alone never blocks an account for everybody, and nothing is locked for good.
//!
//! A person whose counter was blocked by others can still sign in where their account is known: from a browser in which they have signed in
//! before, with a counter of its own, or from a network in which their account had a session within [`KNOWN_FOR`]. Only the accounts known
//! there are then tried: several may claim an address ([`super::people::claims_of`]), and the good record of one unblocks no other.
//! A network is an IPv4 address, or the /64 that one IPv6 customer has.

use std::net::IpAddr;

use chrono::TimeDelta;
use contracts::{error::ErrorCode, ids::UserId, permission::Permission};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{sessions, users};

use super::devices;
use crate::{
    Error, OpCtx, Result,
    platform::{Client, Elevation, Prepare, Tx, events::Alert, sha256},
};

/// Factor by which the limits of a network and of an account are larger.
const WIDER: i32 = 4;
/// Time for which an account is known in a network after its last session there.
const KNOWN_FOR: TimeDelta = TimeDelta::days(30);

/// The scope of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// A network, for any account.
    Network,
    /// An account from one network, or from one known browser. The only one that a right password clears.
    Narrow,
    /// An account from anywhere.
    Account,
}

/// One counter: its row and its limit.
#[derive(Clone)]
struct ThrottleKey {
    hash: Vec<u8>,
    limit: i32,
    scope: Scope,
}

/// A sign-in attempt that was admitted and whose password has not been compared yet. End it with
/// [`Attempt::record_failure`], [`Attempt::record_success`] or [`Attempt::release`].
pub(super) struct Attempt {
    /// Always in the order network, account from this network, account: two attempts cannot deadlock.
    keys: Vec<ThrottleKey>,
    /// The accounts whose password may be compared; `None`: every account that claims the address.
    only: Option<Vec<UserId>>,
}

/// The counter that blocked an attempt.
#[derive(Clone, Copy)]
struct Blocked {
    scope: Scope,
    /// `None`: blocked not by failures, but by attempts that are still pending.
    wait_seconds: Option<i64>,
    /// Whether this is the first attempt that finds the counter blocked.
    is_first: bool,
}

impl From<Blocked> for Error {
    fn from(blocked: Blocked) -> Self {
        blocked.wait_seconds.map_or_else(
            || Self::new(ErrorCode::Busy),
            |seconds| {
                Self::new(ErrorCode::TooManyAttempts).with_fact("retry_after_seconds", seconds.to_string())
            },
        )
    }
}

/// Admits an attempt to sign in to `account` (a mail address), or refuses it.
///
/// # Errors
/// `too_many_attempts` with `retry_after_seconds`; `busy` while too many attempts are pending.
pub(super) async fn begin_attempt(ctx: &OpCtx, account: &str) -> Result<Attempt> {
    let allowed = ctx.platform().settings.sign_in_failures_allowed;
    let wide = allowed.saturating_mul(WIDER);
    let network = ctx.caller().client.network();
    let address = network.map(|network| network.to_string()).unwrap_or_default();
    let key = |scope, kind: &str, account: &str, address: &str, limit| ThrottleKey {
        hash: sha256(format!("{kind}\n{account}\n{address}")).to_vec(),
        limit,
        scope,
    };
    let mut keys = Vec::with_capacity(3);
    keys.extend(network.map(|_| key(Scope::Network, "address", "", &address, wide)));
    keys.push(key(Scope::Narrow, "both", account, &address, allowed));
    keys.push(key(Scope::Account, "account", account, "", wide));
    let Err(blocked) = admit(ctx, &keys).await? else { return Ok(Attempt { keys, only: None }) };
    if let Some(device) = ctx.caller().client.device {
        let only = devices::accounts_of(ctx, device, account).await?;
        if !only.is_empty() {
            let own = sha256(device).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            let keys = vec![key(Scope::Narrow, "device", account, &own, allowed)];
            admit(ctx, &keys).await??;
            return Ok(Attempt { keys, only: Some(only) });
        }
    }
    let only = if blocked.scope == Scope::Narrow {
        Vec::new()
    } else {
        find_known_accounts(ctx, account, network).await?
    };
    if only.is_empty() {
        return Err(blocked.into());
    }
    keys.retain(|key| key.scope == Scope::Narrow);
    admit(ctx, &keys).await??;
    Ok(Attempt { keys, only: Some(only) })
}

/// Counts an action from the caller's network alone, against four times the setting.
///
/// # Errors
/// `too_many_attempts` with `retry_after_seconds`.
pub(super) async fn count_action(ctx: &OpCtx, act: &str) -> Result<()> {
    let limit = ctx.platform().settings.sign_in_failures_allowed.saturating_mul(WIDER);
    let Some(network) = ctx.caller().client.network() else { return Ok(()) };
    let hash = sha256(format!("{act}\n\n{network}")).to_vec();
    let keys = vec![ThrottleKey { hash, limit, scope: Scope::Network }];
    admit(ctx, &keys).await??;
    Attempt { keys, only: None }.record_failure(ctx).await
}

impl Attempt {
    /// Returns whether the password of this account may be compared.
    pub(super) fn admits(&self, account: UserId) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&account))
    }

    /// Records that the password was wrong. Blocks each counter that has reached its limit.
    pub(super) async fn record_failure(self, ctx: &OpCtx) -> Result<()> {
        self.end(ctx, Outcome::Wrong).await.map(drop)
    }

    /// Records that the password was right: resets the failures of the account from this network. Returns how many there were.
    pub(super) async fn record_success(self, ctx: &OpCtx) -> Result<i32> {
        self.end(ctx, Outcome::Right).await
    }

    /// Withdraws the attempt: no password was compared, so it does not count. If this fails, it stays pending until its window ends.
    pub(super) async fn release(self, ctx: &OpCtx) {
        if let Err(error) = self.end(ctx, Outcome::Unknown).await {
            tracing::warn!(code = %error.code, "a pending sign-in attempt could not be cleared");
        }
    }

    /// Writes the outcome to each counter. Returns the failures that the narrow one had before.
    async fn end(self, ctx: &OpCtx, outcome: Outcome) -> Result<i32> {
        let block = block_seconds(ctx);
        let keys = self.keys;
        ctx.elevate(Elevation::CountAttempts)
            .tx("identity.throttle_end", Permission::SystemManage, async move |tx| {
                let mut before = 0;
                for key in &keys {
                    let is_narrow = key.scope == Scope::Narrow;
                    let counter: Option<Counter> = diesel::sql_query(END)
                        .bind::<sql_types::Binary, _>(&key.hash)
                        .bind::<sql_types::Integer, _>(key.limit)
                        .bind::<sql_types::Double, _>(block)
                        .bind::<sql_types::Integer, _>(i32::from(outcome == Outcome::Wrong))
                        .bind::<sql_types::Bool, _>(is_narrow && outcome == Outcome::Right)
                        .prepared()
                        .get_result(tx.conn()?)
                        .await
                        .optional()?;
                    if let Some(counter) = counter.filter(|_| is_narrow) {
                        before = counter.failures;
                    }
                }
                Ok(before)
            })
            .await
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Wrong,
    Right,
    Unknown,
}

#[derive(QueryableByName)]
struct Counter {
    #[diesel(sql_type = sql_types::Integer)]
    failures: i32,
    #[diesel(sql_type = sql_types::Integer)]
    pending: i32,
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    wait_seconds: Option<i64>,
}

/// Returns the accounts that claim the address and had a session from this network within [`KNOWN_FOR`].
async fn find_known_accounts(ctx: &OpCtx, account: &str, network: Option<IpAddr>) -> Result<Vec<UserId>> {
    let Some(network) = network else { return Ok(Vec::new()) };
    let account = account.to_owned();
    let seen: Vec<(UserId, Option<String>)> = ctx
        .elevate(Elevation::CountAttempts)
        .read(Permission::SystemManage, async move |tx| {
            let since = tx.ctx().now() - KNOWN_FOR;
            Ok(sessions::table
                .inner_join(users::table.on(users::id.eq(sessions::user_id)))
                .filter(users::email.eq(account).and(sessions::last_seen_at.gt(since)))
                .select((users::id, sessions::client_address))
                .distinct()
                .load(tx.conn()?)
                .await?)
        })
        .await?;
    let is_here = |address: &String| {
        Client { address: address.parse().ok(), ..Client::default() }.network() == Some(network)
    };
    Ok(seen
        .into_iter()
        .filter(|(_, address)| address.as_ref().is_some_and(is_here))
        .map(|(id, _)| id)
        .collect())
}

/// Returns the seconds for which a counter that has reached its limit stays blocked; also the length of its window.
fn block_seconds(ctx: &OpCtx) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a block, for an interval")]
    let seconds = ctx.platform().settings.sign_in_block.num_seconds() as f64;
    seconds
}

/// Adds a pending attempt. A counter whose window is over starts anew.
const BEGIN: &str = "
    INSERT INTO sign_in_throttle AS t (key_hash, failures, pending, window_started_at) VALUES ($1, 0, 1, clock_now())
    ON CONFLICT (key_hash) DO UPDATE SET
      failures = CASE WHEN coalesce(t.blocked_until, t.window_started_at + make_interval(secs => $2)) <= clock_now() THEN 0
                      ELSE t.failures END,
      pending = CASE WHEN coalesce(t.blocked_until, t.window_started_at + make_interval(secs => $2)) <= clock_now() THEN 1
                     ELSE t.pending + 1 END,
      window_started_at = CASE WHEN coalesce(t.blocked_until, t.window_started_at + make_interval(secs => $2)) <= clock_now()
                               THEN clock_now() ELSE t.window_started_at END,
      blocked_until = CASE WHEN coalesce(t.blocked_until, t.window_started_at + make_interval(secs => $2)) <= clock_now() THEN NULL
                           ELSE t.blocked_until END
    RETURNING failures, pending, ceil(extract(epoch FROM blocked_until - clock_now()))::bigint AS wait_seconds";

/// Removes a pending attempt; adds `$4` failures, or resets them if `$5`. Returns the counts from before.
const END: &str = "
    WITH before AS (SELECT failures, pending FROM sign_in_throttle WHERE key_hash = $1 FOR UPDATE)
    UPDATE sign_in_throttle t SET pending = greatest(t.pending - 1, 0), failures = CASE WHEN $5 THEN 0 ELSE t.failures + $4 END,
      blocked_until = CASE WHEN $5 THEN NULL
                           WHEN $4 > 0 AND t.blocked_until IS NULL AND t.failures + $4 >= $2 THEN clock_now() + make_interval(secs => $3)
                           ELSE t.blocked_until END
    FROM before WHERE t.key_hash = $1 RETURNING before.failures, before.pending, NULL::bigint AS wait_seconds";

/// Removes the pending attempt of a refused one; the first one that finds a counter blocked adds a failure, which tells it from those after
/// it.
const REFUSE: &str = "UPDATE sign_in_throttle SET pending = greatest(pending - 1, 0), failures = failures + $2 WHERE key_hash = $1";

/// Adds the attempt to each counter, or to none when one of them is blocked. The first attempt that finds a counter blocked is reported as
/// a security event.
async fn admit(ctx: &OpCtx, keys: &[ThrottleKey]) -> Result<std::result::Result<(), Blocked>> {
    let (block, keys) = (block_seconds(ctx), keys.to_vec());
    let blocked = ctx
        .elevate(Elevation::CountAttempts)
        .tx("identity.throttle_begin", Permission::SystemManage, async move |tx| {
            for (position, key) in keys.iter().enumerate() {
                let counter: Counter = diesel::sql_query(BEGIN)
                    .bind::<sql_types::Binary, _>(&key.hash)
                    .bind::<sql_types::Double, _>(block)
                    .prepared()
                    .get_result(tx.conn()?)
                    .await?;
                let has_room = counter.failures + counter.pending <= key.limit;
                if has_room && counter.wait_seconds.is_none() {
                    continue;
                }
                let is_first = counter.wait_seconds.is_some() && counter.failures == key.limit;
                refuse(tx, &keys, position, is_first).await?;
                return Ok(Some(Blocked { scope: key.scope, wait_seconds: counter.wait_seconds, is_first }));
            }
            Ok(None)
        })
        .await?;
    let Some(blocked) = blocked else { return Ok(Ok(())) };
    if blocked.is_first {
        ctx.raise(Alert::SignInBlocked { blocked_seconds: blocked.wait_seconds }).await?;
    }
    Ok(Err(blocked))
}

/// Withdraws the attempt from the counters up to the blocked one.
async fn refuse(tx: &mut Tx, keys: &[ThrottleKey], blocked: usize, is_first: bool) -> Result<()> {
    for (position, key) in keys.iter().enumerate().take(blocked + 1) {
        diesel::sql_query(REFUSE)
            .bind::<sql_types::Binary, _>(&key.hash)
            .bind::<sql_types::Integer, _>(i32::from(is_first && position == blocked))
            .execute(tx.conn()?)
            .await?;
    }
    Ok(())
}

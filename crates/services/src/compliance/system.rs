//! How the system is: only what can be asked now.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    compliance::{AlertKind, LogProblem, SystemStatus},
    permission::Permission,
    states::{OrganisationStatus, PaymentStatus},
};
use diesel::{
    dsl::min,
    prelude::*,
    sql_types::{BigInt, Nullable, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;
use schema::{
    log_checkpoints, log_entries, log_leaves, organisations, outbox, payments, security_events, sessions,
};

use crate::{
    OpCtx, Result,
    platform::{
        Conn, LogContinuity, log_continuity,
        writable::{DatabaseState, database_state},
    },
    settlement,
};

#[derive(QueryableByName)]
struct DatabaseFacts {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = BigInt)]
    bytes: i64,
    #[diesel(sql_type = BigInt)]
    connections: i64,
    #[diesel(sql_type = BigInt)]
    migrations: i64,
    #[diesel(sql_type = Nullable<Text>)]
    last_migration: Option<String>,
}

const DATABASE: &str = "
    SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes,
           (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS connections,
           (SELECT count(*) FROM __diesel_schema_migrations) AS migrations,
           (SELECT max(version) FROM __diesel_schema_migrations) AS last_migration";

/// The console's view of the system.
pub async fn system_status(ctx: &OpCtx) -> Result<SystemStatus> {
    ctx.require(Permission::SystemManage)?;
    let can_write = database_state(ctx).await == DatabaseState::Writable;
    ctx.read(Permission::SystemManage, async move |tx| {
        let now = tx.ctx().now();
        let platform = Arc::clone(tx.ctx().platform());
        let conn = tx.conn()?;
        let database: DatabaseFacts = diesel::sql_query(DATABASE).get_result(conn).await?;
        let waiting = outbox::table.filter(outbox::done_at.is_null().and(outbox::dead_at.is_null()));
        let checkpoint: Option<(i64, DateTime<Utc>)> = log_checkpoints::table
            .order(log_checkpoints::tree_size.desc())
            .select((log_checkpoints::tree_size, log_checkpoints::signed_at))
            .first(conn)
            .await
            .optional()?;
        let log_size: i64 = log_leaves::table.count().get_result(conn).await?;
        let log_entries: i64 = log_entries::table.count().get_result(conn).await?;
        let payments: PaymentsToLookAt = diesel::sql_query(PAYMENTS_TO_LOOK_AT)
            .bind::<Timestamptz, _>(now - OVERDUE)
            .get_result(conn)
            .await?;
        Ok(SystemStatus {
            database_version: database.version,
            database_bytes: database.bytes,
            can_write,
            connections: database.connections,
            migrations: database.migrations,
            last_migration: database.last_migration,
            outbox_waiting: waiting.count().get_result(conn).await?,
            outbox_oldest: waiting.select(min(outbox::created_at)).get_result(conn).await?,
            outbox_dead: outbox::table.filter(outbox::dead_at.is_not_null()).count().get_result(conn).await?,
            log_size,
            log_waiting: log_entries - log_size,
            checkpoint_size: checkpoint.map(|(size, _)| size),
            checkpoint_at: checkpoint.map(|(_, at)| at),
            log_problem: log_problem(log_continuity(conn, &platform).await?),
            payments_unsettled: payments_in(conn, &UNSETTLED).await?,
            payments_unknown: payments.unknown,
            refunds_undecided: payments.undecided,
            refunds_due: payments.due,
            undone_sales: settlement::load_open_undone_sales(conn).await?,
            sessions: live_sessions(conn, now).await?,
            organisations_waiting: organisations::table
                .filter(organisations::status.eq(OrganisationStatus::Unverified))
                .count()
                .get_result(conn)
                .await?,
            sign_in_failures: security_events::table
                .filter(security_events::kind.eq(AlertKind::SignInFailed.as_str()))
                .filter(security_events::occurred_at.gt(now - TimeDelta::hours(24)))
                .count()
                .get_result(conn)
                .await?,
        })
    })
    .await
}

/// What the console says of a database that may lack what was signed, and how to get out of it.
fn log_problem(continuity: LogContinuity) -> Option<LogProblem> {
    const CATCH_UP: &str = "Restore a newer backup, or replay the write-ahead log up to the failure. Selling, redeeming and signing resume automatically when the database has caught up.";
    let accept = |entries: u64| {
        format!(
            "If there is no newer backup, compare the database with the payment provider's records and with what clinics have redeemed. Then accept the loss on each machine that has a key folder: hcts log accept --entries {entries}"
        )
    };
    let (title, meaning, steps) = match continuity {
        LogContinuity::Intact => return None,
        LogContinuity::Behind { stored, pinned } => (
            "The database is older than the signed log",
            format!(
                "Log entries signed: {pinned}. In this database: {stored}. Missing: {}. What was issued, redeemed or revoked in the missing entries is unknown here, so nothing is sold, redeemed or signed.",
                pinned.saturating_sub(stored)
            ),
            vec![CATCH_UP.to_owned(), accept(stored)],
        ),
        LogContinuity::Unpinned { stored } => (
            "The log's checkpoint is missing from the key folder",
            format!(
                "The log has {stored} entries, but log.checkpoint is not in the key folder, so it is unknown whether entries are missing from this database. Nothing is sold, redeemed or signed."
            ),
            vec![
                "Restore log.checkpoint from a copy of the key folder, or copy it from another machine that signs.".to_owned(),
                format!("If there is no copy and this is the newest database, run: hcts log accept --entries {stored}"),
            ],
        ),
        LogContinuity::Diverged | LogContinuity::Unreadable => (
            "The database and the signed log contradict each other",
            continuity.problem().map_or_else(String::new, |problem| {
                format!("Nothing is sold, redeemed or signed: {problem}.")
            }),
            vec![
                "Keep a copy of the database and of the key folder: one of them may have been tampered with.".to_owned(),
                "To find out what differs, run: hcts check-laws --all".to_owned(),
                CATCH_UP.to_owned(),
            ],
        ),
    };
    Some(LogProblem { title: title.to_owned(), meaning, steps })
}

/// So long after the time of a purchase its payment is settled, unless the provider does not say what became of it.
const OVERDUE: TimeDelta = TimeDelta::minutes(5);

#[derive(QueryableByName)]
struct PaymentsToLookAt {
    #[diesel(sql_type = BigInt)]
    unknown: i64,
    #[diesel(sql_type = BigInt)]
    undecided: i64,
    #[diesel(sql_type = BigInt)]
    due: i64,
}

const PAYMENTS_TO_LOOK_AT: &str = "
    SELECT count(*) FILTER (WHERE p.status = 'unknown' OR u.status IN ('open', 'awaiting_payment') AND u.expires_at < $1) AS unknown,
           count(*) FILTER (WHERE p.refunded_minor BETWEEN 1 AND p.captured_minor - 1 AND p.refunded_minor > p.refund_accepted_minor AND u.status = 'fulfilled') AS undecided,
           count(*) FILTER (WHERE p.captured_minor > p.refunded_minor AND u.status IN ('cancelled', 'expired')) AS due
    FROM payments p JOIN purchases u ON u.id = p.purchase_id";

/// Begun and not ended.
const UNSETTLED: [PaymentStatus; 4] =
    [PaymentStatus::Created, PaymentStatus::Pending, PaymentStatus::Unknown, PaymentStatus::Authorised];

async fn payments_in(conn: &mut Conn, states: &[PaymentStatus]) -> Result<i64> {
    Ok(payments::table.filter(payments::status.eq_any(states)).count().get_result(conn).await?)
}

async fn live_sessions(conn: &mut Conn, now: DateTime<Utc>) -> Result<i64> {
    Ok(sessions::table
        .filter(sessions::ended_at.is_null().and(sessions::idle_expires_at.gt(now)))
        .count()
        .get_result(conn)
        .await?)
}

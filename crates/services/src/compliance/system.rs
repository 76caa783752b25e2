//! How the system is: only what can be asked now.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    compliance::SystemStatus,
    permission::Permission,
    states::{OrganisationStatus, PaymentStatus},
};
use diesel::{
    dsl::min,
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
};
use diesel_async::RunQueryDsl;
use schema::{
    log_checkpoints, log_entries, log_leaves, organisations, outbox, payments, security_events, sessions,
};

use crate::{OpCtx, Result, platform::Conn};

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
    ctx.read(Permission::SystemManage, async |tx| {
        let now = tx.ctx().now();
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
        Ok(SystemStatus {
            database_version: database.version,
            database_bytes: database.bytes,
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
            payments_unsettled: payments_in(conn, &UNSETTLED).await?,
            payments_unknown: payments_in(conn, &[PaymentStatus::Unknown]).await?,
            sessions: live_sessions(conn, now).await?,
            organisations_waiting: organisations::table
                .filter(organisations::status.eq(OrganisationStatus::Unverified))
                .count()
                .get_result(conn)
                .await?,
            sign_in_failures: security_events::table
                .filter(security_events::kind.eq("authn_login_fail"))
                .filter(security_events::occurred_at.gt(now - TimeDelta::hours(24)))
                .count()
                .get_result(conn)
                .await?,
        })
    })
    .await
}

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

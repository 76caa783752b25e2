//! Brings a database to the present shape: migrations once, replaceable functions and views every time, start policy where none is.

use contracts::permission::{Grant, start_policy};
use diesel::prelude::*;
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use schema::role_permissions;

use super::{Error, Result, connect};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/versioned");

/// In name order; each can be run again at any time.
const REPLACEABLE: &[&str] = &[
    include_str!("../../../../migrations/replaceable/10_state_machines.sql"),
    include_str!("../../../../migrations/replaceable/20_append_only.sql"),
    include_str!("../../../../migrations/replaceable/30_ledger.sql"),
    include_str!("../../../../migrations/replaceable/40_capacity.sql"),
    include_str!("../../../../migrations/replaceable/40_sessions.sql"),
    include_str!("../../../../migrations/replaceable/45_organisations.sql"),
    include_str!("../../../../migrations/replaceable/45_people.sql"),
    include_str!("../../../../migrations/replaceable/50_status.sql"),
    include_str!("../../../../migrations/replaceable/60_certificates.sql"),
    include_str!("../../../../migrations/replaceable/60_market.sql"),
    include_str!("../../../../migrations/replaceable/70_purge.sql"),
    include_str!("../../../../migrations/replaceable/70_views.sql"),
    include_str!("../../../../migrations/replaceable/90_laws.sql"),
];

/// Migrates the database at `owner_url`; returns the names of the migrations that ran. Two at once wait for each other.
pub async fn up(owner_url: &str) -> Result<Vec<String>> {
    let mut conn = connect(owner_url).await?;
    // any constant; it only has to be the same in every release
    conn.batch_execute("SET client_min_messages = warning; SELECT pg_advisory_lock(4842435321)").await?;
    let mut harness = AsyncMigrationHarness::new(conn);
    let ran = tokio::task::block_in_place(|| {
        harness
            .run_pending_migrations(MIGRATIONS)
            .map(|versions| versions.iter().map(ToString::to_string).collect::<Vec<_>>())
    })
    .map_err(Error::internal)?;
    let mut conn = harness.into_inner();
    for sql in REPLACEABLE {
        conn.batch_execute(sql).await?;
    }
    plant_policy(&mut conn).await?;
    Ok(ran)
}

/// Takes every migration back; for the test that proves both ways.
pub async fn down(owner_url: &str) -> Result<()> {
    let mut conn = connect(owner_url).await?;
    conn.batch_execute(include_str!("../../../../migrations/replaceable/drop.sql")).await?;
    let mut harness = AsyncMigrationHarness::new(conn);
    tokio::task::block_in_place(|| harness.revert_all_migrations(MIGRATIONS).map(drop))
        .map_err(Error::internal)
}

/// Writes the start policy into an empty permission table; a table an administrator has touched is left alone.
async fn plant_policy(conn: &mut AsyncPgConnection) -> Result<()> {
    let planted: i64 = role_permissions::table.count().get_result(conn).await?;
    if planted > 0 {
        return Ok(());
    }
    let rows: Vec<_> = start_policy()?
        .into_iter()
        .flat_map(|Grant { role, permission, levels, .. }| {
            levels.into_iter().map(move |level| {
                (
                    role_permissions::role.eq(role.as_str()),
                    role_permissions::level.eq(level.as_str()),
                    role_permissions::permission.eq(permission.as_str()),
                )
            })
        })
        .collect();
    diesel::insert_into(role_permissions::table).values(rows).execute(conn).await?;
    Ok(())
}

//! Brings a database to the present shape: migrations once, replaceable functions and views when they change, start policy where none is.

use std::time::Duration;

use contracts::permission::{Grant, start_policy};
use diesel::prelude::*;
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use schema::{replaced_files, role_permissions};

use super::{Error, Result, connect, sha256};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/versioned");

macro_rules! replaceable {
    ($($name:literal)+) => {
        &[$(($name, include_str!(concat!("../../../../migrations/replaceable/", $name)))),+]
    };
}

/// Name and text of each file, in name order; each can be run again at any time.
const REPLACEABLE: &[(&str, &str)] = replaceable![
    "10_state_machines.sql"
    "20_append_only.sql"
    "30_ledger.sql"
    "40_capacity.sql"
    "40_sessions.sql"
    "45_organisations.sql"
    "45_people.sql"
    "50_status.sql"
    "60_certificates.sql"
    "60_market.sql"
    "70_purge.sql"
    "70_views.sql"
    "90_laws.sql"
];

/// How long a change of a table waits for those who use it. Everybody who comes after it waits as long, so it is short and tried again.
const LOCK_TIMEOUT: &str = "SET lock_timeout = '300ms'";
/// How often a change is tried.
const ATTEMPTS: u32 = 20;
/// Pause before it is tried again.
const PAUSE: Duration = Duration::from_millis(250);

/// Migrates the database at `owner_url`; returns the names of the migrations that ran. Two at once wait for each other. Where nothing is
/// to be done nothing is touched.
pub async fn up(owner_url: &str) -> Result<Vec<String>> {
    let mut conn = connect(owner_url).await?;
    // any constant; it only has to be the same in every release
    conn.batch_execute("SET client_min_messages = warning; SELECT pg_advisory_lock(4842435321)").await?;
    conn.batch_execute(LOCK_TIMEOUT).await?;
    let mut harness = AsyncMigrationHarness::new(conn);
    let mut ran = Vec::new();
    let mut attempt = 1;
    loop {
        let outcome = tokio::task::block_in_place(|| run_next(&mut harness));
        match outcome {
            Ok(None) => break,
            Ok(Some(version)) => ran.push(version),
            Err(cause) if attempt == ATTEMPTS => return Err(Error::internal(cause)),
            Err(cause) => wait(&mut attempt, cause.as_ref()).await,
        }
    }
    let mut conn = harness.into_inner();
    replace(&mut conn, !ran.is_empty()).await?;
    plant_policy(&mut conn).await?;
    conn.batch_execute(NOTE_ORIGIN).await?;
    Ok(ran)
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Runs the next migration; `None` when all have run.
fn run_next(harness: &mut AsyncMigrationHarness<AsyncPgConnection>) -> Result<Option<String>, Cause> {
    if !harness.has_pending_migration(MIGRATIONS)? {
        return Ok(None);
    }
    harness.run_next_migration(MIGRATIONS).map(|version| Some(version.to_string()))
}

async fn wait(attempt: &mut u32, cause: &(dyn std::error::Error + Send + Sync)) {
    tracing::debug!(attempt, %cause, "a database migration step is retried");
    *attempt += 1;
    tokio::time::sleep(PAUSE).await;
}

/// Applies the files that changed since they were applied here, or all of them: a migration may have brought tables they have to see.
async fn replace(conn: &mut AsyncPgConnection, all: bool) -> Result<()> {
    let applied: Vec<(String, Vec<u8>)> =
        replaced_files::table.select((replaced_files::name, replaced_files::sha256)).load(conn).await?;
    for (name, sql) in REPLACEABLE {
        let digest = sha256(sql);
        let is_known = applied.iter().any(|(known, of)| known == name && *of == digest);
        if is_known && !all {
            continue;
        }
        // one transaction: the simple protocol's statements are applied together, with the note that they were
        let noted = format!(
            "{sql}\n;INSERT INTO replaced_files (name, sha256) VALUES ('{name}', decode('{digest}', 'hex'))
             ON CONFLICT (name) DO UPDATE SET sha256 = EXCLUDED.sha256, applied_at = clock_now()",
            digest = certificate::hex(&digest),
        );
        let mut attempt = 1;
        loop {
            match conn.batch_execute(&noted).await {
                Ok(()) => break,
                Err(cause) if attempt == ATTEMPTS => return Err(cause.into()),
                Err(cause) => wait(&mut attempt, &cause).await,
            }
        }
    }
    Ok(())
}

/// Law I9 compares rows and audit records from here on, where they are not those of this very database already.
const NOTE_ORIGIN: &str = "
    INSERT INTO database_origin AS o (system_identifier, audit_table, since)
    SELECT system_identifier, 'audit_records'::regclass::oid::bigint, pg_current_xact_id() FROM pg_control_system()
    ON CONFLICT (only_row) DO UPDATE
      SET system_identifier = EXCLUDED.system_identifier, audit_table = EXCLUDED.audit_table, since = EXCLUDED.since
    WHERE (o.system_identifier, o.audit_table) <> (EXCLUDED.system_identifier, EXCLUDED.audit_table)";

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

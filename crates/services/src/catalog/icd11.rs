//! Loads releases of ICD-11 into the database, whole or not at all. Only the owner of the tables may: the application's
//! role reads them.

use certificate::hex;
use contracts::{catalog::Icd11ReleaseView, error::ErrorCode};
use diesel::{prelude::*, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use icd11::{Completeness, Entity, Release, read_tabulation_as};
use schema::icd11_releases;
use uuid::Uuid;

use crate::platform::{Error, Result, connect, events::AuditAction, sha256};

/// Rows sent in one statement.
const BATCH: usize = 4_000;

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The release.
    pub release: Icd11ReleaseView,
    /// The very same file had been imported before, so nothing was done.
    pub was_there: bool,
    /// Its text is known to be WHO's; else nothing but its structure was checked.
    pub is_known: bool,
}

/// Imports a file of WHO's simple tabulation, unpacked, beside the releases that are there. New codes are chosen from
/// the newest complete release. `complete`: the file holds the whole release, which is checked.
///
/// # Errors
/// `invalid_input` under `file` with the line and the reason; `already_exists` when the release was imported from
/// another file. Nothing is changed then.
pub async fn import(owner_url: &str, bytes: &[u8], complete: bool) -> Result<Imported> {
    let completeness = if complete { Completeness::Whole } else { Completeness::Starter };
    let release = read_tabulation_as(bytes, completeness)
        .map_err(|cause| Error::invalid_field("file", cause.to_string()).caused_by(cause))?;
    let mut conn = connect(owner_url).await?;
    conn.batch_execute("SET client_min_messages = warning; BEGIN").await?;
    // dropping the connection rolls back whatever an error leaves behind
    let was_there = write(&mut conn, &release, sha256(bytes), complete).await?;
    conn.batch_execute("COMMIT").await?;
    if !was_there {
        conn.batch_execute("ANALYZE icd11_entities").await?;
    }
    let id = release.id.to_string();
    let view = releases(&mut conn).await?.into_iter().find(|known| known.id == id);
    let is_known = icd11::is_known(release.id);
    Ok(Imported { release: view.ok_or_else(Error::not_found)?, was_there, is_known })
}

/// Plants the built-in starter set where there is no release at all. Returns whether it did.
pub async fn plant_starter(owner_url: &str) -> Result<bool> {
    let mut conn = connect(owner_url).await?;
    let known: i64 = icd11_releases::table.count().get_result(&mut conn).await?;
    if known > 0 {
        return Ok(false);
    }
    drop(conn);
    import(owner_url, icd11::STARTER, false).await.map(|imported| !imported.was_there)
}

async fn write(
    conn: &mut AsyncPgConnection,
    release: &Release,
    hash: [u8; 32],
    complete: bool,
) -> Result<bool> {
    let id = release.id.to_string();
    // two imports at once wait for each other; the number only has to be the same everywhere
    conn.batch_execute("SELECT pg_advisory_xact_lock(4842435322)").await?;
    let known: Option<(Vec<u8>, bool)> = icd11_releases::table
        .find(&id)
        .select((icd11_releases::source_sha256, icd11_releases::complete))
        .first(conn)
        .await
        .optional()?;
    match known {
        Some((known_hash, _)) if known_hash == hash => return Ok(true),
        // the whole release replaces the starter set of the same release, which is a part of it
        Some((_, false)) if complete => {}
        Some((_, true)) if !complete => return Ok(true),
        Some((known_hash, _)) => {
            let known = format!("{id} was imported from a different text, with SHA-256 {}", hex(&known_hash));
            return Err(Error::new(ErrorCode::AlreadyExists).with_fact("release", known));
        }
        None => {}
    }
    let count = i32::try_from(release.entities.len()).map_err(Error::internal)?;
    diesel::insert_into(icd11_releases::table)
        .values((
            icd11_releases::id.eq(&id),
            icd11_releases::version_stamp.eq(&release.version_stamp),
            icd11_releases::source_sha256.eq(hash.to_vec()),
            icd11_releases::complete.eq(complete),
            icd11_releases::entity_count.eq(count),
        ))
        .on_conflict(icd11_releases::id)
        .do_update()
        .set((
            icd11_releases::version_stamp.eq(&release.version_stamp),
            icd11_releases::source_sha256.eq(hash.to_vec()),
            icd11_releases::complete.eq(complete),
            icd11_releases::entity_count.eq(count),
        ))
        .execute(conn)
        .await?;
    // makes room: the whole release numbers its rows anew
    diesel::sql_query("UPDATE icd11_entities SET ordinal = -1 - ordinal WHERE release_id = $1")
        .bind::<sql_types::Text, _>(&id)
        .execute(conn)
        .await?;
    for batch in release.entities.chunks(BATCH) {
        write_batch(conn, &id, batch).await?;
    }
    conn.batch_execute(CHOOSE_CURRENT).await?;
    audit(conn, &id, count).await?;
    Ok(false)
}

const CHOOSE_CURRENT: &str = "
    UPDATE icd11_releases SET is_current = false WHERE is_current;
    UPDATE icd11_releases SET is_current = true
    WHERE id = (SELECT id FROM icd11_releases ORDER BY complete DESC, id DESC LIMIT 1)";

const INSERT: &str = "
    INSERT INTO icd11_entities (release_id, uri, foundation_uri, code, block_id, title, class_kind, depth, is_residual,
      is_leaf, chapter_no, parent_uri, ordinal)
    SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[],
      $9::boolean[], $10::boolean[], $11::text[], $12::text[], $13::integer[])
    ON CONFLICT (release_id, uri) DO UPDATE SET foundation_uri = EXCLUDED.foundation_uri, code = EXCLUDED.code,
      block_id = EXCLUDED.block_id, title = EXCLUDED.title, class_kind = EXCLUDED.class_kind, depth = EXCLUDED.depth,
      is_residual = EXCLUDED.is_residual, is_leaf = EXCLUDED.is_leaf, chapter_no = EXCLUDED.chapter_no,
      parent_uri = EXCLUDED.parent_uri, ordinal = EXCLUDED.ordinal";

async fn write_batch(conn: &mut AsyncPgConnection, release: &str, batch: &[Entity]) -> Result<()> {
    type Texts = sql_types::Array<sql_types::Text>;
    type MaybeTexts = sql_types::Array<sql_types::Nullable<sql_types::Text>>;
    type Integers = sql_types::Array<sql_types::Integer>;
    type Truths = sql_types::Array<sql_types::Bool>;
    let column = |of: fn(&Entity) -> &str| batch.iter().map(of).collect::<Vec<_>>();
    let maybe = |of: fn(&Entity) -> Option<&str>| batch.iter().map(of).collect::<Vec<_>>();
    let truth = |of: fn(&Entity) -> bool| batch.iter().map(of).collect::<Vec<_>>();
    let mut ordinals = Vec::with_capacity(batch.len());
    for entity in batch {
        ordinals.push(i32::try_from(entity.ordinal).map_err(Error::internal)?);
    }
    diesel::sql_query(INSERT)
        .bind::<sql_types::Text, _>(release)
        .bind::<Texts, _>(column(|entity| entity.uri.as_str()))
        .bind::<MaybeTexts, _>(maybe(|entity| {
            entity.foundation_uri.as_ref().map(icd11::FoundationUri::as_str)
        }))
        .bind::<MaybeTexts, _>(maybe(|entity| entity.code.as_ref().map(icd11::Code::as_str)))
        .bind::<MaybeTexts, _>(maybe(|entity| entity.block_id.as_deref()))
        .bind::<Texts, _>(column(|entity| &entity.title))
        .bind::<Texts, _>(column(|entity| entity.class_kind.as_str()))
        .bind::<Integers, _>(batch.iter().map(|entity| i32::from(entity.depth)).collect::<Vec<_>>())
        .bind::<Truths, _>(truth(|entity| entity.is_residual))
        .bind::<Truths, _>(truth(|entity| entity.is_leaf))
        .bind::<Texts, _>(column(|entity| entity.chapter_no.as_str()))
        .bind::<MaybeTexts, _>(maybe(|entity| {
            entity.parent_uri.as_ref().map(icd11::LinearizationUri::as_str)
        }))
        .bind::<Integers, _>(ordinals)
        .execute(conn)
        .await?;
    Ok(())
}

/// The record of the import, in its own transaction (law I9).
async fn audit(conn: &mut AsyncPgConnection, release: &str, entities: i32) -> Result<()> {
    diesel::sql_query(
        "INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id, details)
         VALUES ($1, 'command', $5, 'icd11_release', $2, $3, jsonb_build_object('entities', $4))",
    )
    .bind::<sql_types::Uuid, _>(Uuid::now_v7())
    .bind::<sql_types::Text, _>(release)
    .bind::<sql_types::Text, _>(Uuid::now_v7().to_string())
    .bind::<sql_types::Integer, _>(entities)
    .bind::<sql_types::Text, _>(AuditAction::Icd11Imported.as_str())
    .execute(conn)
    .await?;
    Ok(())
}

/// All releases, newest first.
pub(super) async fn releases(conn: &mut AsyncPgConnection) -> Result<Vec<Icd11ReleaseView>> {
    let rows: Vec<(String, String, Vec<u8>, bool, i32, bool)> = icd11_releases::table
        .order(icd11_releases::id.desc())
        .select((
            icd11_releases::id,
            icd11_releases::version_stamp,
            icd11_releases::source_sha256,
            icd11_releases::complete,
            icd11_releases::entity_count,
            icd11_releases::is_current,
        ))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, version_stamp, hash, complete, count, is_current)| Icd11ReleaseView {
            id,
            version_stamp,
            sha256: hex(&hash),
            complete,
            entity_count: super::load::unsigned(count),
            is_current,
        })
        .collect())
}

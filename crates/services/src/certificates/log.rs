//! The transparency log (RFC 6962, C2SP tlog-tiles): one sequencer gives waiting entries their place and signs the new head;
//! everybody may read all of it.

use std::sync::Arc;

use contracts::{error::ErrorCode, permission::Permission};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{log_checkpoints, log_entries, log_leaves, log_queue};
use tlog::{
    Checkpoint, EMPTY_ROOT, Hash, HashReader, KeyName, NodeId, Nodes, NoteSigner, NoteVerifier,
    SignatureKind, SignedNote, TILE_WIDTH, Tile, TileKind, append, append_reads, encode_bundle,
    inclusion_proof, inclusion_reads, leaf_hash, root, verify_inclusion,
};
use uuid::Uuid;

use super::pinned;
use crate::platform::{Conn, Error, LogContinuity, OpCtx, Platform, Prepare, Result, Tx, continuity_of};

/// Most entries that get their place in one transaction.
const BATCH: i64 = 4096;

/// Held by the one sequencer; any constant no other lock uses.
pub(super) const SEQUENCER_LOCK: i64 = 0x6863_7473_6c6f_6701;

/// The log's signer. A log keeps the name it was begun under, its first checkpoint's, whatever the site is called later; one that
/// has none yet is named after its address without scheme.
pub(super) async fn signer(conn: &mut Conn, platform: &Platform) -> Result<NoteSigner> {
    let first: Option<String> = log_checkpoints::table
        .order(log_checkpoints::tree_size)
        .select(log_checkpoints::signed_note)
        .first(conn)
        .await
        .optional()?;
    let name = match first.as_deref().and_then(origin_of) {
        Some(name) => name,
        None => platform.settings.log_name().parse().map_err(Error::internal)?,
    };
    Ok(NoteSigner::new(name, platform.keys.log().clone()))
}

/// What a stored checkpoint names itself, unverified: who signs or reads under that name verifies the log first.
fn origin_of(note: &str) -> Option<KeyName> {
    let note: SignedNote = note.parse().ok()?;
    let checkpoint: Checkpoint = note.text().parse().ok()?;
    Some(checkpoint.origin)
}

/// The log's public key.
pub(super) async fn verifier(conn: &mut Conn, platform: &Platform) -> Result<NoteVerifier> {
    signer(conn, platform).await?.verifier(SignatureKind::Ed25519).map_err(Error::internal)
}

/// The last signed head.
pub(super) struct Head {
    pub(super) size: u64,
    pub(super) root: Hash,
}

/// What a turn of the sequencer came to.
enum SequenceOutcome {
    /// Nothing waits, or another sequencer is at work.
    Idle,
    /// Number of entries appended, and the signed checkpoint that covers them.
    Signed(usize, String),
    /// Nothing was signed: the checkpoint beside the key speaks against it.
    Refused(String),
}

fn size_of(stored: i64) -> Result<u64> {
    u64::try_from(stored).map_err(Error::internal)
}

fn stored_size(size: u64) -> Result<i64> {
    i64::try_from(size).map_err(Error::internal)
}

/// Gives waiting entries their place in the log and signs its new head, which is kept beside the key as well. Returns how many
/// entries were taken up; 0 as well when another sequencer is at work.
///
/// # Errors
/// `internal` when the stored log contradicts its own last checkpoint or the one beside the key, or when none is kept there though the
/// log is not empty: then nothing more is signed over it.
pub async fn sequence(ctx: &OpCtx) -> Result<usize> {
    let mut total = 0;
    loop {
        let turn =
            ctx.tx("certificates.sequence", Permission::SystemManage, async |tx| batch(tx).await).await?;
        let taken = match turn {
            SequenceOutcome::Idle => return Ok(total),
            SequenceOutcome::Signed(taken, note) => {
                pinned::keep(ctx, note).await?;
                taken
            }
            SequenceOutcome::Refused(reason) => {
                pinned::alert_admins(ctx, &reason).await?;
                return Err(Error::internal(format!("the log contradicts itself: {reason}")));
            }
        };
        total += taken;
        if i64::try_from(taken).is_ok_and(|taken| taken < BATCH) {
            return Ok(total);
        }
    }
}

async fn batch(tx: &mut Tx) -> Result<SequenceOutcome> {
    if !lock(tx).await? {
        return Ok(SequenceOutcome::Idle);
    }
    let platform = Arc::clone(tx.ctx().platform());
    let signer = signer(tx.conn()?, &platform).await?;
    let head = head(tx.conn()?, &signer).await?;
    let waiting: Vec<(Uuid, Vec<u8>)> = log_queue::table
        .inner_join(log_entries::table.on(log_entries::id.eq(log_queue::log_entry_id)))
        .order(log_entries::entry_no)
        .limit(BATCH)
        .select((log_entries::id, log_entries::entry))
        .load(tx.conn()?)
        .await?;
    let is_begun = head.is_some();
    let before = head.unwrap_or(Head { size: 0, root: EMPTY_ROOT });
    // also while nothing waits: a restored database is to be heard of at once
    if let Some(reason) = pinned::rollback_reason(tx, &signer, &before).await? {
        return Ok(SequenceOutcome::Refused(reason));
    }
    // the very first checkpoint is of the empty tree, so that the log can be followed from its beginning
    if waiting.is_empty() && is_begun {
        return Ok(SequenceOutcome::Idle);
    }
    let note = append_and_sign(tx, &signer, &before, &waiting).await?;
    Ok(SequenceOutcome::Signed(waiting.len(), note))
}

/// Appends the entries and signs the tree that they make.
async fn append_and_sign(
    tx: &mut Tx,
    signer: &NoteSigner,
    before: &Head,
    waiting: &[(Uuid, Vec<u8>)],
) -> Result<String> {
    let mut reader = nodes(tx.conn()?, append_reads(before.size)).await?;
    if root(before.size, &reader).map_err(Error::internal)? != before.root {
        return Err(contradiction("the stored hashes do not make the last signed root"));
    }
    let leaves: Vec<Hash> = waiting.iter().map(|(_, entry)| leaf_hash(entry)).collect();
    let grown = append(before.size, &leaves, &reader).map_err(Error::internal)?;
    reader.extend(grown.iter().copied());
    let size = before.size + u64::try_from(leaves.len()).map_err(Error::internal)?;
    let root = root(size, &reader).map_err(Error::internal)?;
    store_leaves(tx.conn()?, before.size, waiting, &leaves).await?;
    store_hashes(tx.conn()?, &grown).await?;
    let note =
        Checkpoint { origin: signer.name().clone(), size, root }.sign(signer).map_err(Error::internal)?;
    let (note, signed_at) = (note.to_string(), tx.ctx().now());
    diesel::insert_into(log_checkpoints::table)
        .values((
            log_checkpoints::tree_size.eq(stored_size(size)?),
            log_checkpoints::root_hash.eq(root.as_bytes().as_slice()),
            log_checkpoints::signed_note.eq(&note),
            log_checkpoints::signed_at.eq(signed_at),
        ))
        .execute(tx.conn()?)
        .await?;
    Ok(note)
}

fn contradiction(what: &'static str) -> Error {
    tracing::error!(what, "the log is inconsistent; nothing is signed");
    Error::internal(what)
}

async fn lock(tx: &mut Tx) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Locked {
        #[diesel(sql_type = sql_types::Bool)]
        locked: bool,
    }
    let row: Locked = diesel::sql_query("SELECT pg_try_advisory_xact_lock($1) AS locked")
        .bind::<sql_types::BigInt, _>(SEQUENCER_LOCK)
        .prepared()
        .get_result(tx.conn()?)
        .await?;
    Ok(row.locked)
}

/// The last signed head, after it was held against its signature and the leaves.
async fn head(conn: &mut Conn, signer: &NoteSigner) -> Result<Option<Head>> {
    let leaves: Option<i64> =
        log_leaves::table.select(diesel::dsl::max(log_leaves::leaf_index)).first(conn).await?;
    let leaves = size_of(leaves.map_or(0, |last| last + 1))?;
    let Some((_, note)) = latest(conn).await? else {
        return if leaves == 0 { Ok(None) } else { Err(contradiction("leaves without a checkpoint")) };
    };
    let note: SignedNote = note.parse().map_err(Error::internal)?;
    let known = [signer.verifier(SignatureKind::Ed25519).map_err(Error::internal)?];
    let (checkpoint, _) = Checkpoint::open(&note, signer.name(), &known)
        .map_err(|_| contradiction("the last checkpoint is not signed by the log's key"))?;
    if checkpoint.size != leaves {
        return Err(contradiction("the leaves are not those of the last checkpoint"));
    }
    Ok(Some(Head { size: checkpoint.size, root: checkpoint.root }))
}

pub(super) async fn latest(conn: &mut Conn) -> Result<Option<(i64, String)>> {
    Ok(log_checkpoints::table
        .order(log_checkpoints::tree_size.desc())
        .select((log_checkpoints::tree_size, log_checkpoints::signed_note))
        .first(conn)
        .await
        .optional()?)
}

#[derive(QueryableByName)]
pub(super) struct StoredNode {
    #[diesel(sql_type = sql_types::SmallInt)]
    pub(super) level: i16,
    #[diesel(sql_type = sql_types::BigInt)]
    pub(super) position: i64,
    #[diesel(sql_type = sql_types::Binary)]
    pub(super) hash: Vec<u8>,
}

pub(super) async fn nodes(conn: &mut Conn, wanted: Vec<NodeId>) -> Result<Nodes> {
    let positions = wanted.iter().map(|node| stored_size(node.index)).collect::<Result<Vec<_>>>()?;
    let rows: Vec<StoredNode> = diesel::sql_query(
        "SELECT h.level, h.position, h.hash FROM unnest($1, $2) AS w (level, position) JOIN log_hashes h USING (level, position)",
    )
    .bind::<sql_types::Array<sql_types::SmallInt>, _>(
        wanted.iter().map(|node| i16::from(node.level)).collect::<Vec<_>>(),
    )
    .bind::<sql_types::Array<sql_types::BigInt>, _>(positions)
    .prepared()
    .load(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let node = NodeId {
                level: u8::try_from(row.level).map_err(Error::internal)?,
                index: size_of(row.position)?,
            };
            Ok((node, Hash::try_from(row.hash.as_slice()).map_err(Error::internal)?))
        })
        .collect()
}

async fn store_leaves(
    conn: &mut Conn,
    first: u64,
    entries: &[(Uuid, Vec<u8>)],
    leaves: &[Hash],
) -> Result<()> {
    diesel::sql_query(
        "WITH taken AS (DELETE FROM log_queue WHERE log_entry_id = ANY ($2))
         INSERT INTO log_leaves (leaf_index, log_entry_id, leaf_hash)
         SELECT $1 + place - 1, id, hash FROM unnest($2, $3) WITH ORDINALITY AS leaf (id, hash, place)",
    )
    .bind::<sql_types::BigInt, _>(stored_size(first)?)
    .bind::<sql_types::Array<sql_types::Uuid>, _>(entries.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    .bind::<sql_types::Array<sql_types::Binary>, _>(
        leaves.iter().map(|leaf| leaf.as_bytes().as_slice()).collect::<Vec<_>>(),
    )
    .prepared()
    .execute(conn)
    .await?;
    Ok(())
}

async fn store_hashes(conn: &mut Conn, grown: &[(NodeId, Hash)]) -> Result<()> {
    let positions = grown.iter().map(|(node, _)| stored_size(node.index)).collect::<Result<Vec<_>>>()?;
    diesel::sql_query(
        "INSERT INTO log_hashes (level, position, hash) SELECT * FROM unnest($1, $2, $3) AS h (level, position, hash)",
    )
    .bind::<sql_types::Array<sql_types::SmallInt>, _>(
        grown.iter().map(|(node, _)| i16::from(node.level)).collect::<Vec<_>>(),
    )
    .bind::<sql_types::Array<sql_types::BigInt>, _>(positions)
    .bind::<sql_types::Array<sql_types::Binary>, _>(
        grown.iter().map(|(_, hash)| hash.as_bytes().as_slice()).collect::<Vec<_>>(),
    )
    .prepared()
    .execute(conn)
    .await?;
    Ok(())
}

/// The newest signed checkpoint, as a note.
///
/// # Errors
/// `not_found` before the sequencer's first round.
pub async fn log_checkpoint(ctx: &OpCtx) -> Result<String> {
    let found = ctx.public_read(async |conn| latest(conn).await).await?;
    found.map(|(_, note)| note).ok_or_else(Error::not_found)
}

/// The bytes of a tile or entry bundle by its path below the log, such as `tile/0/000.p/17`. Partial tiles of earlier
/// checkpoints are served too: whoever follows an older head needs them. Bytes of a path never change.
///
/// # Errors
/// `not_found` for paths of no tile and tiles beyond the log.
pub async fn log_tile(ctx: &OpCtx, path: &str) -> Result<Vec<u8>> {
    let tile: Tile = path.parse().map_err(|_| Error::not_found())?;
    ctx.public_read(async move |conn| {
        let size = latest(conn).await?.map_or(0, |(size, _)| size);
        if !covers(size_of(size)?, &tile) {
            return Err(Error::not_found());
        }
        match tile.kind() {
            TileKind::Hashes(_) => hash_tile(conn, &tile).await,
            TileKind::Entries => entry_bundle(conn, &tile).await,
        }
    })
    .await
}

fn covers(size: u64, tile: &Tile) -> bool {
    let level = match tile.kind() {
        TileKind::Hashes(level) => u32::from(level),
        TileKind::Entries => 0,
    };
    let available = size.checked_shr(level * 8).unwrap_or(0);
    tile.index()
        .checked_mul(u64::from(TILE_WIDTH))
        .and_then(|first| first.checked_add(u64::from(tile.width())))
        .is_some_and(|end| end <= available)
}

async fn hash_tile(conn: &mut Conn, tile: &Tile) -> Result<Vec<u8>> {
    let wanted = tile.reads();
    let stored = nodes(conn, wanted.clone()).await?;
    let mut bytes = Vec::with_capacity(wanted.len() * 32);
    for node in wanted {
        let hash = stored.hash_of(node).ok_or_else(|| contradiction("a hash of the log is missing"))?;
        bytes.extend(hash.as_bytes());
    }
    Ok(bytes)
}

async fn entry_bundle(conn: &mut Conn, tile: &Tile) -> Result<Vec<u8>> {
    let first = stored_size(tile.index() * u64::from(TILE_WIDTH))?;
    let entries: Vec<Vec<u8>> = log_leaves::table
        .inner_join(log_entries::table.on(log_entries::id.eq(log_leaves::log_entry_id)))
        .filter(log_leaves::leaf_index.ge(first))
        .filter(log_leaves::leaf_index.lt(first + i64::from(tile.width())))
        .order(log_leaves::leaf_index)
        .select(log_entries::entry)
        .load(conn)
        .await?;
    encode_bundle(&entries).map_err(Error::internal)
}

/// A leaf with everything that proves it.
pub(super) struct Proven {
    pub(super) entry: Vec<u8>,
    pub(super) leaf: Hash,
    pub(super) hashes: Vec<Hash>,
    pub(super) checkpoint: String,
}

/// Proves that the leaf at `index` is in the newest tree.
pub(super) async fn prove(conn: &mut Conn, index: i64) -> Result<Proven> {
    let (size, checkpoint) = latest(conn).await?.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    let entry: Vec<u8> = log_leaves::table
        .inner_join(log_entries::table.on(log_entries::id.eq(log_leaves::log_entry_id)))
        .filter(log_leaves::leaf_index.eq(index))
        .select(log_entries::entry)
        .first(conn)
        .await?;
    let (size, index) = (size_of(size)?, size_of(index)?);
    let reader = nodes(conn, inclusion_reads(size, index).map_err(Error::internal)?).await?;
    let hashes = inclusion_proof(size, index, &reader).map_err(Error::internal)?;
    Ok(Proven { leaf: leaf_hash(&entry), entry, hashes, checkpoint })
}

/// What a certificate's page and paper say of the log.
pub(super) struct LogStanding {
    /// What the log is called, where it began.
    pub(super) name: String,
    /// Whether it takes up no entries until an operator has looked.
    pub(super) is_paused: bool,
}

/// The log's name and whether it stands still.
pub(super) async fn standing(conn: &mut Conn, platform: &Platform) -> Result<LogStanding> {
    let newest = latest(conn).await?.map(|(_, note)| note);
    let name = newest.as_deref().and_then(origin_of).map(|name| name.to_string());
    Ok(LogStanding {
        name: name.unwrap_or_else(|| platform.settings.log_name()),
        is_paused: continuity_of(platform, newest.as_deref()) != LogContinuity::Intact,
    })
}

/// Whether the log's newest signed checkpoint has this entry at `index`.
///
/// # Errors
/// Only of the database: what the stored log cannot prove is answered false.
pub(super) async fn includes(conn: &mut Conn, platform: &Platform, index: i64, entry: &[u8]) -> Result<bool> {
    let verifier = verifier(conn, platform).await?;
    let Some((_, note)) = latest(conn).await? else { return Ok(false) };
    let known = std::slice::from_ref(&verifier);
    let opened = note.parse::<SignedNote>().ok();
    let opened = opened.and_then(|note| Checkpoint::open(&note, verifier.name(), known).ok());
    let (Some((head, _)), Ok(index)) = (opened, u64::try_from(index)) else { return Ok(false) };
    let Ok(reads) = inclusion_reads(head.size, index) else { return Ok(false) };
    let reader = nodes(conn, reads).await?;
    let proof = inclusion_proof(head.size, index, &reader);
    let leaf = leaf_hash(entry);
    Ok(proof.is_ok_and(|proof| verify_inclusion(head.size, index, &leaf, &proof, &head.root).is_ok()))
}

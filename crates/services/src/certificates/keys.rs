//! The public keys that certificates are verified with: today's from the key file, earlier ones from the list in the database. The
//! application reads that list; only the owner of the database, at the command line, writes it (law I15).

use base64::{Engine, engine::general_purpose::STANDARD};
use certificate::{KeyId, KeySet, hex};
use chrono::{DateTime, Utc};
use contracts::{
    certificates::{PublishedKey, PublishedKeys},
    permission::Permission,
};
use diesel::{prelude::*, sql_types};
use diesel_async::{AsyncConnection, RunQueryDsl};
use ed25519_dalek::VerifyingKey;
use schema::signing_keys;

use crate::platform::{
    Conn, Elevation, Error, Keys, OpCtx, Platform, Result, Tx, connect,
    events::{Alert, AuditAction},
};

/// A key of the list.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = signing_keys, check_for_backend(diesel::pg::Pg))]
pub struct ListedKey {
    key_id: Vec<u8>,
    public_key: Vec<u8>,
    /// Since when certificates signed with it are trusted.
    pub first_used_at: DateTime<Utc>,
    /// Certificates issued from then on are not trusted; `None` while it is in use.
    pub retired_at: Option<DateTime<Utc>>,
}

impl ListedKey {
    /// The key's id, hexadecimal.
    pub fn id(&self) -> String {
        hex(&self.key_id)
    }

    /// The key; `None` for bytes that are none, or whose id is another one.
    fn key(&self) -> Option<VerifyingKey> {
        let bytes = self.public_key.as_slice().try_into().ok()?;
        VerifyingKey::from_bytes(&bytes).ok().filter(|key| KeyId::of(key).0 == *self.key_id)
    }
}

/// Query of the keys of certificates, the oldest first.
#[diesel::dsl::auto_type]
fn certificate_keys() -> _ {
    signing_keys::table.filter(signing_keys::purpose.eq("certificate")).order(signing_keys::first_used_at)
}

/// The keys to trust. Today's comes from the key file, whatever the database says about it. Rows that are no usable key are left
/// out and answered beside them, by their ids.
pub(super) async fn trusted_keys(conn: &mut Conn, platform: &Platform) -> Result<(KeySet, Vec<String>)> {
    let rows: Vec<ListedKey> = certificate_keys().select(ListedKey::as_select()).load(conn).await?;
    let own = platform.keys.certificate().verifying_key();
    let (mut keys, mut unusable) = (KeySet::default(), Vec::new());
    let own_id = keys.add(own, 0, None).map_err(Error::internal)?;
    for row in rows.iter().filter(|row| row.key_id != own_id.0) {
        let until = row.retired_at.map(|until| until.timestamp());
        let added = row.key().map(|key| keys.add(key, row.first_used_at.timestamp(), until));
        if !matches!(added, Some(Ok(_))) {
            unusable.push(row.id());
        }
    }
    Ok((keys, unusable))
}

/// The keys to trust. Administrators are told, once, of a row that is no usable key.
pub(super) async fn key_set(ctx: &OpCtx) -> Result<KeySet> {
    let platform = ctx.platform();
    let (keys, unusable) = ctx.public_read(async |conn| trusted_keys(conn, platform).await).await?;
    for key in unusable {
        tracing::error!(key, "a registered signing key is not usable and is ignored");
        ctx.elevate(Elevation::RecordSecurityEvent)
            .tx("certificates.key_unusable", Permission::SystemManage, async move |tx| {
                tx.raise_once(Alert::SigningKeyUnusable { key }).await
            })
            .await?;
    }
    Ok(keys)
}

/// The keys as verifiers without network load them.
pub async fn published_keys(ctx: &OpCtx) -> Result<PublishedKeys> {
    let own = ctx.platform().keys.certificate().verifying_key();
    let own_id = KeyId::of(&own);
    let published = |id: String, key: &[u8], from, until| PublishedKey {
        key_id: id,
        algorithm: "Ed25519".to_owned(),
        public_key: STANDARD.encode(key),
        valid_from: from,
        valid_until: until,
    };
    let platform = ctx.platform();
    let (rows, log_key) = ctx
        .public_read(async |conn| {
            let rows: Vec<ListedKey> = certificate_keys().select(ListedKey::as_select()).load(conn).await?;
            Ok((rows, super::log::verifier(conn, platform).await?))
        })
        .await?;
    let mut certificate_keys: Vec<PublishedKey> = rows
        .iter()
        .filter(|row| row.key().is_some_and(|key| !key.is_weak()))
        .map(|row| published(row.id(), &row.public_key, row.first_used_at, row.retired_at))
        .collect();
    if rows.iter().all(|row| row.key_id != own_id.0) {
        certificate_keys.push(published(own_id.to_string(), own.as_bytes(), ctx.now(), None));
    }
    Ok(PublishedKeys {
        issuer: ctx.platform().settings.origin().to_owned(),
        certificate_keys,
        log_key: log_key.to_string(),
        as_of: ctx.now(),
    })
}

/// Whether certificates may be signed with this key now: it is listed and not retired.
async fn is_in_use(conn: &mut Conn, id: KeyId) -> Result<bool> {
    let row = signing_keys::table.find(id.0.to_vec()).filter(signing_keys::retired_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(conn).await?)
}

/// Refuses what was signed with a key that nobody verifies by. To be asked after the certificates are written: their rows refer to the
/// key, so that it cannot be retired any more before the transaction ends.
///
/// # Errors
/// `internal`; the cause names the command.
pub(super) async fn require_listed(tx: &mut Tx, id: KeyId) -> Result<()> {
    if is_in_use(tx.conn()?, id).await? { Ok(()) } else { Err(Error::internal(not_listed(id))) }
}

fn not_listed(id: KeyId) -> String {
    format!(
        "the certificate key {id} is not registered in the database or is retired; `hcts keys list` shows the keys, `hcts keys register` registers this one"
    )
}

/// The id of the key that certificates are signed with, hexadecimal.
pub fn key_id(keys: &Keys) -> String {
    KeyId::of(&keys.certificate().verifying_key()).to_string()
}

/// Why this process may not sign certificates with its key; `None` where it may.
pub async fn key_problem(ctx: &OpCtx) -> Result<Option<String>> {
    let id = KeyId::of(&ctx.platform().keys.certificate().verifying_key());
    let in_use = ctx.public_read(async move |conn| is_in_use(conn, id).await).await?;
    Ok((!in_use).then(|| not_listed(id)))
}

/// Returns all listed keys of certificates, the oldest first. `owner_url` is of the database's owner.
pub async fn certificate_keys_list(owner_url: &str) -> Result<Vec<ListedKey>> {
    let mut conn = connect(owner_url).await?;
    Ok(certificate_keys().select(ListedKey::as_select()).load(&mut conn).await?)
}

/// Lists a key of certificates, as the database's owner; certificates signed with it are trusted from now on. Returns its id, or `None`
/// when it is listed already.
///
/// # Errors
/// `internal` for a key of small order.
pub async fn key_register(owner_url: &str, key: &VerifyingKey) -> Result<Option<String>> {
    if key.is_weak() {
        return Err(Error::internal("not a usable Ed25519 public key"));
    }
    let id = KeyId::of(key);
    let mut conn = connect(owner_url).await?;
    let written = diesel::sql_query(
        "WITH listed AS (
           INSERT INTO signing_keys (key_id, purpose, algorithm, public_key) VALUES ($1, 'certificate', 'Ed25519', $2)
           ON CONFLICT (key_id) DO NOTHING RETURNING key_id)
         INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id)
         SELECT gen_random_uuid(), 'command', $3, 'signing_key', encode(key_id, 'hex'), 'command' FROM listed",
    )
    .bind::<sql_types::Binary, _>(id.0.as_slice())
    .bind::<sql_types::Binary, _>(key.as_bytes().as_slice())
    .bind::<sql_types::Text, _>(AuditAction::SigningKeyListed.as_str())
    .execute(&mut conn)
    .await?;
    Ok((written > 0).then(|| id.to_string()))
}

/// Dates the first use of a listed key back to `since`, as the database's owner, for a market whose invented past is to be signed with
/// it. Does nothing once any certificate was issued: a key that anybody relies on keeps its date.
pub async fn key_date_back(owner_url: &str, key: &VerifyingKey, since: DateTime<Utc>) -> Result<()> {
    let mut conn = connect(owner_url).await?;
    diesel::sql_query(
        "UPDATE signing_keys SET first_used_at = least(first_used_at, $2)
         WHERE key_id = $1 AND NOT EXISTS (SELECT FROM certificates)",
    )
    .bind::<sql_types::Binary, _>(KeyId::of(key).0.as_slice())
    .bind::<sql_types::Timestamptz, _>(since)
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// Retires a listed key, as the database's owner. What it signed and what was logged by now stays good; the number of the log's last
/// entry is kept with the key, so that a certificate dated back with it is found out. Answers false when no such key is in use.
#[expect(clippy::disallowed_methods, reason = "the owner's own connection has no caller")]
pub async fn key_retire(owner_url: &str, id: &str) -> Result<bool> {
    let Some(key_id) = certificate::unhex(id) else { return Ok(false) };
    let mut conn = connect(owner_url).await?;
    let retired = conn
        .transaction(async |conn| {
            // waits for those who issue with the key, as their rows refer to it; whoever comes later finds it retired
            diesel::sql_query("SELECT FROM signing_keys WHERE key_id = $1 FOR UPDATE")
                .bind::<sql_types::Binary, _>(&key_id)
                .execute(conn)
                .await?;
            diesel::sql_query(RETIRE)
                .bind::<sql_types::Binary, _>(&key_id)
                .bind::<sql_types::Text, _>(AuditAction::SigningKeyRetired.as_str())
                .execute(conn)
                .await
        })
        .await?;
    Ok(retired > 0)
}

/// The second that has begun still belongs to the key: certificates count in seconds.
const RETIRE: &str = "WITH retired AS (
    UPDATE signing_keys SET retired_at = date_trunc('second', now()) + interval '1 second',
      last_entry_no = (SELECT coalesce(max(entry_no), 0) FROM log_entries)
    WHERE key_id = $1 AND purpose = 'certificate' AND retired_at IS NULL RETURNING key_id)
  INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id)
  SELECT gen_random_uuid(), 'command', $2, 'signing_key', encode(key_id, 'hex'), 'command' FROM retired";

//! The public keys that certificates are verified with: today's from the key file, earlier ones from the list of keys in use.

use base64::{Engine, engine::general_purpose::STANDARD};
use certificate::{KeyId, KeySet, hex};
use chrono::{DateTime, Utc};
use contracts::certificates::{PublishedKey, PublishedKeys};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use ed25519_dalek::VerifyingKey;
use schema::signing_keys;

use crate::platform::{Error, OpCtx, Result};

type KeyRow = (Vec<u8>, Vec<u8>, DateTime<Utc>, Option<DateTime<Utc>>);

async fn listed(ctx: &OpCtx) -> Result<Vec<KeyRow>> {
    ctx.public_read(async |conn| {
        Ok(signing_keys::table
            .filter(signing_keys::purpose.eq("certificate"))
            .order(signing_keys::first_used_at)
            .select((
                signing_keys::key_id,
                signing_keys::public_key,
                signing_keys::first_used_at,
                signing_keys::retired_at,
            ))
            .load(conn)
            .await?)
    })
    .await
}

/// The keys to trust. Today's comes from the key file, whatever the database says about it.
pub(super) async fn key_set(ctx: &OpCtx) -> Result<KeySet> {
    let own = ctx.platform().keys.certificate().verifying_key();
    let mut keys = KeySet::default();
    let own_id = keys.add(own, 0, None).map_err(Error::internal)?;
    for (key_id, public_key, from, until) in listed(ctx).await? {
        if key_id == own_id.0 {
            continue;
        }
        let bytes: [u8; 32] = public_key.as_slice().try_into().map_err(Error::internal)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(Error::internal)?;
        keys.add(key, from.timestamp(), until.map(|until| until.timestamp())).map_err(Error::internal)?;
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
    let rows = listed(ctx).await?;
    let platform = ctx.platform();
    let log_key = ctx.public_read(async |conn| super::log::verifier(conn, platform).await).await?;
    let mut certificate_keys: Vec<PublishedKey> =
        rows.iter().map(|(id, key, from, until)| published(hex(id), key, *from, *until)).collect();
    if rows.iter().all(|(id, ..)| *id != own_id.0) {
        certificate_keys.push(published(own_id.to_string(), own.as_bytes(), ctx.now(), None));
    }
    Ok(PublishedKeys {
        issuer: super::origin(&ctx.platform().settings).to_owned(),
        certificate_keys,
        log_key: log_key.to_string(),
        as_of: ctx.now(),
    })
}

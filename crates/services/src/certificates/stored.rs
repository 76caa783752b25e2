//! A stored certificate against what was signed and what the log says of it. A row that disagrees with either proves nothing: it may
//! have been altered behind the application, or come back with an older copy of the database.

use std::sync::LazyLock;

use certificate::{KeyId, LogEntry, Payload, ProviderName, PublicCode, ServiceTitle, commitment, unhex};
use chrono::{DateTime, Utc};
use contracts::{
    certificates::{CertificateEventKind, CertificateReason},
    ids::{CertificateId, OrgId},
    permission::Permission,
    states::CertificateStatus,
};
use diesel::{
    prelude::*,
    sql_types::{Binary, Double},
};
use diesel_async::RunQueryDsl;
use moka::future::Cache;
use schema::certificates;
use serde::{Deserialize, Serialize};

use super::{events::code_of, keys, log};
use crate::platform::{
    Conn, Elevation, Error, OpCtx, Platform, Result,
    events::{Alert, CertificateMismatch},
    sha256,
};

diesel::define_sql_function! {
    /// What anybody who holds the code may know.
    fn certificate_public(code: Binary) -> Nullable<Jsonb>;
}

/// Digests of what was found in order in this process, with the key that signed it: to verify costs as much as the rest of a check.
static VERIFIED: LazyLock<Cache<[u8; 32], KeyId>> = LazyLock::new(|| Cache::new(20_000));

/// Where an event of a certificate stands in the log.
#[derive(Deserialize)]
pub(super) struct Leaf {
    pub(super) event: CertificateEventKind,
    pub(super) index: i64,
}

/// The newest signed checkpoint.
#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) size: i64,
    pub(super) signed_at: DateTime<Utc>,
    pub(super) note: String,
}

/// The last event of a certificate, as the log has it.
#[derive(Deserialize, Serialize)]
struct LastEvent {
    event: CertificateEventKind,
    at: DateTime<Utc>,
    /// The log entry, hexadecimal; `None` when the event has none.
    entry: Option<String>,
    /// Its place; `None` while it waits for one.
    index: Option<i64>,
}

/// What the database holds of a certificate.
#[derive(Deserialize)]
pub(super) struct StoredCertificate {
    pub(super) id: CertificateId,
    pub(super) status: CertificateStatus,
    pub(super) title: String,
    pub(super) provider: String,
    seller: OrgId,
    unit: u32,
    pub(super) issued_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) status_reason: Option<String>,
    pub(super) status_reason_code: Option<CertificateReason>,
    /// The signed bytes, hexadecimal.
    payload: String,
    key_retired_at: Option<DateTime<Utc>>,
    /// Whether it was logged before its key was retired.
    logged_in_time: bool,
    pub(super) changed_at: Option<DateTime<Utc>>,
    last: Option<LastEvent>,
    pub(super) leaves: Option<Vec<Leaf>>,
    pub(super) head: Option<Head>,
    pub(super) log_waits_since: Option<DateTime<Utc>>,
}

/// What a person is told.
pub(super) const CONTRADICTED: &str = "The records of this certificate contradict each other, so it cannot be confirmed. Do not accept it for now. The administrators of HCTS have been notified.";

/// Loads the certificate with this code; `None` when there is none.
pub(super) async fn load(conn: &mut Conn, code: PublicCode) -> Result<Option<StoredCertificate>> {
    let bytes = code.as_bytes().to_vec();
    let row: Option<serde_json::Value> = diesel::select(certificate_public(bytes)).get_result(conn).await?;
    Ok(row.map(serde_json::from_value).transpose()?)
}

impl StoredCertificate {
    /// The signed bytes; nothing for what is not hexadecimal, which no signature fits.
    pub(super) fn payload(&self) -> Vec<u8> {
        unhex(&self.payload).unwrap_or_default()
    }

    /// Verifies signature, signed facts, log entry and state. Answers the key that signed, or the first contradiction.
    pub(super) async fn verify(
        &self,
        conn: &mut Conn,
        platform: &Platform,
        code: PublicCode,
    ) -> Result<Result<KeyId, CertificateMismatch>> {
        let digest = self.digest(code)?;
        let key_id = match VERIFIED.get(&digest).await {
            Some(key_id) => key_id,
            None => match self.verify_anew(conn, platform, code).await? {
                Ok(key_id) => {
                    VERIFIED.insert(digest, key_id).await;
                    key_id
                }
                Err(mismatch) => return Ok(Err(mismatch)),
            },
        };
        let leads_here = self.last.as_ref().is_some_and(|last| last.event.leads_to(self.status));
        Ok(leads_here.then_some(key_id).ok_or(CertificateMismatch::State))
    }

    /// Stands for everything that [`Self::verify_anew`] looks at.
    fn digest(&self, code: PublicCode) -> Result<[u8; 32]> {
        let claim = (
            (self.id, code.as_bytes(), &self.payload, &self.title, &self.provider, self.seller, self.unit),
            (self.issued_at, self.expires_at, self.key_retired_at, self.logged_in_time, &self.last),
        );
        Ok(sha256(serde_json::to_vec(&claim)?))
    }

    async fn verify_anew(
        &self,
        conn: &mut Conn,
        platform: &Platform,
        code: PublicCode,
    ) -> Result<Result<KeyId, CertificateMismatch>> {
        let (keys, _) = keys::trusted_keys(conn, platform).await?;
        let bytes = self.payload();
        let Ok(verified) = certificate::verify_bytes(&bytes, &keys) else {
            return Ok(Err(CertificateMismatch::Signature));
        };
        if !self.logged_in_time {
            return Ok(Err(CertificateMismatch::Signature));
        }
        if !self.agrees_with(&verified.payload, code) {
            return Ok(Err(CertificateMismatch::SignedFacts));
        }
        let Some(last) = &self.last else { return Ok(Err(CertificateMismatch::LogEntry)) };
        let expected = LogEntry {
            certificate_id: *self.id.0.as_bytes(),
            event: last.event.as_str(),
            commitment: commitment(&code, &bytes),
            key_id: verified.key_id,
            time: last.at.timestamp(),
        }
        .to_bytes();
        if last.entry.as_deref().and_then(unhex).as_ref() != Some(&expected) {
            return Ok(Err(CertificateMismatch::LogEntry));
        }
        if let Some(index) = last.index
            && !log::includes(conn, platform, index, &expected).await?
        {
            return Ok(Err(CertificateMismatch::LogProof));
        }
        Ok(Ok(verified.key_id))
    }

    /// Whether the row says what was signed.
    fn agrees_with(&self, signed: &Payload, code: PublicCode) -> bool {
        signed.certificate_id == *self.id.0.as_bytes()
            && signed.public_code == code
            && signed.provider_id == *self.seller.0.as_bytes()
            && signed.unit.number() == self.unit
            && signed.issued_at == self.issued_at.timestamp()
            && signed.period.expires_at() == self.expires_at.timestamp()
            && ServiceTitle::fit(&self.title).is_ok_and(|title| title == signed.service_title)
            && ProviderName::fit(&self.provider).is_ok_and(|name| name == signed.provider_name)
    }
}

/// Tells administrators, once, that a stored certificate contradicts itself.
pub(super) async fn report(ctx: &OpCtx, id: CertificateId, mismatch: CertificateMismatch) -> Result<()> {
    tracing::error!(certificate = %id, mismatch = mismatch.as_str(), "a stored certificate is inconsistent");
    ctx.elevate(Elevation::RecordSecurityEvent)
        .tx("certificates.mismatch", Permission::SystemManage, async move |tx| {
            tx.raise_once(Alert::CertificateInconsistent { certificate: id, mismatch }).await
        })
        .await
}

/// What an audit of stored certificates came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredAudit {
    /// How many were verified.
    pub verified: usize,
    /// How many there are.
    pub stored: usize,
    /// Those that contradict themselves: id and what does not fit.
    pub wrong: Vec<(CertificateId, &'static str)>,
}

/// Verifies signature, signed facts, log entry, proof and state of stored certificates: of `most` chosen at random, or of all.
pub async fn stored_audit(ctx: &OpCtx, most: Option<usize>) -> Result<StoredAudit> {
    let most = most.map_or(Ok(i64::MAX), i64::try_from).map_err(Error::internal)?;
    let (stored, chosen): (i64, Vec<(CertificateId, Vec<u8>)>) = ctx
        .read(Permission::SystemManage, async move |tx| {
            let chosen = certificates::table
                .order(diesel::dsl::sql::<Double>("random()"))
                .limit(most)
                .select((certificates::id, certificates::public_code));
            let stored = certificates::table.count().get_result(tx.conn()?).await?;
            Ok((stored, chosen.load(tx.conn()?).await?))
        })
        .await?;
    let stored = usize::try_from(stored).map_err(Error::internal)?;
    let platform = ctx.platform();
    ctx.public_read(async move |conn| {
        let mut audit = StoredAudit { stored, ..StoredAudit::default() };
        for (id, code) in chosen {
            let Ok(code) = code_of(&code) else {
                audit.wrong.push((id, "public_code"));
                continue;
            };
            let Some(found) = load(conn, code).await? else { continue };
            audit.verified += 1;
            if let Err(mismatch) = found.verify(conn, platform, code).await? {
                audit.wrong.push((id, mismatch.as_str()));
            }
        }
        Ok(audit)
    })
    .await
}

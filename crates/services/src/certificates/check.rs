//! The public check. One prepared query answers for a code; the stored certificate's signature is verified once per process and
//! certificate and then remembered by digest, because verifying costs as much as the rest of the answer. A key that is retired
//! changes the digest.

use std::sync::LazyLock;

use certificate::{KeyId, PublicCode, Scan, ServiceTitle, VerifyError};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    certificates::{CertificateEventKind, CheckResult, CheckState, LogPlace, LogProof, SignatureCheck},
    ids::CertificateId,
    permission::Permission,
    states::CertificateStatus,
};
use diesel::sql_types::Binary;
use diesel_async::RunQueryDsl;
use moka::future::Cache;
use serde::Deserialize;

use super::{advice_for_certificate, advice_for_text, keys, log};
use crate::platform::{Error, OpCtx, Result, sha256};

diesel::define_sql_function! {
    /// What anybody who holds the code may know.
    fn certificate_public(code: Binary) -> Nullable<Jsonb>;
}

/// Digests of stored certificates (signed bytes, title, ends of certificate and key) whose signature was verified in this
/// process, with their key.
static VERIFIED: LazyLock<Cache<[u8; 32], KeyId>> = LazyLock::new(|| Cache::new(20_000));

#[derive(Deserialize)]
struct Leaf {
    event: CertificateEventKind,
    index: i64,
}

#[derive(Deserialize)]
struct Head {
    size: i64,
    signed_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Found {
    id: CertificateId,
    status: CertificateStatus,
    title: String,
    provider: String,
    issued_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    status_reason: Option<String>,
    payload: String,
    key_retired_at: Option<DateTime<Utc>>,
    changed_at: Option<DateTime<Utc>>,
    leaves: Option<Vec<Leaf>>,
    head: Option<Head>,
    log_waits_since: Option<DateTime<Utc>>,
}

/// An entry gets its place within seconds; one that has waited so long waits for a person.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(24);

/// Whether a refusal means that somebody made this up, rather than that it is damaged or something else.
pub(super) fn is_forgery(error: &VerifyError) -> bool {
    matches!(error, VerifyError::UnknownKey | VerifyError::KeyOutOfTime(_) | VerifyError::BadSignature)
}

/// Checks a typed code or the text of a QR code. `with_proof` adds the proof that the log holds the latest event.
/// A certificate that is unknown, forged or unreadable is an answer, not an error.
pub async fn certificate_check(ctx: &OpCtx, text: &str, with_proof: bool) -> Result<CheckResult> {
    ctx.require(Permission::CertificatesVerify)?;
    let scan = match certificate::parse_scan(text) {
        Ok(Scan::Code(code)) => return by_code(ctx, code, None, with_proof).await,
        Ok(Scan::Signed(scan)) => scan,
        Err(cause) => return Ok(blank(ctx, CheckState::Unreadable, &advice_for_text(&cause))),
    };
    match scan.verify(&keys::key_set(ctx).await?) {
        Ok((verified, text)) => by_code(ctx, verified.payload.public_code, Some(text), with_proof).await,
        Err(cause) if is_forgery(&cause) => {
            let mut answer = blank(ctx, CheckState::Forged, FORGED);
            answer.signature = SignatureCheck::Wrong;
            Ok(answer)
        }
        Err(cause) => Ok(blank(ctx, CheckState::Unreadable, advice_for_certificate(&cause))),
    }
}

const FORGED: &str =
    "This was not issued by this market: its signature does not hold. Do not accept it, and keep the paper.";
const UNKNOWN: &str =
    "No certificate of this market has this code. Check the code, or scan the QR code instead.";

fn blank(ctx: &OpCtx, state: CheckState, reason: &str) -> CheckResult {
    CheckResult {
        state,
        reason: reason.to_owned(),
        code: None,
        title: None,
        provider: None,
        issued_at: None,
        expires_at: None,
        changed_at: None,
        signature: SignatureCheck::Absent,
        key_id: None,
        log: None,
        log_behind: false,
        proof: None,
        checked_at: ctx.now(),
    }
}

async fn by_code(
    ctx: &OpCtx,
    code: PublicCode,
    scanned: Option<&str>,
    with_proof: bool,
) -> Result<CheckResult> {
    let bytes = code.as_bytes().to_vec();
    let row: Option<serde_json::Value> = ctx
        .public_read(async move |conn| Ok(diesel::select(certificate_public(bytes)).get_result(conn).await?))
        .await?;
    let Some(row) = row else {
        return Ok(blank(ctx, CheckState::Unknown, UNKNOWN));
    };
    let found: Found = serde_json::from_value(row)?;
    let payload =
        super::unhex(&found.payload).ok_or_else(|| Error::internal("payload is not hexadecimal"))?;
    // same code, other content: signed by us once, but not the certificate that stands in the books
    let other = scanned
        .is_some_and(|text| certificate::SignedCertificate::from_bytes(payload.clone()).to_qr_text() != text);
    let Some(key_id) = verified(ctx, &found, &payload).await?.filter(|_| !other) else {
        tracing::error!(certificate = %found.id, "a stored certificate is not what was signed");
        let mut answer = blank(ctx, CheckState::Forged, FORGED);
        answer.signature = SignatureCheck::Wrong;
        return Ok(answer);
    };
    answer(ctx, code, found, key_id, with_proof).await
}

/// The key that signed the stored certificate, if its signature holds and the row says what was signed.
async fn verified(ctx: &OpCtx, found: &Found, payload: &[u8]) -> Result<Option<KeyId>> {
    let mut claim = payload.to_vec();
    claim.extend(found.expires_at.timestamp().to_be_bytes());
    claim.extend(found.id.0.as_bytes());
    claim.extend(found.key_retired_at.map_or(i64::MAX, |end| end.timestamp_micros()).to_be_bytes());
    claim.extend(found.title.as_bytes());
    let digest = sha256(&claim);
    if let Some(key_id) = VERIFIED.get(&digest).await {
        return Ok(Some(key_id));
    }
    let Ok(verified) = certificate::verify_bytes(payload, &keys::key_set(ctx).await?) else {
        return Ok(None);
    };
    let signed = &verified.payload;
    let same = signed.period.expires_at() == found.expires_at.timestamp()
        && signed.certificate_id == *found.id.0.as_bytes()
        && ServiceTitle::fit(&found.title).is_ok_and(|title| title == signed.service_title);
    if same {
        VERIFIED.insert(digest, verified.key_id).await;
    }
    Ok(same.then_some(verified.key_id))
}

async fn answer(
    ctx: &OpCtx,
    code: PublicCode,
    found: Found,
    key_id: KeyId,
    with_proof: bool,
) -> Result<CheckResult> {
    let (state, reason) = verdict(&found, ctx.now());
    let place = found.leaves.as_deref().and_then(|leaves| Some((leaves.first()?, leaves.last()?)));
    let log = place.zip(found.head.as_ref()).map(|((first, last), head)| LogPlace {
        issued_index: first.index,
        latest_event: last.event,
        latest_index: last.index,
        tree_size: head.size,
        as_of: head.signed_at,
    });
    let proof = match &log {
        Some(place) if with_proof => Some(proof(ctx, place.latest_index).await?),
        _ => None,
    };
    Ok(CheckResult {
        state,
        reason,
        code: Some(code.to_string()),
        title: Some(found.title),
        provider: Some(found.provider),
        issued_at: Some(found.issued_at),
        expires_at: Some(found.expires_at),
        changed_at: found.changed_at,
        signature: SignatureCheck::Verified,
        key_id: Some(key_id.to_string()),
        log,
        log_behind: found.log_waits_since.is_some_and(|since| ctx.now() - since > LONGEST_WAIT),
        proof,
        checked_at: ctx.now(),
    })
}

fn verdict(found: &Found, now: DateTime<Utc>) -> (CheckState, String) {
    let why = |sentence: &str| match &found.status_reason {
        Some(reason) => format!("{sentence} Reason given: {reason}"),
        None => sentence.to_owned(),
    };
    match found.status {
        CertificateStatus::Redeemed => {
            (CheckState::Redeemed, "This certificate was used. It cannot be redeemed again.".to_owned())
        }
        CertificateStatus::Revoked => {
            (CheckState::Revoked, why("This certificate was withdrawn and cannot be redeemed."))
        }
        CertificateStatus::Superseded => {
            (CheckState::Revoked, why("This certificate was replaced by a newer one and cannot be redeemed."))
        }
        CertificateStatus::Suspended => {
            (CheckState::Suspended, why("This certificate is on hold and cannot be redeemed for now."))
        }
        CertificateStatus::Expired => (CheckState::Expired, EXPIRED.to_owned()),
        CertificateStatus::Issued | CertificateStatus::Reserved if found.expires_at <= now => {
            (CheckState::Expired, EXPIRED.to_owned())
        }
        CertificateStatus::Issued | CertificateStatus::Reserved => {
            (CheckState::Valid, "This certificate is genuine and may be redeemed once.".to_owned())
        }
    }
}

const EXPIRED: &str = "The time to redeem this certificate is over.";

async fn proof(ctx: &OpCtx, index: i64) -> Result<LogProof> {
    let proven = ctx.public_read(async move |conn| log::prove(conn, index).await).await?;
    Ok(LogProof {
        entry: String::from_utf8(proven.entry).map_err(Error::internal)?,
        leaf_hash: proven.leaf.to_string(),
        hashes: proven.hashes.iter().map(ToString::to_string).collect(),
        checkpoint: proven.checkpoint,
    })
}

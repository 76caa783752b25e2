//! The public check. One prepared query answers for a code; the stored certificate is then held against what was signed and what the
//! log says of it (`stored.rs`).

use certificate::{KeyId, PublicCode, Scan, VerifyError};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    certificates::{CheckResult, CheckState, LogPlace, LogProof, SignatureCheck},
    permission::Permission,
    states::CertificateStatus,
};

use super::{
    advice_for_certificate, advice_for_text,
    events::reason_sentence,
    keys, log,
    stored::{self, StoredCertificate},
};
use crate::platform::{
    Error, LogContinuity, OpCtx, Result, continuity_of, events::CertificateMismatch, log_continuity,
};

/// Maximum time until an entry has its place in the log, usually seconds; one that waits longer needs a person.
const MAX_WAIT: TimeDelta = TimeDelta::hours(24);

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

const FORGED: &str = "This certificate is forged or has been altered: HCTS did not sign it. Do not accept it. Keep the document as evidence.";
const UNKNOWN: &str =
    "There is no HCTS certificate with this code. Check the code, or scan the QR code instead.";

const INCOMPLETE: &str = "HCTS is restoring its records and cannot confirm certificates at the moment. Do not accept this certificate until a later check confirms it.";
const NOT_KEPT: &str = "This certificate was signed by HCTS but is missing from its records. Do not accept it for now, and contact HCTS.";

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
    let platform = ctx.platform();
    let found = ctx
        .public_read(async |conn| {
            let Some(stored) = stored::load(conn, code).await? else {
                return Ok(Err(log_continuity(conn, platform).await?));
            };
            let outcome = stored.verify(conn, platform, code).await?;
            Ok(Ok((stored, outcome)))
        })
        .await?;
    let (stored, outcome) = match found {
        Ok(found) => found,
        Err(LogContinuity::Intact) => return Ok(unknown(ctx, scanned.is_some())),
        Err(_) => return Ok(blank(ctx, CheckState::Unconfirmed, INCOMPLETE)),
    };
    // same code, other content: signed by us once, but not the certificate that stands in the books
    let is_another = scanned.is_some_and(|text| {
        certificate::SignedCertificate::from_bytes(stored.payload()).to_qr_text() != text
    });
    let outcome =
        outcome.and_then(|key| if is_another { Err(CertificateMismatch::SignedFacts) } else { Ok(key) });
    match outcome {
        Ok(key_id) => answer(ctx, code, stored, key_id, with_proof).await,
        Err(mismatch) => {
            stored::report(ctx, stored.id, mismatch).await?;
            answer_contradiction(ctx, code, &stored, mismatch, with_proof).await
        }
    }
}

/// What is told of a code that the records lack; what was scanned is signed by this market.
fn unknown(ctx: &OpCtx, is_signed: bool) -> CheckResult {
    if !is_signed {
        return blank(ctx, CheckState::Unknown, UNKNOWN);
    }
    let mut answer = blank(ctx, CheckState::Unknown, NOT_KEPT);
    answer.signature = SignatureCheck::Verified;
    answer
}

/// Returns the result for a certificate whose records contradict each other: its code and what the log has, and nothing of the row.
async fn answer_contradiction(
    ctx: &OpCtx,
    code: PublicCode,
    stored: &StoredCertificate,
    mismatch: CertificateMismatch,
    with_proof: bool,
) -> Result<CheckResult> {
    if mismatch == CertificateMismatch::Signature {
        let mut answer = blank(ctx, CheckState::Forged, FORGED);
        answer.signature = SignatureCheck::Wrong;
        return Ok(answer);
    }
    let mut answer = blank(ctx, CheckState::Unconfirmed, stored::CONTRADICTED);
    answer.signature = SignatureCheck::Verified;
    answer.code = Some(code.to_string());
    answer.log = place(stored);
    if let Some(place) = answer.log.as_ref().filter(|_| with_proof && mismatch == CertificateMismatch::State)
    {
        answer.proof = Some(proof(ctx, place.latest_index).await?);
    }
    Ok(answer)
}

/// Where the log has the certificate; `None` until the log has taken it up.
fn place(stored: &StoredCertificate) -> Option<LogPlace> {
    let leaves = stored.leaves.as_deref()?;
    let (first, last, head) = (leaves.first()?, leaves.last()?, stored.head.as_ref()?);
    Some(LogPlace {
        issued_index: first.index,
        latest_event: last.event,
        latest_index: last.index,
        tree_size: head.size,
        as_of: head.signed_at,
    })
}

async fn answer(
    ctx: &OpCtx,
    code: PublicCode,
    stored: StoredCertificate,
    key_id: KeyId,
    with_proof: bool,
) -> Result<CheckResult> {
    let (mut state, mut reason) = verdict(&stored, ctx.now());
    let newest = stored.head.as_ref().map(|head| head.note.as_str());
    if state == CheckState::Valid && continuity_of(ctx.platform(), newest) != LogContinuity::Intact {
        // the log may have grown since the certificate was read
        let platform = ctx.platform();
        let now = ctx.public_read(async |conn| log_continuity(conn, platform).await).await?;
        if now != LogContinuity::Intact {
            (state, reason) = (CheckState::Unconfirmed, INCOMPLETE.to_owned());
        }
    }
    let log = place(&stored);
    let proof = match &log {
        Some(place) if with_proof => Some(proof(ctx, place.latest_index).await?),
        _ => None,
    };
    Ok(CheckResult {
        state,
        reason,
        code: Some(code.to_string()),
        title: Some(stored.title),
        provider: Some(stored.provider),
        issued_at: Some(stored.issued_at),
        expires_at: Some(stored.expires_at),
        changed_at: stored.changed_at,
        signature: SignatureCheck::Verified,
        key_id: Some(key_id.to_string()),
        log,
        log_behind: stored.log_waits_since.is_some_and(|since| ctx.now() - since > MAX_WAIT),
        proof,
        checked_at: ctx.now(),
    })
}

fn verdict(stored: &StoredCertificate, now: DateTime<Utc>) -> (CheckState, String) {
    let given = reason_sentence(stored.status_reason_code, stored.status_reason.clone());
    let why = |sentence: &str| match &given {
        Some(reason) => format!("{sentence} Reason: {reason}"),
        None => sentence.to_owned(),
    };
    match stored.status {
        CertificateStatus::Redeemed => (
            CheckState::Redeemed,
            "This certificate has already been used and cannot be redeemed again.".to_owned(),
        ),
        CertificateStatus::Revoked => {
            (CheckState::Revoked, why("This certificate has been revoked and cannot be redeemed."))
        }
        CertificateStatus::Superseded => (
            CheckState::Revoked,
            why("This certificate has been replaced by a newer one and cannot be redeemed."),
        ),
        CertificateStatus::Suspended => {
            (CheckState::Suspended, why("This certificate is on hold and cannot be redeemed at the moment."))
        }
        CertificateStatus::Expired => (CheckState::Expired, EXPIRED.to_owned()),
        CertificateStatus::Issued | CertificateStatus::Reserved if stored.expires_at <= now => {
            (CheckState::Expired, EXPIRED.to_owned())
        }
        CertificateStatus::Issued | CertificateStatus::Reserved => {
            (CheckState::Valid, "This certificate is genuine and can be redeemed once.".to_owned())
        }
    }
}

const EXPIRED: &str = "This certificate has expired and cannot be redeemed.";

async fn proof(ctx: &OpCtx, index: i64) -> Result<LogProof> {
    let proven = ctx.public_read(async move |conn| log::prove(conn, index).await).await?;
    Ok(LogProof {
        entry: String::from_utf8(proven.entry).map_err(Error::internal)?,
        leaf_hash: proven.leaf.to_string(),
        hashes: proven.hashes.iter().map(ToString::to_string).collect(),
        checkpoint: proven.checkpoint,
    })
}

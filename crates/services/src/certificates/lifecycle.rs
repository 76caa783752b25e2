//! What becomes of a certificate: redemption by the provider's staff, expiry, and what an administrator does.

use std::sync::Arc;

use certificate::PublicCode;
use chrono::{DateTime, Utc};
use contracts::{
    certificates::{
        CertificateAction, CertificateChange, CertificateEventKind, CertificateReason, CertificateView,
        RedeemCommand,
    },
    error::ErrorCode,
    ids::{CertificateId, OrgId, UserId},
    permission::Permission,
    states::{CertificateStatus, StateMachine},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::certificates;

use super::{
    events::{ChangeReason, EventDetails, Subject, append_events, reason_sentence},
    queries, read_code, stored,
};
use crate::platform::{
    Error, OpCtx, Prepare, Result, Tx,
    events::{CertificateMismatch, CertificatesEvent},
};

/// Maximum number of certificates that expire in one transaction.
const BATCH: i32 = 1000;

/// A locked certificate, with what a decision needs.
#[derive(Queryable, Selectable)]
#[diesel(table_name = certificates)]
struct LockedCertificate {
    id: CertificateId,
    org_id: OrgId,
    seller_org_id: OrgId,
    public_code: Vec<u8>,
    key_id: Vec<u8>,
    signed_payload: Vec<u8>,
    status: CertificateStatus,
    expires_at: DateTime<Utc>,
    redeemed_at: Option<DateTime<Utc>>,
    redeemed_place: Option<String>,
    status_reason: Option<String>,
    status_reason_code: Option<CertificateReason>,
}

impl LockedCertificate {
    fn subject(&self) -> Subject {
        Subject {
            id: self.id,
            org_id: self.org_id,
            seller_org_id: self.seller_org_id,
            public_code: self.public_code.clone(),
            key_id: self.key_id.clone(),
            signed_payload: self.signed_payload.clone(),
        }
    }

    /// Refuses a certificate that cannot be redeemed.
    ///
    /// # Errors
    /// `already_redeemed` with place and time; `certificate_not_valid` with the state.
    fn require_redeemable(&self, now: DateTime<Utc>) -> Result<()> {
        let refused = |state: &str| {
            let error = Error::new(ErrorCode::CertificateNotValid).with_fact("state", state);
            let reason = reason_sentence(self.status_reason_code, self.status_reason.clone());
            reason.iter().fold(error, |error, reason| error.with_fact("reason", reason))
        };
        match self.status {
            CertificateStatus::Redeemed => {
                let error = Error::new(ErrorCode::AlreadyRedeemed);
                let error = self
                    .redeemed_at
                    .iter()
                    .fold(error, |error, at| error.with_fact("redeemed_at", at.to_rfc3339()));
                Err(self.redeemed_place.iter().fold(error, |error, place| error.with_fact("place", place)))
            }
            CertificateStatus::Issued | CertificateStatus::Reserved if self.expires_at <= now => {
                Err(refused("expired"))
            }
            CertificateStatus::Issued | CertificateStatus::Reserved => Ok(()),
            other => Err(refused(other.as_str())),
        }
    }
}

/// What the tablet shows before the confirm step. The certificate must be for the caller's own organisation.
///
/// # Errors
/// `certificate_unreadable`, `certificate_not_valid` (forged), `not_found` for another provider's.
pub async fn certificate_for_redemption(ctx: &OpCtx, code: &str) -> Result<CertificateView> {
    let code = redeemable_code(ctx, code).await?;
    let seller = ctx.org_id()?;
    ctx.read(Permission::CertificatesRedeem, async move |tx| {
        let id: CertificateId = certificates::table
            .filter(certificates::public_code.eq(code.as_bytes().as_slice()))
            .filter(certificates::seller_org_id.eq(seller))
            .select(certificates::id)
            .first(tx.conn()?)
            .await?;
        queries::view(tx, id).await
    })
    .await
}

/// A scanned or typed text as a public code; a scanned certificate must be signed by us.
async fn redeemable_code(ctx: &OpCtx, text: &str) -> Result<PublicCode> {
    ctx.require(Permission::CertificatesRedeem)?;
    if text.trim().is_empty() {
        return Err(Error::new(ErrorCode::CertificateUnreadable).with_fact("advice", "Enter or scan a code."));
    }
    read_code(ctx, text).await
}

/// Redeems a certificate of the caller's own organisation, once.
///
/// # Errors
/// `records_incomplete` while the database may lack what was signed; `already_redeemed` with the facts `redeemed_at` and `place`;
/// `certificate_not_valid` with `state` and `reason`, the state
/// `unconfirmed` when the certificate's records contradict each other; `not_found` for another provider's.
pub async fn certificate_redeem(ctx: &OpCtx, command: RedeemCommand) -> Result<CertificateView> {
    let command = command.parse().map_err(Error::invalid)?;
    let code = redeemable_code(ctx, &command.code).await?;
    let (seller, user) = (ctx.org_id()?, ctx.user_id()?);
    let place = command.place;
    let outcome = ctx
        .tx("certificates.redeem", Permission::CertificatesRedeem, async move |tx| {
            redeem(tx, code, seller, user, &place).await
        })
        .await?;
    match outcome {
        Ok(view) => Ok(view),
        Err((id, mismatch)) => {
            stored::report(ctx, id, mismatch).await?;
            let error = Error::new(ErrorCode::CertificateNotValid).with_fact("state", "unconfirmed");
            Err(error.with_fact("reason", stored::CONTRADICTED))
        }
    }
}

async fn redeem(
    tx: &mut Tx,
    code: PublicCode,
    seller: OrgId,
    user: UserId,
    place: &str,
) -> Result<Result<CertificateView, (CertificateId, CertificateMismatch)>> {
    let now = tx.ctx().now();
    let row: LockedCertificate = certificates::table
        .filter(certificates::public_code.eq(code.as_bytes().as_slice()))
        .filter(certificates::seller_org_id.eq(seller))
        .for_update()
        .select(LockedCertificate::as_select())
        .first(tx.conn()?)
        .await?;
    row.require_redeemable(now)?;
    tx.require_all_records().await?;
    let platform = Arc::clone(tx.ctx().platform());
    let stored = stored::load(tx.conn()?, code).await?.ok_or_else(Error::not_found)?;
    if let Err(mismatch) = stored.verify(tx.conn()?, &platform, code).await? {
        return Ok(Err((row.id, mismatch)));
    }
    diesel::update(certificates::table.find(row.id))
        .set((
            certificates::status.eq(CertificateStatus::Redeemed),
            certificates::redeemed_at.eq(now),
            certificates::redeemed_by.eq(user),
            certificates::redeemed_place.eq(place),
        ))
        .prepared()
        .execute(tx.conn()?)
        .await?;
    let event = EventDetails { kind: CertificateEventKind::Redeemed, place: Some(place), reason: None };
    append_events(tx, &[row.subject()], event).await?;
    tx.emit(CertificatesEvent::Redeemed { certificate_id: row.id, buyer: row.org_id }).await?;
    queries::view(tx, row.id).await.map(Ok)
}

/// Suspends, resumes or revokes a certificate.
///
/// # Errors
/// `wrong_state` when the state machine has no such move.
pub async fn certificate_change(ctx: &OpCtx, command: CertificateChange) -> Result<CertificateView> {
    let reason = command.parse_reason().map_err(Error::invalid)?;
    ctx.tx("certificates.change", Permission::CertificatesWrite, async move |tx| {
        let row: LockedCertificate = certificates::table
            .find(command.id)
            .for_update()
            .select(LockedCertificate::as_select())
            .first(tx.conn()?)
            .await?;
        let (next, kind) = match command.act {
            CertificateAction::Suspend => (CertificateStatus::Suspended, CertificateEventKind::Suspended),
            CertificateAction::Resume => (CertificateStatus::Issued, CertificateEventKind::Resumed),
            CertificateAction::Revoke => (CertificateStatus::Revoked, CertificateEventKind::Revoked),
        };
        if !row.status.can_transition_to(next) {
            return Err(Error::new(ErrorCode::WrongState).with_fact("state", row.status.as_str()));
        }
        let shown = (next != CertificateStatus::Issued).then_some(reason.as_str());
        diesel::update(certificates::table.find(row.id))
            .set((
                certificates::status.eq(next),
                certificates::status_reason.eq(shown),
                certificates::status_reason_code.eq(None::<CertificateReason>),
            ))
            .execute(tx.conn()?)
            .await?;
        let event = EventDetails { kind, place: None, reason: Some(ChangeReason::Words(&reason)) };
        append_events(tx, &[row.subject()], event).await?;
        let (certificate_id, buyer, seller) = (row.id, row.org_id, row.seller_org_id);
        tx.emit(CertificatesEvent::Changed { certificate_id, event: kind, buyer, seller }).await?;
        queries::view(tx, row.id).await
    })
    .await
}

/// Ends certificates whose time is over. Returns how many.
pub async fn expire_due(ctx: &OpCtx) -> Result<usize> {
    let mut total = 0;
    loop {
        let ended =
            ctx.tx("certificates.expire", Permission::SystemManage, async |tx| expire(tx).await).await?;
        total += ended;
        if i32::try_from(ended).is_ok_and(|ended| ended < BATCH) {
            return Ok(total);
        }
    }
}

async fn expire(tx: &mut Tx) -> Result<usize> {
    let now = tx.ctx().now();
    let ended: Vec<Subject> = diesel::sql_query(
        "UPDATE certificates SET status = 'expired' WHERE id IN (
           SELECT id FROM certificates WHERE status = 'issued' AND expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
         RETURNING id, org_id, seller_org_id, public_code, key_id, signed_payload",
    )
    .bind::<sql_types::Timestamptz, _>(now)
    .bind::<sql_types::Integer, _>(BATCH)
    .prepared()
    .load(tx.conn()?)
    .await?;
    if ended.is_empty() {
        return Ok(0);
    }
    append_events(tx, &ended, EventDetails::plain(CertificateEventKind::Expired)).await?;
    tx.emit(CertificatesEvent::Expired { certificates: ended.len() }).await?;
    Ok(ended.len())
}

//! What becomes of all certificates of a purchase when its price, or a part of it, went back to the buyer.

use contracts::{
    certificates::{CertificateEventKind, CertificateReason},
    ids::PurchaseId,
    states::CertificateStatus,
};
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;

use super::events::{ChangeReason, EventDetails, Subject, append_events};
use crate::platform::{Prepare, Result, Tx, events::CertificatesEvent};

/// Reasons of a hold that ends with the payment's troubles; a hold by a person does not.
const HELD_FOR_PAYMENT: &[CertificateReason] =
    &[CertificateReason::PartlyRefunded, CertificateReason::Disputed];

/// Puts the valid certificates of a purchase on hold. Returns how many.
pub async fn hold_for_purchase(
    tx: &mut Tx,
    purchase_id: PurchaseId,
    reason: CertificateReason,
) -> Result<usize> {
    let from = [CertificateStatus::Issued, CertificateStatus::Reserved];
    let change = Change {
        from: &from,
        held_for: &[],
        to: CertificateStatus::Suspended,
        kind: CertificateEventKind::Suspended,
        reason: ChangeReason::Code(reason),
    };
    change.apply(tx, purchase_id).await
}

/// Makes the certificates valid again that [`hold_for_purchase`] put on hold; a hold for another reason stays. Returns how many.
pub async fn resume_for_purchase(
    tx: &mut Tx,
    purchase_id: PurchaseId,
    reason: ChangeReason<'_>,
) -> Result<usize> {
    let change = Change {
        from: &[CertificateStatus::Suspended],
        held_for: HELD_FOR_PAYMENT,
        to: CertificateStatus::Issued,
        kind: CertificateEventKind::Resumed,
        reason,
    };
    change.apply(tx, purchase_id).await
}

/// Revokes the certificates of a purchase that are valid or on hold. Returns how many were redeemed before, which stay so.
pub async fn revoke_for_purchase(
    tx: &mut Tx,
    purchase_id: PurchaseId,
    reason: ChangeReason<'_>,
) -> Result<i64> {
    let from = [CertificateStatus::Issued, CertificateStatus::Reserved, CertificateStatus::Suspended];
    let change = Change {
        from: &from,
        held_for: &[],
        to: CertificateStatus::Revoked,
        kind: CertificateEventKind::Revoked,
        reason,
    };
    change.apply(tx, purchase_id).await?;
    let redeemed: RedeemedRow = diesel::sql_query(
        "SELECT count(*) AS redeemed FROM certificates c JOIN transaction_lines l ON l.id = c.line_id
         JOIN transactions t ON t.id = l.transaction_id WHERE t.purchase_id = $1 AND c.status = 'redeemed'",
    )
    .bind::<SqlUuid, _>(purchase_id)
    .prepared()
    .get_result(tx.conn()?)
    .await?;
    Ok(redeemed.redeemed)
}

#[derive(QueryableByName)]
struct RedeemedRow {
    #[diesel(sql_type = BigInt)]
    redeemed: i64,
}

struct Change<'a> {
    from: &'a [CertificateStatus],
    /// Only those with one of these reasons of their state; all when it is empty.
    held_for: &'a [CertificateReason],
    to: CertificateStatus,
    kind: CertificateEventKind,
    reason: ChangeReason<'a>,
}

impl Change<'_> {
    /// Locks and changes the certificates in the order of their ids, with their events, log entries and one audit record.
    async fn apply(&self, tx: &mut Tx, purchase_id: PurchaseId) -> Result<usize> {
        let from: Vec<&str> = self.from.iter().map(|status| status.as_str()).collect();
        let shown = (self.to != CertificateStatus::Issued).then_some(self.reason);
        let changed: Vec<Subject> = diesel::sql_query(
            "UPDATE certificates SET status = $4, status_reason = $5, status_reason_code = $6 WHERE id IN (
               SELECT c.id FROM certificates c JOIN transaction_lines l ON l.id = c.line_id JOIN transactions t ON t.id = l.transaction_id
               WHERE t.purchase_id = $1 AND c.status = ANY($2) AND (cardinality($3) = 0 OR c.status_reason_code = ANY($3))
               ORDER BY c.id FOR NO KEY UPDATE OF c)
             RETURNING id, org_id, seller_org_id, public_code, key_id, signed_payload",
        )
        .bind::<SqlUuid, _>(purchase_id)
        .bind::<Array<Text>, _>(from)
        .bind::<Array<Text>, _>(self.held_for)
        .bind::<Text, _>(self.to)
        .bind::<Nullable<Text>, _>(shown.and_then(ChangeReason::words))
        .bind::<Nullable<Text>, _>(shown.and_then(ChangeReason::code))
        .prepared()
        .load(tx.conn()?)
        .await?;
        let Some(first) = changed.as_slice().first() else { return Ok(0) };
        let buyer = first.org_id;
        let event = EventDetails { kind: self.kind, place: None, reason: Some(self.reason) };
        append_events(tx, &changed, event).await?;
        let (event, certificates) = (self.kind, changed.len());
        tx.emit_for(buyer, CertificatesEvent::ChangedWithPayment { purchase_id, event, certificates })
            .await?;
        Ok(changed.len())
    }
}

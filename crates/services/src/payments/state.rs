//! The state of a payment, and its transitions.

use chrono::{DateTime, Utc};
use contracts::{
    ids::{AttemptId, OrgId, PaymentId, PurchaseId},
    money::{Currency, Money},
    payments::PaymentView,
    states::{PaymentStatus, PurchaseStatus, StateMachine},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::payments;

use crate::platform::{Prepare, Result, Tx};

/// A payment with its purchase's state and its latest attempt.
#[derive(Clone, Debug, QueryableByName)]
pub struct PaymentState {
    /// The payment; the provider knows it as our reference.
    #[diesel(sql_type = sql_types::Uuid)]
    pub id: PaymentId,
    /// Who pays.
    #[diesel(sql_type = sql_types::Uuid)]
    pub org_id: OrgId,
    /// What for.
    #[diesel(sql_type = sql_types::Uuid)]
    pub purchase_id: PurchaseId,
    /// Where it stands.
    #[diesel(sql_type = sql_types::Text)]
    pub status: PaymentStatus,
    #[diesel(sql_type = sql_types::Text)]
    pub(super) currency: Currency,
    #[diesel(sql_type = sql_types::BigInt)]
    pub(super) amount_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    pub(super) captured_minor: i64,
    /// What was sent back of what was collected, in minor units.
    #[diesel(sql_type = sql_types::BigInt)]
    pub refunded_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    pub(super) refund_accepted_minor: i64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub(super) failure_code: Option<String>,
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub(super) created_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    pub(super) captured_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = sql_types::Text)]
    pub(super) purchase_number: String,
    /// Where the purchase stands.
    #[diesel(sql_type = sql_types::Text)]
    pub purchase_status: PurchaseStatus,
    /// Unpaid by then, the purchase is given up.
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub expires_at: DateTime<Utc>,
    /// The latest attempt.
    #[diesel(sql_type = sql_types::Uuid)]
    pub attempt_id: AttemptId,
    #[diesel(sql_type = sql_types::Integer)]
    pub(super) attempt_no: i32,
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub(super) attempt_created_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub(super) gateway_session_id: Option<String>,
    /// The provider's id of the latest attempt's payment.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub gateway_payment_id: Option<String>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub(super) hosted_url: Option<String>,
}

impl PaymentState {
    /// What is to be collected.
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }

    /// Whether the money has been collected.
    pub fn is_captured(&self) -> bool {
        self.captured_minor > 0
    }

    /// Whether the outcome may still come.
    pub fn is_open(&self) -> bool {
        matches!(
            self.status,
            PaymentStatus::Created
                | PaymentStatus::Pending
                | PaymentStatus::Authorised
                | PaymentStatus::Unknown
        )
    }

    /// Whether the purchase still waits for its payment.
    pub fn is_awaited(&self) -> bool {
        matches!(self.purchase_status, PurchaseStatus::Open | PurchaseStatus::AwaitingPayment)
    }

    /// Whether a part of the price went back and nobody has decided yet what becomes of the sale.
    pub fn has_open_refund(&self) -> bool {
        self.status == PaymentStatus::PartiallyRefunded
            && self.refunded_minor > self.refund_accepted_minor
            && self.purchase_status == PurchaseStatus::Fulfilled
    }

    /// Whether it may still be paid.
    pub fn is_payable(&self, now: DateTime<Utc>) -> bool {
        self.is_awaited() && !self.is_captured() && now < self.expires_at
    }

    /// As pages and the API see it.
    pub fn view(&self, now: DateTime<Utc>) -> PaymentView {
        let has_page = self.is_payable(now) && self.status == PaymentStatus::Pending;
        PaymentView {
            id: self.id,
            purchase_id: self.purchase_id,
            purchase_status: self.purchase_status,
            status: self.status,
            amount: self.amount(),
            captured: Money::new(self.captured_minor, self.currency),
            refunded: Money::new(self.refunded_minor, self.currency),
            refund_undecided: self.has_open_refund(),
            had_page: self.attempt_no > 1 || self.gateway_session_id.is_some(),
            failure_code: self.failure_code.clone().filter(|_| self.status == PaymentStatus::Failed),
            attempts: self.attempt_no.unsigned_abs(),
            hosted_url: self.hosted_url.clone().filter(|_| has_page),
            created_at: self.created_at,
            captured_at: self.captured_at,
        }
    }
}

/// Returns the states between `from` and `to` along the transition table, at most one; `None` when no path leads there.
fn transition_path(from: PaymentStatus, to: PaymentStatus) -> Option<&'static [PaymentStatus]> {
    const VIA: &[PaymentStatus] = &[PaymentStatus::Pending];
    if from.can_transition_to(to) {
        Some(&[])
    } else if from.can_transition_to(PaymentStatus::Pending) && PaymentStatus::Pending.can_transition_to(to) {
        Some(VIA)
    } else {
        None
    }
}

/// Moves a locked payment to status `to`, through `pending` where the table has no direct transition. Returns false, and changes nothing,
/// when it has that status already or no path leads there. The caller writes the audit record (law I9).
pub async fn payment_transition(
    tx: &mut Tx,
    state: &mut PaymentState,
    to: PaymentStatus,
    failure_code: Option<&str>,
) -> Result<bool> {
    let Some(via) = transition_path(state.status, to).filter(|_| state.status != to) else {
        return Ok(false);
    };
    for step in via {
        diesel::update(payments::table.find(state.id))
            .set(payments::status.eq(step))
            .prepared()
            .execute(tx.conn()?)
            .await?;
    }
    diesel::update(payments::table.find(state.id))
        .set((payments::status.eq(to), payments::failure_code.eq(failure_code)))
        .prepared()
        .execute(tx.conn()?)
        .await?;
    state.status = to;
    state.failure_code = failure_code.map(str::to_owned);
    Ok(true)
}

/// Marks a locked payment as captured, in full; `fee_minor` is the fee of the provider. Returns false, and changes nothing, when no path leads
/// there. The caller writes the audit record (law I9).
pub(crate) async fn mark_captured(tx: &mut Tx, state: &mut PaymentState, fee_minor: i64) -> Result<bool> {
    let Some(via) = transition_path(state.status, PaymentStatus::Captured) else { return Ok(false) };
    for step in via {
        diesel::update(payments::table.find(state.id))
            .set(payments::status.eq(step))
            .prepared()
            .execute(tx.conn()?)
            .await?;
    }
    let now = tx.ctx().now();
    diesel::update(payments::table.find(state.id))
        .set((
            payments::status.eq(PaymentStatus::Captured),
            payments::authorised_minor.eq(state.amount_minor),
            payments::captured_minor.eq(state.amount_minor),
            payments::fee_minor.eq(fee_minor),
            payments::failure_code.eq(None::<String>),
            payments::captured_at.eq(now),
        ))
        .prepared()
        .execute(tx.conn()?)
        .await?;
    state.status = PaymentStatus::Captured;
    state.captured_minor = state.amount_minor;
    state.captured_at = Some(now);
    Ok(true)
}

/// Marks `minor` more of a locked and captured payment as refunded: its status becomes `partially_refunded` or `refunded`.
pub(crate) async fn mark_refunded(tx: &mut Tx, state: &mut PaymentState, minor: i64) -> Result<()> {
    state.refunded_minor += minor;
    state.status = if state.refunded_minor >= state.captured_minor {
        PaymentStatus::Refunded
    } else {
        PaymentStatus::PartiallyRefunded
    };
    diesel::update(payments::table.find(state.id))
        .set((payments::refunded_minor.eq(state.refunded_minor), payments::status.eq(state.status)))
        .prepared()
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

/// Records that a person accepts what was refunded of a locked payment so far: the sale stands.
pub(crate) async fn refund_accept(tx: &mut Tx, state: &mut PaymentState, reason: &str) -> Result<()> {
    state.refund_accepted_minor = state.refunded_minor;
    diesel::update(payments::table.find(state.id))
        .set((
            payments::refund_accepted_minor.eq(state.refund_accepted_minor),
            payments::refund_accepted_reason.eq(reason),
        ))
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capture_finds_its_way_from_every_open_state_and_from_no_closed_one() {
        use PaymentStatus::{Authorised, Captured, Created, Disputed, Failed, Pending, Refunded, Unknown};
        for from in [Created, Pending, Authorised, Unknown, Failed] {
            let via = transition_path(from, Captured).unwrap();
            let mut at = from;
            for step in via.iter().chain([&Captured]) {
                assert!(at.can_transition_to(*step), "{at} to {step}");
                at = *step;
            }
        }
        for from in [Captured, Refunded, Disputed] {
            assert!(
                transition_path(from, Captured).is_none() && transition_path(from, Pending).is_none(),
                "{from}"
            );
        }
    }
}

//! The shell around the machine: loads a locked payment, applies an event, stores what came of it and books the money.

use std::iter;

use contracts::{
    error::ErrorCode,
    states::{PurchaseStatus, StateMachine},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{payments, purchases};

use super::{
    PaymentState, ledger,
    machine::{self, Effect, Misfit, Payment, PaymentNews, SaleEffect},
    queries::{attempt_create, attempt_update, attempts_of},
};
use crate::platform::{Error, Prepare, Result, Tx, events::PaymentsEvent};

/// What an event did to a payment.
#[derive(Debug)]
pub(crate) struct Advance {
    /// Whether it made a fact, or something has to be done.
    pub(crate) is_news: bool,
    /// Whether money was booked out.
    pub(crate) refunds: bool,
    /// What has to be done about the sale, in this order.
    pub(crate) sale: Vec<SaleEffect>,
}

impl From<Misfit> for Error {
    fn from(misfit: Misfit) -> Self {
        match misfit {
            Misfit::State => Self::new(ErrorCode::WrongState),
            Misfit::Amount | Misfit::Attempt => Self::internal(misfit),
        }
    }
}

/// Applies an event to a payment that the caller has locked, stores how it stands afterwards, books what has to be booked and writes the audit
/// record. What has to be done about the sale is left to the caller. An event that does not fit changes nothing.
pub(crate) async fn payment_advance(
    tx: &mut Tx,
    state: &mut PaymentState,
    event: PaymentNews,
) -> Result<std::result::Result<Advance, Misfit>> {
    let before = state.load_machine(tx).await?;
    let (after, effects) = match machine::apply(&before, event.clone(), tx.ctx().now()) {
        Ok(next) => next,
        Err(misfit) => return Ok(Err(misfit)),
    };
    store_attempts(tx, state, &before, &after).await?;
    store_payment(tx, state, &before, &after, fee_of(&effects)).await?;
    let fact = fact_of(state, &event, &before, &after);
    let is_news = fact.is_some() || !effects.is_empty();
    if let Some(fact) = fact {
        tx.emit_for(state.org_id, fact).await?;
    }
    let mut advance = Advance { is_news, refunds: false, sale: Vec::new() };
    for effect in effects {
        match effect {
            Effect::Await => await_payment(tx, state).await?,
            Effect::Capture { fee_minor } => book_capture(tx, state, fee_minor).await?,
            Effect::Refund { minor } => {
                advance.refunds = true;
                book_refund(tx, state, minor).await?;
            }
            Effect::Sale(effect) => advance.sale.push(effect),
        }
    }
    Ok(Ok(advance))
}

impl PaymentState {
    /// Loads what the machine decides on.
    async fn load_machine(&self, tx: &mut Tx) -> Result<Payment> {
        Ok(Payment {
            amount_minor: self.amount_minor,
            status: self.status,
            failure_code: self.failure_code.clone(),
            attempts: attempts_of(tx, self.id).await?,
            is_captured: self.is_captured(),
            refunded_minor: self.refunded_minor,
            accepted_minor: self.refund_accepted_minor,
            sale: self.purchase_status.into(),
            expires_at: self.expires_at,
        })
    }
}

fn fee_of(effects: &[Effect]) -> Option<i64> {
    effects.iter().find_map(|effect| match effect {
        Effect::Capture { fee_minor } => Some(*fee_minor),
        _ => None,
    })
}

async fn store_attempts(
    tx: &mut Tx,
    state: &mut PaymentState,
    before: &Payment,
    after: &Payment,
) -> Result<()> {
    let known = before.attempts.iter().map(Some).chain(iter::repeat(None));
    for (attempt, known) in after.attempts.iter().zip(known) {
        match known {
            Some(known) if known == attempt => {}
            Some(_) => attempt_update(tx, attempt).await?,
            None => attempt_create(tx, state, attempt.id).await?,
        }
    }
    Ok(())
}

/// Stores status and figures. A status that no single transition leads to is reached by the shortest way, and each step is recorded.
async fn store_payment(
    tx: &mut Tx,
    state: &mut PaymentState,
    before: &Payment,
    after: &Payment,
    fee_minor: Option<i64>,
) -> Result<()> {
    let unchanged = Payment { attempts: after.attempts.clone(), sale: after.sale, ..before.clone() };
    if unchanged == *after {
        return Ok(());
    }
    let way = before.status.path_to(after.status).ok_or_else(|| {
        Error::internal(format!("payment {} cannot go from {} to {}", state.id, before.status, after.status))
    })?;
    for step in way.iter().rev().skip(1).rev() {
        diesel::update(payments::table.find(state.id))
            .set(payments::status.eq(step))
            .prepared()
            .execute(tx.conn()?)
            .await?;
    }
    let now = tx.ctx().now();
    let captured_minor = if after.is_captured { after.amount_minor } else { 0 };
    diesel::sql_query(
        "UPDATE payments SET status = $2, failure_code = $3, authorised_minor = greatest(authorised_minor, $4), captured_minor = $4,
           captured_at = CASE WHEN $4 > 0 THEN coalesce(captured_at, $5) END, fee_minor = coalesce($6, fee_minor), refunded_minor = $7,
           refund_accepted_minor = $8 WHERE id = $1",
    )
    .bind::<sql_types::Uuid, _>(state.id)
    .bind::<sql_types::Text, _>(after.status)
    .bind::<sql_types::Nullable<sql_types::Text>, _>(&after.failure_code)
    .bind::<sql_types::BigInt, _>(captured_minor)
    .bind::<sql_types::Timestamptz, _>(now)
    .bind::<sql_types::Nullable<sql_types::BigInt>, _>(fee_minor)
    .bind::<sql_types::BigInt, _>(after.refunded_minor)
    .bind::<sql_types::BigInt, _>(after.accepted_minor)
    .prepared()
    .execute(tx.conn()?)
    .await?;
    (state.status, state.failure_code) = (after.status, after.failure_code.clone());
    if after.is_captured && !before.is_captured {
        state.captured_at = Some(now);
    }
    state.captured_minor = captured_minor;
    (state.refunded_minor, state.refund_accepted_minor) = (after.refunded_minor, after.accepted_minor);
    Ok(())
}

/// Returns the fact that an event made; `None` when it was no news, or is told by its bookings or by the caller.
fn fact_of(
    state: &PaymentState,
    event: &PaymentNews,
    before: &Payment,
    after: &Payment,
) -> Option<PaymentsEvent> {
    let (payment_id, purchase, attempt) = (state.id, state.purchase_id, state.attempt_no);
    let is_moved = after.status != before.status;
    let is_booked = (before.is_captured, before.refunded_minor) != (after.is_captured, after.refunded_minor);
    match event {
        PaymentNews::PageOpened { .. } => Some(PaymentsEvent::PageOpened { payment_id, purchase, attempt }),
        PaymentNews::PageRefused { code, .. } => {
            Some(PaymentsEvent::PageRefused { payment_id, purchase, code })
        }
        PaymentNews::PageClosed { code, .. } if is_moved => {
            Some(PaymentsEvent::PageClosed { payment_id, purchase, code: code.clone() })
        }
        PaymentNews::Unanswered if is_moved => Some(PaymentsEvent::OutcomeUnknown { payment_id, purchase }),
        PaymentNews::Retried { .. } if is_moved => {
            Some(PaymentsEvent::AttemptStarted { payment_id, purchase, attempt })
        }
        PaymentNews::Reported { .. } if is_moved && !is_booked => {
            let (status, code) = (after.status, after.failure_code.clone());
            Some(PaymentsEvent::StatusChanged { payment_id, purchase, status, code })
        }
        PaymentNews::PageClosed { .. }
        | PaymentNews::Unanswered
        | PaymentNews::Retried { .. }
        | PaymentNews::Reported { .. }
        | PaymentNews::SaleKept
        | PaymentNews::SaleTakenBack => None,
    }
}

/// An open purchase waits for its payment from the moment a page exists.
async fn await_payment(tx: &mut Tx, state: &mut PaymentState) -> Result<()> {
    diesel::update(purchases::table.find(state.purchase_id))
        .set(purchases::status.eq(PurchaseStatus::AwaitingPayment))
        .prepared()
        .execute(tx.conn()?)
        .await?;
    state.purchase_status = PurchaseStatus::AwaitingPayment;
    Ok(())
}

async fn book_capture(tx: &mut Tx, state: &PaymentState, fee_minor: i64) -> Result<()> {
    ledger::post_capture(tx, state, fee_minor).await?;
    let (payment_id, purchase, amount) = (state.id, state.purchase_id, state.amount());
    tx.emit_for(state.org_id, PaymentsEvent::Captured { payment_id, purchase, amount, fee_minor }).await
}

async fn book_refund(tx: &mut Tx, state: &PaymentState, minor: i64) -> Result<()> {
    ledger::post_refund(tx, state, minor).await?;
    let (payment_id, purchase) = (state.id, state.purchase_id);
    tx.emit_for(state.org_id, PaymentsEvent::Refunded { payment_id, purchase, refunded_minor: minor }).await
}

//! Computes the next state of a payment and the effects of one event, without database, clock and provider; begin with [`apply`].
//! [`super::advance`] loads a payment, applies an event and stores what came of it, with its effects, in one transaction.
//!
//! Reports of money are merged: the figures of a provider only grow, and a dispute only goes on, so the furthest that was reported of an
//! attempt is the truth. Status, bookings and sale follow from it, in whatever order and however often money is reported. Other reports count
//! as they come, until money is captured.

mod money;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use contracts::{
    ids::AttemptId,
    payments::{AttemptOutcome, DisputeStatus},
    states::{PaymentStatus, PurchaseStatus},
};

use crate::platform::GatewayPaymentStatus;

/// A payment, as far as events decide about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Payment {
    /// What is to be collected, in minor units.
    pub(super) amount_minor: i64,
    pub(super) status: PaymentStatus,
    /// Why it failed, in the provider's code; `None` unless it did.
    pub(super) failure_code: Option<String>,
    /// Every try to collect it, the latest last; there is at least one.
    pub(super) attempts: Vec<Attempt>,
    /// Whether the money is booked in.
    pub(super) is_captured: bool,
    /// What is booked out again, in minor units.
    pub(super) refunded_minor: i64,
    /// The part of the refunded amount that a person accepted, in minor units: the sale stands nevertheless.
    pub(super) accepted_minor: i64,
    pub(super) sale: Sale,
    /// No attempt begins from then on.
    pub(super) expires_at: DateTime<Utc>,
}

/// One try to collect a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attempt {
    pub(super) id: AttemptId,
    /// The provider's id of its payment; `None` until it is known.
    pub(super) gateway_payment_id: Option<String>,
    pub(super) outcome: AttemptOutcome,
    pub(super) failure_code: Option<String>,
    pub(super) heard: Heard,
}

impl Attempt {
    /// An attempt of which nothing was heard.
    pub(super) fn start(id: AttemptId) -> Self {
        let outcome = AttemptOutcome::Started;
        Self { id, gateway_payment_id: None, outcome, failure_code: None, heard: Heard::default() }
    }
}

/// The furthest that was heard of an attempt's money. A provider collects all or nothing, so `captured_minor` is zero or the amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) captured_minor: i64,
    pub(super) refunded_minor: i64,
    pub(super) dispute: Option<DisputeStatus>,
}

/// State of the purchase that the payment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sale {
    /// No payment page exists yet.
    Placed,
    /// It waits for its payment.
    Awaited,
    /// It is paid and its certificates are issued.
    Made,
    /// It was cancelled or has expired.
    Closed,
}

impl From<PurchaseStatus> for Sale {
    fn from(status: PurchaseStatus) -> Self {
        match status {
            PurchaseStatus::Open => Self::Placed,
            PurchaseStatus::AwaitingPayment => Self::Awaited,
            PurchaseStatus::Paid | PurchaseStatus::Fulfilled => Self::Made,
            PurchaseStatus::Cancelled | PurchaseStatus::Expired => Self::Closed,
        }
    }
}

/// News of a payment, as the machine takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PaymentNews {
    /// The provider opened the page of an attempt.
    PageOpened { attempt: AttemptId, gateway_payment_id: String },
    /// The provider refused to open the page of an attempt.
    PageRefused { attempt: AttemptId, code: &'static str },
    /// The pages are closed and nothing was paid on them; `attempt` was the latest when they were.
    PageClosed { attempt: AttemptId, code: String },
    /// The provider did not answer.
    Unanswered,
    /// The buyer tries again after `failed`, whose page is closed.
    Retried { failed: AttemptId, next: AttemptId },
    /// The provider told how the payment of an attempt stands.
    Reported { attempt: AttemptId, report: Report },
    /// A person decided that the sale stands although a part of its price went back.
    SaleKept,
    /// A person decided to take the sale back after a part of its price went back.
    SaleTakenBack,
}

/// What the provider tells of an attempt's payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) gateway_payment_id: String,
    pub(crate) status: GatewayPaymentStatus,
    /// What was asked for.
    pub(crate) amount_minor: i64,
    pub(crate) captured_minor: i64,
    pub(crate) refunded_minor: i64,
    pub(crate) fee_minor: i64,
    pub(crate) dispute: Option<DisputeStatus>,
    pub(crate) failure_code: Option<String>,
}

/// Work that follows from news; effects are carried out in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// The purchase waits for its payment from now on.
    Await,
    /// Book the money in; `fee_minor` is what the provider keeps of it.
    Capture { fee_minor: i64 },
    /// Book this amount out, in minor units.
    Refund { minor: i64 },
    /// Do something about the sale.
    Sale(SaleEffect),
}

/// Work on the sale, which settlement carries out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SaleEffect {
    /// Mark the purchase as paid and issue its certificates.
    Make,
    /// Put the certificates on hold: it is not certain that the price stays.
    Hold,
    /// Make those certificates valid again.
    Release,
    /// Revoke the certificates that nobody redeemed and, if none was redeemed, take the sale back.
    TakeBack,
    /// End the purchase that waits; its units go back on sale.
    Close,
    /// Tell the platform that money came for a purchase that had ended.
    Owe,
    /// Tell the platform that more money is with the provider than is booked.
    TellExcess,
    /// Tell the platform that money came and went while another attempt is open.
    TellReturned,
}

/// Why an event does not fit its payment. Nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misfit {
    /// Another amount than was asked for, or figures that cannot be.
    #[error("the amounts do not fit")]
    Amount,
    /// No such attempt.
    #[error("there is no such attempt")]
    Attempt,
    /// Nothing can be paid, or nothing is to be decided, as the payment stands.
    #[error("the payment's state does not allow it")]
    State,
}

/// Applies an event to a payment: how it stands afterwards, and what has to be done. An event that is no news leaves everything as it was.
pub(super) fn apply(
    payment: &Payment,
    event: PaymentNews,
    now: DateTime<Utc>,
) -> Result<(Payment, Vec<Effect>), Misfit> {
    let mut next = Transition { payment: payment.clone(), effects: Vec::new() };
    match event {
        PaymentNews::PageOpened { attempt, gateway_payment_id } => {
            next.open_page(attempt, gateway_payment_id)?;
        }
        PaymentNews::PageRefused { attempt, code } => next.refuse_page(attempt, code)?,
        PaymentNews::PageClosed { attempt, code } => next.close_page(attempt, code),
        PaymentNews::Unanswered => next.mark_unknown(),
        PaymentNews::Retried { failed, next: id } => next.start_retry(failed, id, now)?,
        PaymentNews::Reported { attempt, report } => next.merge_report(attempt, report)?,
        PaymentNews::SaleKept => next.keep_sale()?,
        PaymentNews::SaleTakenBack => next.take_sale_back()?,
    }
    Ok((next.payment, next.effects))
}

impl Payment {
    /// The latest attempt.
    fn latest(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    fn is_latest(&self, id: AttemptId) -> bool {
        self.latest().is_some_and(|attempt| attempt.id == id)
    }

    /// Whether the purchase still waits for its payment.
    const fn is_awaited(&self) -> bool {
        matches!(self.sale, Sale::Placed | Sale::Awaited)
    }

    /// Whether it may still be paid.
    pub(super) fn is_payable(&self, now: DateTime<Utc>) -> bool {
        self.is_awaited() && !self.is_captured && now < self.expires_at
    }
}

/// A payment on its way to its next state.
struct Transition {
    payment: Payment,
    effects: Vec<Effect>,
}

impl Transition {
    fn attempt(&mut self, id: AttemptId) -> Result<&mut Attempt, Misfit> {
        self.payment.attempts.iter_mut().find(|attempt| attempt.id == id).ok_or(Misfit::Attempt)
    }

    fn latest(&mut self) -> Result<&mut Attempt, Misfit> {
        self.payment.attempts.last_mut().ok_or(Misfit::Attempt)
    }

    /// Gives a payment of which no money has come another status.
    fn set_status(&mut self, status: PaymentStatus, failure_code: Option<String>) {
        (self.payment.status, self.payment.failure_code) = (status, failure_code);
    }

    fn end_attempt(&mut self, outcome: AttemptOutcome, code: Option<String>) -> Result<(), Misfit> {
        let latest = self.latest()?;
        (latest.outcome, latest.failure_code) = (outcome, code);
        Ok(())
    }

    fn await_payment(&mut self) {
        if self.payment.sale == Sale::Placed {
            self.payment.sale = Sale::Awaited;
            self.effects.push(Effect::Await);
        }
    }

    fn open_page(&mut self, id: AttemptId, gateway_payment_id: String) -> Result<(), Misfit> {
        let attempt = self.attempt(id)?;
        attempt.gateway_payment_id = Some(gateway_payment_id);
        if matches!(attempt.outcome, AttemptOutcome::Started | AttemptOutcome::Unknown) {
            attempt.outcome = AttemptOutcome::Redirected;
        }
        let waits = matches!(self.payment.status, PaymentStatus::Created | PaymentStatus::Unknown);
        if waits && self.payment.is_latest(id) {
            self.set_status(PaymentStatus::Pending, None);
        }
        self.await_payment();
        Ok(())
    }

    fn refuse_page(&mut self, id: AttemptId, code: &'static str) -> Result<(), Misfit> {
        let attempt = self.attempt(id)?;
        if attempt.outcome != AttemptOutcome::Captured {
            (attempt.outcome, attempt.failure_code) = (AttemptOutcome::Failed, Some(code.to_owned()));
        }
        if self.payment.is_latest(id) && self.payment.status.is_open() {
            self.set_status(PaymentStatus::Failed, Some(code.to_owned()));
        }
        Ok(())
    }

    fn close_page(&mut self, id: AttemptId, code: String) {
        if self.payment.is_latest(id)
            && self.payment.status.is_open()
            && self.end_attempt(AttemptOutcome::Expired, Some(code.clone())).is_ok()
        {
            self.set_status(PaymentStatus::Failed, Some(code));
        }
    }

    fn mark_unknown(&mut self) {
        let asked = matches!(self.payment.status, PaymentStatus::Created | PaymentStatus::Pending);
        if asked && self.end_attempt(AttemptOutcome::Unknown, None).is_ok() {
            self.set_status(PaymentStatus::Unknown, None);
        }
    }

    fn start_retry(&mut self, failed: AttemptId, id: AttemptId, now: DateTime<Utc>) -> Result<(), Misfit> {
        if !self.payment.is_payable(now) {
            return Err(Misfit::State);
        }
        if self.payment.status == PaymentStatus::Failed && self.payment.is_latest(failed) {
            self.payment.attempts.push(Attempt::start(id));
            self.set_status(PaymentStatus::Pending, None);
        }
        Ok(())
    }

    fn merge_report(&mut self, id: AttemptId, report: Report) -> Result<(), Misfit> {
        use GatewayPaymentStatus::{Authorised, Captured, Failed, Open, Processing};

        if report.amount_minor != self.payment.amount_minor {
            return Err(Misfit::Amount);
        }
        let is_latest = self.payment.is_latest(id);
        let attempt = self.attempt(id)?;
        attempt.gateway_payment_id.get_or_insert_with(|| report.gateway_payment_id.clone());
        // what an earlier attempt came to says nothing about the present one
        let is_over = self.payment.is_captured || !is_latest || !self.payment.is_awaited();
        match (report.status, self.payment.status) {
            (Captured, _) => self.merge_money(id, &report),
            _ if is_over => Ok(()),
            (Open | Processing, PaymentStatus::Created | PaymentStatus::Unknown) => {
                self.set_open_status(PaymentStatus::Pending, AttemptOutcome::Redirected, None)
            }
            (Open | Processing, _)
            | (Authorised, PaymentStatus::Authorised)
            | (Failed, PaymentStatus::Failed) => Ok(()),
            (Authorised, _) => {
                self.set_open_status(PaymentStatus::Authorised, AttemptOutcome::Redirected, None)
            }
            (Failed, _) => {
                self.set_open_status(PaymentStatus::Failed, AttemptOutcome::Failed, report.failure_code)
            }
        }
    }

    fn set_open_status(
        &mut self,
        to: PaymentStatus,
        outcome: AttemptOutcome,
        code: Option<String>,
    ) -> Result<(), Misfit> {
        self.end_attempt(outcome, code.clone())?;
        self.set_status(to, code);
        self.await_payment();
        Ok(())
    }
}

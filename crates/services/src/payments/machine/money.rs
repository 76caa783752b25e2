//! What follows from the money that was heard of: bookings, status and sale.

use contracts::{
    ids::AttemptId,
    payments::{AttemptOutcome, DisputeStatus},
    states::PaymentStatus,
};

use super::{Effect, Heard, Misfit, Payment, Report, Sale, SaleEffect, Transition};

impl Heard {
    /// Joins a report with what was heard before: the figures only grow, and a dispute only goes on.
    fn join(self, report: &Report) -> Self {
        Self {
            captured_minor: self.captured_minor.max(report.captured_minor),
            refunded_minor: self.refunded_minor.max(report.refunded_minor),
            dispute: self.dispute.max(report.dispute),
        }
    }

    /// What went back, in minor units: a lost dispute takes all of it.
    fn returned_minor(self) -> i64 {
        if self.dispute == Some(DisputeStatus::Lost) { self.captured_minor } else { self.refunded_minor }
    }
}

impl Payment {
    /// What is with the provider for this payment, over all attempts, in minor units.
    fn kept_minor(&self) -> i64 {
        self.attempts
            .iter()
            .map(|attempt| attempt.heard.captured_minor - attempt.heard.returned_minor())
            .sum()
    }

    /// What stays with the provider even if every open dispute is lost, in minor units.
    fn secure_minor(&self) -> i64 {
        let is_secure = |heard: &Heard| heard.dispute != Some(DisputeStatus::Open);
        let kept = |heard: Heard| heard.captured_minor - heard.returned_minor();
        self.attempts.iter().map(|attempt| attempt.heard).filter(is_secure).map(kept).sum()
    }

    /// Whether the price may be lost by a dispute.
    fn is_disputed(&self) -> bool {
        self.has_dispute(DisputeStatus::Open) && self.secure_minor() < self.booked_minor()
    }

    fn has_dispute(&self, dispute: DisputeStatus) -> bool {
        self.attempts.iter().any(|attempt| attempt.heard.dispute == Some(dispute))
    }

    /// Whether all that was collected is booked out again.
    const fn is_returned(&self) -> bool {
        self.is_captured && self.refunded_minor >= self.amount_minor
    }

    /// What is booked as kept, in minor units.
    const fn booked_minor(&self) -> i64 {
        if self.is_captured { self.amount_minor - self.refunded_minor } else { 0 }
    }

    /// Whether a part of the price went back and nobody has decided yet what becomes of the sale.
    fn has_open_refund(&self) -> bool {
        self.sale == Sale::Made && !self.is_returned() && self.refunded_minor > self.accepted_minor
    }

    /// Whether the certificates have to wait: it is not certain that the price stays.
    fn is_held(&self) -> bool {
        self.has_open_refund() || self.sale == Sale::Made && self.is_disputed()
    }

    /// The status of a payment whose money came: it follows from what was heard alone.
    fn settled_status(&self) -> PaymentStatus {
        if self.is_returned() && self.has_dispute(DisputeStatus::Lost) {
            PaymentStatus::Lost
        } else if self.is_returned() {
            PaymentStatus::Refunded
        } else if self.is_disputed() {
            PaymentStatus::Disputed
        } else if self.refunded_minor > 0 {
            PaymentStatus::PartiallyRefunded
        } else if self.has_dispute(DisputeStatus::Won) {
            PaymentStatus::Won
        } else {
            PaymentStatus::Captured
        }
    }
}

impl Transition {
    pub(super) fn merge_money(&mut self, id: AttemptId, report: &Report) -> Result<(), Misfit> {
        let amount = self.payment.amount_minor;
        let fits = report.captured_minor == amount
            && (0..=amount).contains(&report.refunded_minor)
            && (0..=amount).contains(&report.fee_minor);
        if !fits {
            return Err(Misfit::Amount);
        }
        let was_held = self.payment.is_held();
        let excess = self.payment.kept_minor() - self.payment.booked_minor();
        let attempt = self.attempt(id)?;
        attempt.heard = attempt.heard.join(report);
        let is_gone = self.payment.kept_minor() <= 0;
        if !self.payment.is_captured && is_gone && !self.payment.is_latest(id) {
            // the present attempt may still be paid
            self.push_sale_effect(SaleEffect::TellReturned);
            return Ok(());
        }
        let captures = self.capture(id, report.fee_minor)?;
        let refunds = self.refund();
        self.settle_sale(captures, refunds);
        self.hold_or_release(was_held, refunds);
        if self.payment.kept_minor() - self.payment.booked_minor() > excess.max(0) {
            self.push_sale_effect(SaleEffect::TellExcess);
        }
        Ok(())
    }

    fn push_sale_effect(&mut self, effect: SaleEffect) {
        self.effects.push(Effect::Sale(effect));
    }

    /// Books the money in that came with attempt `id`, unless that of another attempt is booked.
    fn capture(&mut self, id: AttemptId, fee_minor: i64) -> Result<bool, Misfit> {
        if self.payment.is_captured {
            return Ok(false);
        }
        let attempt = self.attempt(id)?;
        (attempt.outcome, attempt.failure_code) = (AttemptOutcome::Captured, None);
        self.payment.is_captured = true;
        self.set_status(PaymentStatus::Captured, None);
        self.await_payment();
        self.effects.push(Effect::Capture { fee_minor });
        Ok(true)
    }

    /// Books out what is gone. Money that a second attempt brought goes back first: as long as the price is with the provider, nothing is
    /// booked out.
    fn refund(&mut self) -> bool {
        let amount = self.payment.amount_minor;
        let gone = (amount - self.payment.kept_minor()).clamp(0, amount);
        let minor = gone - self.payment.refunded_minor;
        if minor > 0 {
            self.payment.refunded_minor = gone;
            self.effects.push(Effect::Refund { minor });
        }
        self.payment.status = self.payment.settled_status();
        minor > 0
    }

    fn settle_sale(&mut self, captures: bool, refunds: bool) {
        match (self.payment.sale, self.payment.is_returned()) {
            (Sale::Placed | Sale::Awaited, true) => self.end_sale(SaleEffect::Close),
            (Sale::Placed | Sale::Awaited, false) => {
                self.payment.sale = Sale::Made;
                self.push_sale_effect(SaleEffect::Make);
            }
            (Sale::Made, true) if refunds => self.end_sale(SaleEffect::TakeBack),
            (Sale::Closed, false) if captures => self.push_sale_effect(SaleEffect::Owe),
            (Sale::Made | Sale::Closed, _) => {}
        }
    }

    fn end_sale(&mut self, effect: SaleEffect) {
        self.payment.sale = Sale::Closed;
        self.push_sale_effect(effect);
    }

    fn hold_or_release(&mut self, was_held: bool, refunds: bool) {
        match (was_held, self.payment.is_held()) {
            (false, true) => self.push_sale_effect(SaleEffect::Hold),
            // certificates that somebody made valid by hand in between wait again
            (true, true) if refunds => self.push_sale_effect(SaleEffect::Hold),
            (true, false) if self.payment.sale == Sale::Made => self.push_sale_effect(SaleEffect::Release),
            _ => {}
        }
    }

    pub(super) fn keep_sale(&mut self) -> Result<(), Misfit> {
        self.accept_refund()?;
        if !self.payment.is_held() {
            self.push_sale_effect(SaleEffect::Release);
        }
        Ok(())
    }

    pub(super) fn take_sale_back(&mut self) -> Result<(), Misfit> {
        self.accept_refund()?;
        self.end_sale(SaleEffect::TakeBack);
        Ok(())
    }

    fn accept_refund(&mut self) -> Result<(), Misfit> {
        if !self.payment.has_open_refund() {
            return Err(Misfit::State);
        }
        self.payment.accepted_minor = self.payment.refunded_minor;
        Ok(())
    }
}

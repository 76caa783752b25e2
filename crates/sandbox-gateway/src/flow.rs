//! The steps of a payment: creation, payment by card, challenge, outcome, refund and cancellation.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::cards::{Behaviour, FailureCode, TestCard};
use crate::config::{Config, Delivery};
use crate::error::ApiError;
use crate::model::{CardSummary, Payment, PaymentStatus, Refund, Session, SessionStatus};
use crate::money;
use crate::state::{Outage, State, new_id};

/// A validated request for a checkout session.
#[derive(Debug, Clone)]
pub(crate) struct NewSession {
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) reference: String,
    pub(crate) description: String,
    pub(crate) success_url: String,
    pub(crate) cancel_url: String,
    pub(crate) expires_in_seconds: i64,
    pub(crate) metadata: BTreeMap<String, String>,
}

/// Next step for the payer's browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// The outcome is known: return to the merchant.
    Return,
    /// Show the bank's challenge.
    Challenge,
    /// Show that the bank has not answered.
    Unknown,
    /// Show that the provider has failed.
    Down,
}

impl State {
    /// Creates a session with its payment; returns the session's ID.
    pub(crate) fn create(&mut self, new: NewSession, now: DateTime<Utc>) -> String {
        let (id, payment_id) = (new_id("cs"), new_id("pay"));
        let expires_at = now + TimeDelta::seconds(new.expires_in_seconds);
        let payment = Payment {
            id: payment_id.clone(),
            session_id: id.clone(),
            amount: new.amount,
            currency: new.currency,
            reference: new.reference,
            status: PaymentStatus::RequiresPayment,
            failure_code: None,
            captured_amount: 0,
            refunded_amount: 0,
            fee_amount: 0,
            card: None,
            refunds: Vec::new(),
            metadata: new.metadata,
            created_at: now,
            updated_at: now,
            livemode: false,
            delivery: None,
        };
        let session = Session {
            id: id.clone(),
            payment_id: payment_id.clone(),
            status: SessionStatus::Open,
            description: new.description,
            success_url: new.success_url,
            cancel_url: new.cancel_url,
            expires_at,
            created_at: now,
            updated_at: now,
            challenge: false,
        };
        self.by_reference.entry(payment.reference.clone()).or_default().push(payment_id.clone());
        self.open.insert((expires_at, id.clone()));
        self.payments.insert(payment_id, payment);
        self.sessions.insert(id.clone(), session);
        id
    }

    /// Pays with a card.
    pub(crate) fn pay(
        &mut self,
        session_id: &str,
        card: &TestCard,
        delivery: Option<Delivery>,
        config: &Config,
        now: DateTime<Utc>,
    ) -> Result<Step, ApiError> {
        let payment_id = self.payable(session_id)?;
        let payment = self.payment_mut(&payment_id)?;
        payment.card = Some(CardSummary { brand: card.brand.into(), last4: card.last4().into() });
        payment.delivery = delivery;
        match card.behaviour {
            Behaviour::Authenticate => {
                if let Some(session) = self.sessions.get_mut(session_id) {
                    session.challenge = true;
                }
                Ok(Step::Challenge)
            }
            Behaviour::NeverAnswers => {
                payment.advance(PaymentStatus::Processing, now)?;
                Ok(Step::Unknown)
            }
            Behaviour::Approve => self.charge(&payment_id, None, now),
            Behaviour::Decline(code) => self.charge(&payment_id, Some(code), now),
            Behaviour::DownCharged => self.charge_in_outage(&payment_id, None, config, now),
            Behaviour::DownNotCharged => {
                self.charge_in_outage(&payment_id, Some(FailureCode::ProviderUnavailable), config, now)
            }
        }
    }

    /// Answers the bank's challenge: `passed` captures the payment, otherwise it fails.
    pub(crate) fn answer_challenge(
        &mut self,
        session_id: &str,
        passed: bool,
        now: DateTime<Utc>,
    ) -> Result<Step, ApiError> {
        if !self.session(session_id)?.challenge {
            return Err(ApiError::conflict("no_challenge", "The bank has not asked for confirmation."));
        }
        let payment_id = self.payable(session_id)?;
        self.charge(&payment_id, (!passed).then_some(FailureCode::AuthenticationFailed), now)
    }

    /// Cancels the payment on behalf of the payer.
    pub(crate) fn cancel(&mut self, session_id: &str, now: DateTime<Utc>) -> Result<Step, ApiError> {
        let payment_id = self.payable(session_id)?;
        self.payment_mut(&payment_id)?.advance(PaymentStatus::Cancelled, now)?;
        self.close(session_id, SessionStatus::Cancelled, now);
        let event = self.record_payment("payment.cancelled", &payment_id, now);
        self.enqueue(&[event], self.delivery_of(&payment_id), now);
        Ok(Step::Return)
    }

    /// Sets the outcome of a payment that the bank has not answered: captured, or failed with `failure`.
    pub(crate) fn resolve(
        &mut self,
        payment_id: &str,
        failure: Option<FailureCode>,
        delivery: Option<Delivery>,
        now: DateTime<Utc>,
    ) -> Result<(), ApiError> {
        let payment = self.payment_mut(payment_id)?;
        if payment.status != PaymentStatus::Processing {
            return Err(ApiError::conflict("wrong_state", "Only a payment that is processing can hang."));
        }
        if delivery.is_some() {
            payment.delivery = delivery;
        }
        let event = self.decide(payment_id, failure, now)?;
        self.enqueue(&[event], self.delivery_of(payment_id), now);
        Ok(())
    }

    /// Refunds an amount, in minor units.
    pub(crate) fn refund(
        &mut self,
        payment_id: &str,
        amount: i64,
        now: DateTime<Utc>,
    ) -> Result<Refund, ApiError> {
        let payment = self.payment_mut(payment_id)?;
        let left = payment.captured_amount - payment.refunded_amount;
        if !matches!(payment.status, PaymentStatus::Captured | PaymentStatus::PartiallyRefunded) {
            let message = "Only a captured payment can be refunded.";
            return Err(ApiError::conflict("payment_not_refundable", message));
        }
        if amount > left {
            return Err(ApiError::field("amount", format!("must not be more than the {left} left")));
        }
        let next = if amount == left { PaymentStatus::Refunded } else { PaymentStatus::PartiallyRefunded };
        payment.advance(next, now)?;
        payment.refunded_amount += amount;
        let refund = Refund { id: new_id("re"), amount, created_at: now };
        payment.refunds.push(refund.clone());
        let event = self.record_payment("payment.refunded", payment_id, now);
        self.enqueue(&[event], self.delivery_of(payment_id), now);
        Ok(refund)
    }

    /// Returns the payment of an open session that is waiting for payment; otherwise 409.
    fn payable(&self, session_id: &str) -> Result<String, ApiError> {
        let session = self.session(session_id)?;
        let payment = self.payment(&session.payment_id)?;
        if session.status != SessionStatus::Open || payment.status != PaymentStatus::RequiresPayment {
            return Err(ApiError::conflict("session_not_open", "The session is no longer open."));
        }
        Ok(payment.id.clone())
    }

    fn charge(
        &mut self,
        payment_id: &str,
        failure: Option<FailureCode>,
        now: DateTime<Utc>,
    ) -> Result<Step, ApiError> {
        let events = self.process(payment_id, failure, now)?;
        self.enqueue(&events, self.delivery_of(payment_id), now);
        Ok(Step::Return)
    }

    fn charge_in_outage(
        &mut self,
        payment_id: &str,
        failure: Option<FailureCode>,
        config: &Config,
        now: DateTime<Utc>,
    ) -> Result<Step, ApiError> {
        let held = self.process(payment_id, failure, now)?;
        let limit = TimeDelta::from_std(config.outage_limit).unwrap_or(TimeDelta::MAX);
        let until = now.checked_add_signed(limit).unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.outages.insert(payment_id.to_owned(), Outage { queries: config.outage_queries, until, held });
        Ok(Step::Down)
    }

    fn process(
        &mut self,
        payment_id: &str,
        failure: Option<FailureCode>,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, ApiError> {
        self.payment_mut(payment_id)?.advance(PaymentStatus::Processing, now)?;
        let processing = self.record_payment("payment.processing", payment_id, now);
        let decided = self.decide(payment_id, failure, now)?;
        Ok(vec![processing, decided])
    }

    fn decide(
        &mut self,
        payment_id: &str,
        failure: Option<FailureCode>,
        now: DateTime<Utc>,
    ) -> Result<String, ApiError> {
        let payment = self.payment_mut(payment_id)?;
        let kind = if let Some(code) = failure {
            payment.advance(PaymentStatus::Failed, now)?;
            payment.failure_code = Some(code);
            "payment.failed"
        } else {
            payment.advance(PaymentStatus::Authorised, now)?;
            payment.advance(PaymentStatus::Captured, now)?;
            payment.captured_amount = payment.amount;
            payment.fee_amount = money::fee(payment.amount);
            "payment.captured"
        };
        let session_id = payment.session_id.clone();
        self.close(&session_id, SessionStatus::Complete, now);
        Ok(self.record_payment(kind, payment_id, now))
    }
}

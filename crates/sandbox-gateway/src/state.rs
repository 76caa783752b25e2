//! The state of the provider with look-ups and recorded events. No clock and no network: the caller passes the time in, and
//! deliveries are only queued.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::config::Delivery;
use crate::error::ApiError;
use crate::idempotency::{Answered, KEPT};
use crate::model::{Event, Payment, PaymentStatus, Queued, Session, SessionStatus};

/// Retention time of events; events in the queue are kept longer.
const EVENTS_KEPT: TimeDelta = TimeDelta::days(7);

/// An outage for one payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outage {
    /// Number of further status queries to answer with 503.
    pub(crate) queries: u32,
    /// End of the outage, even without these queries.
    pub(crate) until: DateTime<Utc>,
    /// IDs of the events to send after the outage.
    pub(crate) held: Vec<String>,
}

/// The complete state, as the snapshot file contains it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) payments: BTreeMap<String, Payment>,
    pub(crate) by_reference: BTreeMap<String, Vec<String>>,
    pub(crate) open: BTreeSet<(DateTime<Utc>, String)>,
    pub(crate) outages: BTreeMap<String, Outage>,
    pub(crate) events: BTreeMap<String, Event>,
    /// IDs of events, oldest first.
    pub(crate) history: Vec<String>,
    pub(crate) queue: Vec<Queued>,
    pub(crate) answers: BTreeMap<String, Answered>,
    pub(crate) paused: bool,
    pub(crate) delivery: Delivery,
    pub(crate) clock_offset_seconds: i64,
    /// True when the whole API answers 503.
    pub(crate) down: bool,
}

/// Returns an unguessable ID with 122 random bits.
pub(crate) fn new_id(prefix: &str) -> String {
    format!("{prefix}_{}", Uuid::new_v4().simple())
}

impl State {
    pub(crate) fn session(&self, id: &str) -> Result<&Session, ApiError> {
        self.sessions.get(id).ok_or_else(|| ApiError::not_found("checkout session"))
    }

    pub(crate) fn payment(&self, id: &str) -> Result<&Payment, ApiError> {
        self.payments.get(id).ok_or_else(|| ApiError::not_found("payment"))
    }

    pub(crate) fn payment_mut(&mut self, id: &str) -> Result<&mut Payment, ApiError> {
        self.payments.get_mut(id).ok_or_else(|| ApiError::not_found("payment"))
    }

    /// Closes a session permanently.
    pub(crate) fn close(&mut self, id: &str, status: SessionStatus, now: DateTime<Utc>) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.status = status;
            session.challenge = false;
            session.updated_at = now;
            self.open.remove(&(session.expires_at, id.to_owned()));
        }
    }

    /// Expires sessions and ends outages that are due; true when anything changed.
    pub(crate) fn settle(&mut self, now: DateTime<Utc>) -> bool {
        let mut moved = false;
        while let Some((due, id)) = self.open.first().cloned() {
            if due > now {
                break;
            }
            self.open.pop_first();
            moved = true;
            if let Err(error) = self.expire(&id, now) {
                tracing::warn!(session = %id, code = error.code, "session could not expire");
            }
        }
        let over: Vec<String> = self
            .outages
            .iter()
            .filter(|(_, outage)| outage.queries == 0 || outage.until <= now)
            .map(|(id, _)| id.clone())
            .collect();
        for id in over {
            if let Some(outage) = self.outages.remove(&id) {
                self.enqueue(&outage.held, self.delivery_of(&id), now);
                moved = true;
            }
        }
        moved
    }

    /// Expires an open session and its payment, and records the event.
    pub(crate) fn expire(&mut self, id: &str, now: DateTime<Utc>) -> Result<(), ApiError> {
        let session = self.session(id)?;
        if session.status != SessionStatus::Open {
            return Err(ApiError::conflict("session_not_open", "The session is no longer open."));
        }
        let payment_id = session.payment_id.clone();
        self.payment_mut(&payment_id)?.advance(PaymentStatus::Expired, now)?;
        self.close(id, SessionStatus::Expired, now);
        let payment = self.payment(&payment_id)?;
        let mut data = self.session(id)?.view(payment, "");
        if let Value::Object(map) = &mut data {
            map.remove("url"); // the page is closed
        }
        let event = self.record("session.expired", &payment_id, data, now);
        self.enqueue(&[event], self.delivery_of(&payment_id), now);
        Ok(())
    }

    /// Counts a status query during an outage; the error is 503.
    pub(crate) fn ask(&mut self, payment_id: &str) -> Result<(), ApiError> {
        match self.outages.get_mut(payment_id) {
            Some(outage) if outage.queries > 0 => {
                outage.queries -= 1;
                Err(ApiError::unavailable())
            }
            _ => Ok(()),
        }
    }

    /// Returns the mode of delivery of a payment's events.
    pub(crate) fn delivery_of(&self, payment_id: &str) -> Delivery {
        self.payments.get(payment_id).and_then(|payment| payment.delivery).unwrap_or(self.delivery)
    }

    /// Records an event of a payment; returns the event's ID.
    pub(crate) fn record_payment(&mut self, kind: &str, payment_id: &str, now: DateTime<Utc>) -> String {
        let data = self.payments.get(payment_id).map(Payment::view).unwrap_or_default();
        self.record(kind, payment_id, data, now)
    }

    fn record(&mut self, kind: &str, payment_id: &str, data: Value, now: DateTime<Utc>) -> String {
        let id = new_id("evt");
        let event = Event {
            id: id.clone(),
            kind: kind.to_owned(),
            timestamp: now,
            payment_id: payment_id.to_owned(),
            data,
            attempts: Vec::new(),
        };
        self.events.insert(id.clone(), event);
        self.history.push(id.clone());
        id
    }

    /// Queues events that happened together.
    pub(crate) fn enqueue(&mut self, events: &[String], delivery: Delivery, now: DateTime<Utc>) {
        let late = |seconds: u32| now + TimeDelta::seconds(i64::from(seconds));
        let mut push = |event_id: &String, due| {
            self.queue.push(Queued { event_id: event_id.clone(), due, attempt: 1 });
        };
        match delivery {
            Delivery::Now => events.iter().for_each(|id| push(id, now)),
            Delivery::Late { seconds } => events.iter().for_each(|id| push(id, late(seconds))),
            Delivery::Twice => {
                for id in events {
                    push(id, now);
                    push(id, now);
                }
            }
            Delivery::OutOfOrder => events.iter().rev().for_each(|id| push(id, now)),
            Delivery::Never => {}
        }
    }

    /// Removes expired answers and old events.
    pub(crate) fn prune(&mut self, now: DateTime<Utc>) {
        self.answers.retain(|_, answered| answered.at + KEPT > now);
        let waiting: BTreeSet<&String> = self.queue.iter().map(|queued| &queued.event_id).collect();
        self.events.retain(|id, event| event.timestamp + EVENTS_KEPT > now || waiting.contains(id));
        self.history.retain(|id| self.events.contains_key(id));
    }
}

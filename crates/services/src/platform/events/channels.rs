//! Who is told of an event, and how long what was stored of it is of use.

use chrono::TimeDelta;

use super::{Alert, AuditAction, Entity, Letter};

/// What follows from one event. It always holds an audit record (law I9): there is no value for "nobody is told".
#[derive(Clone, Debug, PartialEq)]
pub struct Channels {
    /// Action of the audit record.
    pub(super) action: AuditAction,
    /// What the audit record is about.
    pub(super) entity: Entity,
    /// How long the record is of use.
    pub(super) retention: Retention,
    /// Messages of the outbox, one per addressee.
    pub(super) letters: Vec<Letter>,
    /// The security event, where administrators should see it.
    pub(super) alert: Option<Alert>,
}

impl Channels {
    /// Returns the channels of an event that leaves an audit record; its details are the fields of the event.
    pub const fn record(action: AuditAction, entity: Entity, retention: Retention) -> Self {
        Self { action, entity, retention, letters: Vec::new(), alert: None }
    }

    /// Adds letters, which leave when the transaction has committed.
    #[must_use]
    pub fn and_letters(mut self, letters: impl IntoIterator<Item = Letter>) -> Self {
        self.letters.extend(letters);
        self
    }

    /// Adds a security event.
    #[must_use]
    pub fn and_alert(mut self, alert: Alert) -> Self {
        self.alert = Some(alert);
        self
    }

    /// Returns how long the record is of use.
    pub const fn retention(&self) -> Retention {
        self.retention
    }
}

/// How long what is stored of an event is of use. Nothing deletes by it yet: all records are kept. It says what a deletion may take once
/// there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// Ten years: orders, money and certificates, what was on offer, and who was entitled to act for whom. These are business records, and
    /// ten years is what the strictest commercial law of the market asks of books (HGB § 257); the other kinds here explain those records.
    Business,
    /// One year: sign-ins, sessions, exports and what else shows who had access to what. An intrusion is found after months, and longer than
    /// a year would be a profile of people (GDPR Art. 5 (1) (e)).
    Access,
    /// 90 days: carts, views and unfinished edits. They lead to business records or to nothing, and answer questions of users about last month.
    Draft,
    /// 90 days: purges and other work of the platform on its own data. They help to find a fault of the platform.
    Operation,
}

impl Retention {
    /// Returns the period, counted from the record.
    pub const fn period(self) -> TimeDelta {
        match self {
            Self::Business => TimeDelta::days(3_653),
            Self::Access => TimeDelta::days(365),
            Self::Draft | Self::Operation => TimeDelta::days(90),
        }
    }
}

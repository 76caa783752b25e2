//! The state of a payment.

use chrono::{DateTime, Utc};
use contracts::{
    ids::{AttemptId, OrgId, PaymentId, PurchaseId},
    money::{Currency, Money},
    payments::PaymentView,
    states::{PaymentStatus, PurchaseStatus},
};
use diesel::{QueryableByName, sql_types};

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
    /// Name of the provider the latest attempt is at.
    #[diesel(sql_type = sql_types::Text)]
    pub gateway: String,
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
        self.status.is_open()
    }

    /// Whether the purchase still waits for its payment.
    pub fn is_awaited(&self) -> bool {
        matches!(self.purchase_status, PurchaseStatus::Open | PurchaseStatus::AwaitingPayment)
    }

    /// Whether a part of the price went back and nobody has decided yet what becomes of the sale.
    pub fn has_open_refund(&self) -> bool {
        (1..self.captured_minor).contains(&self.refunded_minor)
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

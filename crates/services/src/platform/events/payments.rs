//! What happens to payments.

use contracts::{
    ids::{PaymentId, PurchaseId},
    money::Money,
    orders::RefundAction,
    states::PaymentStatus,
};
use serde::Serialize;

use super::{AuditAction, Channels, DomainEvent, Entity, Retention};

/// A fact about payments.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum PaymentsEvent {
    /// Another attempt at collecting began.
    AttemptStarted {
        /// The payment.
        #[serde(skip)]
        payment_id: PaymentId,
        /// Its purchase.
        purchase: PurchaseId,
        /// The number of the attempt, from 1.
        attempt: i32,
    },
    /// The provider opened a payment page.
    PageOpened {
        /// The payment.
        #[serde(skip)]
        payment_id: PaymentId,
        /// Its purchase.
        purchase: PurchaseId,
        /// The number of the attempt, from 1.
        attempt: i32,
    },
    /// The provider refused to open a payment page.
    PageRefused {
        /// The payment.
        #[serde(skip)]
        payment_id: PaymentId,
        /// Its purchase.
        purchase: PurchaseId,
        /// The failure.
        code: &'static str,
    },
    /// A payment page was closed: nobody pays on it any more.
    PageClosed {
        /// The payment.
        #[serde(skip)]
        payment_id: PaymentId,
        /// Its purchase.
        purchase: PurchaseId,
        /// The failure it counts as.
        code: String,
    },
    /// The provider does not answer.
    OutcomeUnknown {
        /// The payment.
        #[serde(skip)]
        payment_id: PaymentId,
        /// Its purchase.
        purchase: PurchaseId,
    },
    /// A payment changed its status without a movement of money.
    StatusChanged {
        /// The payment.
        #[serde(skip)]
        payment_id: PaymentId,
        /// Its purchase.
        purchase: PurchaseId,
        /// Status since.
        status: PaymentStatus,
        /// Why it failed, in the provider's code. `None`: it did not.
        code: Option<String>,
    },
    /// The money came.
    Captured {
        /// The payment.
        #[serde(skip)]
        payment_id: PaymentId,
        /// Its purchase.
        purchase: PurchaseId,
        /// How much.
        amount: Money,
        /// The provider's fee, in minor units.
        fee_minor: i64,
    },
    /// Money went back.
    Refunded {
        /// The payment.
        #[serde(skip)]
        payment_id: PaymentId,
        /// Its purchase.
        purchase: PurchaseId,
        /// How much this time, in minor units.
        refunded_minor: i64,
    },
    /// An administrator decided what becomes of a sale whose price was partly refunded.
    RefundDecided {
        /// The payment.
        #[serde(skip)]
        payment_id: PaymentId,
        /// The decision.
        act: RefundAction,
        /// What had gone back, in minor units.
        refunded_minor: i64,
    },
    /// An event of the provider was stored that changed nothing, or whose money nobody had asked for any more.
    GatewayEventKept {
        /// The provider's id of the event.
        #[serde(skip)]
        event_id: String,
        /// The provider's word for its kind.
        kind: String,
        /// What it did.
        effect: GatewayEventEffect,
    },
}

/// What an event of the payment provider did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GatewayEventEffect {
    /// It changed something.
    Applied,
    /// All it says was known before.
    AlreadyApplied,
    /// It is old news, or none.
    Ignored,
    /// It does not fit what was asked for.
    Mismatch,
    /// Money that was collected went back.
    Returned,
    /// It is about no payment of ours.
    Unmatched,
}

impl GatewayEventEffect {
    /// Returns the stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::AlreadyApplied => "already_applied",
            Self::Ignored => "ignored",
            Self::Mismatch => "mismatch",
            Self::Returned => "returned",
            Self::Unmatched => "unmatched",
        }
    }
}

impl DomainEvent for PaymentsEvent {
    const VERSION: u16 = 1;

    fn channels(&self) -> Channels {
        let (action, entity) = match self {
            Self::AttemptStarted { payment_id, .. } => {
                (AuditAction::PaymentAttemptStarted, Entity::Payment(*payment_id))
            }
            Self::PageOpened { payment_id, .. } => {
                (AuditAction::PaymentPageOpened, Entity::Payment(*payment_id))
            }
            Self::PageRefused { payment_id, .. } => {
                (AuditAction::PaymentPageRefused, Entity::Payment(*payment_id))
            }
            Self::PageClosed { payment_id, .. } => {
                (AuditAction::PaymentPageClosed, Entity::Payment(*payment_id))
            }
            Self::OutcomeUnknown { payment_id, .. } => {
                (AuditAction::PaymentOutcomeUnknown, Entity::Payment(*payment_id))
            }
            Self::StatusChanged { payment_id, .. } => {
                (AuditAction::PaymentStatusChanged, Entity::Payment(*payment_id))
            }
            Self::Captured { payment_id, .. } => (AuditAction::PaymentCaptured, Entity::Payment(*payment_id)),
            Self::Refunded { payment_id, .. } => (AuditAction::PaymentRefunded, Entity::Payment(*payment_id)),
            Self::RefundDecided { payment_id, .. } => {
                (AuditAction::RefundDecided, Entity::Payment(*payment_id))
            }
            Self::GatewayEventKept { event_id, .. } => {
                (AuditAction::GatewayEventKept, Entity::GatewayEvent(event_id.clone()))
            }
        };
        Channels::record(action, entity, Retention::Business)
    }
}

//! The state machines of the domain. One transition table each; the database holds the same and a test compares.

use crate::text_enum::text_enum;

text_enum! {
    /// What an organisation may do on the market.
    OrganisationStatus { Unverified = "unverified", Verified = "verified", Rejected = "rejected", Suspended = "suspended" }
}
text_enum! {
    /// A service on its way through the market.
    ServiceStatus { Draft = "draft", Published = "published", Paused = "paused", Retired = "retired" }
}
text_enum! {
    /// What checkout created.
    PurchaseStatus {
        Open = "open", AwaitingPayment = "awaiting_payment", Paid = "paid", Fulfilled = "fulfilled",
        Cancelled = "cancelled", Expired = "expired",
    }
}
text_enum! {
    /// One seller's order.
    TransactionStatus { Placed = "placed", Paid = "paid", Fulfilled = "fulfilled", Cancelled = "cancelled", Expired = "expired" }
}
text_enum! {
    /// The collection of a purchase's total. `unknown`: the gateway did not answer, and the sweeper will ask.
    PaymentStatus {
        Created = "created", Pending = "pending", Authorised = "authorised", Captured = "captured",
        PartiallyRefunded = "partially_refunded", Refunded = "refunded", Failed = "failed", Disputed = "disputed",
        Won = "won", Lost = "lost", Unknown = "unknown",
    }
}
text_enum! {
    /// A signed right to one unit.
    CertificateStatus {
        Issued = "issued", Reserved = "reserved", Redeemed = "redeemed", Suspended = "suspended",
        Expired = "expired", Revoked = "revoked", Superseded = "superseded",
    }
}

/// A closed set of states and the moves between them.
pub trait StateMachine: Copy + PartialEq + 'static {
    /// Name of the machine, as the database knows it.
    const MACHINE: &'static str;
    /// States a new thing may be born in.
    const BORN: &'static [Self];
    /// Every allowed move.
    const TRANSITIONS: &'static [(Self, Self)];

    /// Whether `self` may become `next`.
    fn may_become(self, next: Self) -> bool {
        Self::TRANSITIONS.contains(&(self, next))
    }
}

impl StateMachine for OrganisationStatus {
    const MACHINE: &'static str = "organisation";
    const BORN: &'static [Self] = &[Self::Unverified, Self::Verified];
    const TRANSITIONS: &'static [(Self, Self)] = &[
        (Self::Unverified, Self::Verified),
        (Self::Unverified, Self::Rejected),
        (Self::Rejected, Self::Unverified),
        (Self::Verified, Self::Suspended),
        (Self::Suspended, Self::Verified),
    ];
}

impl StateMachine for ServiceStatus {
    const MACHINE: &'static str = "service";
    const BORN: &'static [Self] = &[Self::Draft];
    const TRANSITIONS: &'static [(Self, Self)] = &[
        (Self::Draft, Self::Published),
        (Self::Draft, Self::Retired),
        (Self::Published, Self::Paused),
        (Self::Published, Self::Retired),
        (Self::Paused, Self::Published),
        (Self::Paused, Self::Retired),
    ];
}

impl StateMachine for PurchaseStatus {
    const MACHINE: &'static str = "purchase";
    const BORN: &'static [Self] = &[Self::Open];
    const TRANSITIONS: &'static [(Self, Self)] = &[
        (Self::Open, Self::AwaitingPayment),
        (Self::Open, Self::Cancelled),
        (Self::Open, Self::Expired),
        (Self::AwaitingPayment, Self::Paid),
        (Self::AwaitingPayment, Self::Cancelled),
        (Self::AwaitingPayment, Self::Expired),
        (Self::Paid, Self::Fulfilled),
    ];
}

impl StateMachine for TransactionStatus {
    const MACHINE: &'static str = "transaction";
    const BORN: &'static [Self] = &[Self::Placed];
    const TRANSITIONS: &'static [(Self, Self)] = &[
        (Self::Placed, Self::Paid),
        (Self::Placed, Self::Cancelled),
        (Self::Placed, Self::Expired),
        (Self::Paid, Self::Fulfilled),
    ];
}

impl StateMachine for PaymentStatus {
    const MACHINE: &'static str = "payment";
    const BORN: &'static [Self] = &[Self::Created];
    const TRANSITIONS: &'static [(Self, Self)] = &[
        (Self::Created, Self::Pending),
        (Self::Created, Self::Failed),
        (Self::Created, Self::Unknown),
        (Self::Pending, Self::Authorised),
        (Self::Pending, Self::Captured),
        (Self::Pending, Self::Failed),
        (Self::Pending, Self::Unknown),
        (Self::Unknown, Self::Pending),
        (Self::Unknown, Self::Authorised),
        (Self::Unknown, Self::Captured),
        (Self::Unknown, Self::Failed),
        (Self::Authorised, Self::Captured),
        (Self::Authorised, Self::Failed),
        (Self::Failed, Self::Pending),
        (Self::Captured, Self::PartiallyRefunded),
        (Self::Captured, Self::Refunded),
        (Self::PartiallyRefunded, Self::Refunded),
        (Self::Captured, Self::Disputed),
        (Self::Disputed, Self::Won),
        (Self::Disputed, Self::Lost),
    ];
}

impl StateMachine for CertificateStatus {
    const MACHINE: &'static str = "certificate";
    const BORN: &'static [Self] = &[Self::Issued];
    const TRANSITIONS: &'static [(Self, Self)] = &[
        (Self::Issued, Self::Reserved),
        (Self::Reserved, Self::Redeemed),
        (Self::Reserved, Self::Issued),
        (Self::Issued, Self::Redeemed),
        (Self::Issued, Self::Suspended),
        (Self::Suspended, Self::Issued),
        (Self::Issued, Self::Expired),
        (Self::Issued, Self::Revoked),
        (Self::Suspended, Self::Revoked),
        (Self::Issued, Self::Superseded),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_a_terminal_state() {
        for next in ServiceStatus::ALL {
            assert!(!ServiceStatus::Retired.may_become(*next));
        }
        for next in CertificateStatus::ALL {
            assert!(!CertificateStatus::Redeemed.may_become(*next));
        }
        for next in PurchaseStatus::ALL {
            assert!(!PurchaseStatus::Expired.may_become(*next));
        }
    }

    #[test]
    fn a_failed_payment_may_be_tried_again_and_a_captured_one_not() {
        assert!(PaymentStatus::Failed.may_become(PaymentStatus::Pending));
        assert!(!PaymentStatus::Captured.may_become(PaymentStatus::Pending));
    }
}

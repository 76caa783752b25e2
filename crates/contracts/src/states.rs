//! The state machines of the domain. One transition table each; the database holds the same and a test compares.

use crate::{error::ErrorCode, text_enum::text_enum};

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

impl OrganisationStatus {
    /// Why an organisation in this state may neither publish nor buy; none while it may.
    pub const fn hurdle(self) -> Option<ErrorCode> {
        match self {
            Self::Verified => None,
            Self::Unverified => Some(ErrorCode::OrganisationUnverified),
            Self::Rejected => Some(ErrorCode::OrganisationRejected),
            Self::Suspended => Some(ErrorCode::OrganisationSuspended),
        }
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
    use proptest::prelude::*;

    use super::*;

    /// States that nothing leaves.
    fn last<S: StateMachine + std::fmt::Display>(all: &[S]) -> Vec<String> {
        let is_left = |state: S| S::TRANSITIONS.iter().any(|(from, _)| *from == state);
        all.iter().filter(|state| !is_left(**state)).map(ToString::to_string).collect()
    }

    #[test]
    fn who_may_not_trade_hears_why() {
        let hurdles: Vec<_> = OrganisationStatus::ALL.iter().map(|status| status.hurdle()).collect();
        let (new, refused, stopped) = (
            ErrorCode::OrganisationUnverified,
            ErrorCode::OrganisationRejected,
            ErrorCode::OrganisationSuspended,
        );
        assert_eq!(hurdles, [Some(new), None, Some(refused), Some(stopped)]);
    }

    #[test]
    fn the_ends_are_these() {
        assert_eq!(last(OrganisationStatus::ALL), [""; 0]);
        assert_eq!(last(ServiceStatus::ALL), ["retired"]);
        assert_eq!(last(PurchaseStatus::ALL), ["fulfilled", "cancelled", "expired"]);
        assert_eq!(last(TransactionStatus::ALL), ["fulfilled", "cancelled", "expired"]);
        assert_eq!(last(PaymentStatus::ALL), ["refunded", "won", "lost"]);
        assert_eq!(last(CertificateStatus::ALL), ["redeemed", "expired", "revoked", "superseded"]);
    }

    /// Tries to follow `wishes` from a birth on: what is allowed is done, what is not leaves the state as it was. Answers the
    /// states passed.
    fn walk<S: StateMachine>(all: &[S], birth: usize, wishes: &[usize]) -> Vec<S> {
        let mut passed = vec![S::BORN[birth % S::BORN.len()]];
        for wish in wishes {
            let (present, next) = (passed[passed.len() - 1], all[wish % all.len()]);
            if present.may_become(next) {
                passed.push(next);
            }
        }
        passed
    }

    /// Whether each step of a walk stands in the table and none repeats the state it left.
    fn keeps_to_the_table<S: StateMachine>(all: &[S], birth: usize, wishes: &[usize]) -> bool {
        let passed = walk(all, birth, wishes);
        passed.windows(2).all(|step| step[0] != step[1] && S::TRANSITIONS.contains(&(step[0], step[1])))
    }

    /// Whether a walk that goes on from an end stays there.
    fn stays_at_its_end<S: StateMachine>(all: &[S], birth: usize, wishes: &[usize]) -> bool {
        let passed = walk(all, birth, wishes);
        let present = passed[passed.len() - 1];
        let is_end = S::TRANSITIONS.iter().all(|(from, _)| *from != present);
        !is_end || all.iter().all(|next| !present.may_become(*next))
    }

    proptest! {
        #[test]
        fn whatever_is_tried_a_thing_moves_along_its_table(birth: usize, wishes in proptest::collection::vec(any::<usize>(), 0..60)) {
            prop_assert!(keeps_to_the_table(OrganisationStatus::ALL, birth, &wishes));
            prop_assert!(keeps_to_the_table(ServiceStatus::ALL, birth, &wishes));
            prop_assert!(keeps_to_the_table(PurchaseStatus::ALL, birth, &wishes));
            prop_assert!(keeps_to_the_table(TransactionStatus::ALL, birth, &wishes));
            prop_assert!(keeps_to_the_table(PaymentStatus::ALL, birth, &wishes));
            prop_assert!(keeps_to_the_table(CertificateStatus::ALL, birth, &wishes));
        }

        #[test]
        fn an_end_is_the_end(birth: usize, wishes in proptest::collection::vec(any::<usize>(), 0..60)) {
            prop_assert!(stays_at_its_end(ServiceStatus::ALL, birth, &wishes));
            prop_assert!(stays_at_its_end(PurchaseStatus::ALL, birth, &wishes));
            prop_assert!(stays_at_its_end(TransactionStatus::ALL, birth, &wishes));
            prop_assert!(stays_at_its_end(PaymentStatus::ALL, birth, &wishes));
            prop_assert!(stays_at_its_end(CertificateStatus::ALL, birth, &wishes));
        }
    }

    #[test]
    fn a_failed_payment_may_be_tried_again_and_a_captured_one_not() {
        assert!(PaymentStatus::Failed.may_become(PaymentStatus::Pending));
        assert!(!PaymentStatus::Captured.may_become(PaymentStatus::Pending));
    }
}

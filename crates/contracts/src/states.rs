//! The state machines of the domain, one transition table each. The database holds the same tables; a test compares them.

use crate::{error::ErrorCode, text_enum::text_enum};

text_enum! {
    /// Status of an organisation.
    OrganisationStatus { Unverified = "unverified", Verified = "verified", Rejected = "rejected", Suspended = "suspended" }
}
text_enum! {
    /// Status of a service.
    ServiceStatus { Draft = "draft", Published = "published", Paused = "paused", Retired = "retired" }
}
text_enum! {
    /// Status of a purchase.
    PurchaseStatus {
        Open = "open", AwaitingPayment = "awaiting_payment", Paid = "paid", Fulfilled = "fulfilled",
        Cancelled = "cancelled", Expired = "expired",
    }
}
text_enum! {
    /// Status of one seller's order.
    TransactionStatus { Placed = "placed", Paid = "paid", Fulfilled = "fulfilled", Cancelled = "cancelled", Expired = "expired" }
}
text_enum! {
    /// Status of the payment of a purchase. `unknown`: the payment provider did not answer and will be asked again.
    PaymentStatus {
        Created = "created", Pending = "pending", Authorised = "authorised", Captured = "captured",
        PartiallyRefunded = "partially_refunded", Refunded = "refunded", Failed = "failed", Disputed = "disputed",
        Won = "won", Lost = "lost", Unknown = "unknown",
    }
}
text_enum! {
    /// Status of a certificate.
    CertificateStatus {
        Issued = "issued", Reserved = "reserved", Redeemed = "redeemed", Suspended = "suspended",
        Expired = "expired", Revoked = "revoked", Superseded = "superseded",
    }
}

/// A closed set of states with the transitions between them.
pub trait StateMachine: Copy + PartialEq + 'static {
    /// Name of the machine in the database.
    const MACHINE: &'static str;
    /// States in which a new record may begin.
    const INITIAL: &'static [Self];
    /// Allowed transitions as (from, to).
    const TRANSITIONS: &'static [(Self, Self)];

    /// True when a record in state `self` may change to `next` in one step.
    fn can_transition_to(self, next: Self) -> bool {
        Self::TRANSITIONS.contains(&(self, next))
    }

    /// Returns the shortest way from `self` to `end`, without `self`: empty when they are one, `None` when no way leads there.
    fn path_to(self, end: Self) -> Option<Vec<Self>> {
        let mut ways: Vec<(Self, Vec<Self>)> = vec![(self, Vec::new())];
        let mut at = 0;
        while let Some((state, way)) = ways.get(at).cloned() {
            if state == end {
                return Some(way);
            }
            for (from, to) in Self::TRANSITIONS {
                if *from == state && ways.iter().all(|(known, _)| known != to) {
                    ways.push((*to, [way.as_slice(), &[*to]].concat()));
                }
            }
            at += 1;
        }
        None
    }
}

impl OrganisationStatus {
    /// Returns the word on screen, in files and e-mails.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Unverified => "Awaiting verification",
            Self::Verified => "Verified",
            Self::Rejected => "Rejected",
            Self::Suspended => "Suspended",
        }
    }

    /// Returns the error that keeps an organisation in this state from publishing and buying; `None` for a verified one.
    pub const fn trading_block(self) -> Option<ErrorCode> {
        match self {
            Self::Verified => None,
            Self::Unverified => Some(ErrorCode::OrganisationUnverified),
            Self::Rejected => Some(ErrorCode::OrganisationRejected),
            Self::Suspended => Some(ErrorCode::OrganisationSuspended),
        }
    }

    /// True when an administrator has verified the organisation; a suspended one can still redeem what it has sold.
    pub const fn is_admitted(self) -> bool {
        matches!(self, Self::Verified | Self::Suspended)
    }
}

impl ServiceStatus {
    /// Returns the word on screen, in files and e-mails.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Published => "Published",
            Self::Paused => "Paused",
            Self::Retired => "Retired",
        }
    }
}

impl PurchaseStatus {
    /// Returns the word on screen, in files and e-mails.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "Not paid",
            Self::AwaitingPayment => "Awaiting payment",
            Self::Paid => "Paid",
            Self::Fulfilled => "Paid, certificates issued",
            Self::Cancelled => "Cancelled",
            Self::Expired => "Expired",
        }
    }
}

impl TransactionStatus {
    /// Returns the word on screen, in files and e-mails.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Placed => "Awaiting payment",
            Self::Paid => "Paid",
            Self::Fulfilled => "Paid, certificates issued",
            Self::Cancelled => "Cancelled",
            Self::Expired => "Expired",
        }
    }
}

impl CertificateStatus {
    /// Returns the word on screen, in files and e-mails.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Issued => "Valid",
            Self::Reserved => "Reserved",
            Self::Redeemed => "Redeemed",
            Self::Suspended => "On hold",
            Self::Expired => "Expired",
            Self::Revoked => "Revoked",
            Self::Superseded => "Replaced",
        }
    }
}

impl StateMachine for OrganisationStatus {
    const MACHINE: &'static str = "organisation";
    const INITIAL: &'static [Self] = &[Self::Unverified, Self::Verified];
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
    const INITIAL: &'static [Self] = &[Self::Draft];
    const TRANSITIONS: &'static [(Self, Self)] = &[
        (Self::Draft, Self::Published),
        (Self::Draft, Self::Retired),
        (Self::Published, Self::Paused),
        (Self::Published, Self::Retired),
        (Self::Paused, Self::Published),
        (Self::Paused, Self::Retired),
    ];
}

impl TransactionStatus {
    /// True when the buyer has paid, which is when shares become due.
    pub const fn is_sold(self) -> bool {
        matches!(self, Self::Paid | Self::Fulfilled)
    }
}

impl StateMachine for PurchaseStatus {
    const MACHINE: &'static str = "purchase";
    const INITIAL: &'static [Self] = &[Self::Open];
    const TRANSITIONS: &'static [(Self, Self)] = &[
        (Self::Open, Self::AwaitingPayment),
        (Self::Open, Self::Cancelled),
        (Self::Open, Self::Expired),
        (Self::AwaitingPayment, Self::Paid),
        (Self::AwaitingPayment, Self::Cancelled),
        (Self::AwaitingPayment, Self::Expired),
        (Self::Paid, Self::Fulfilled),
        (Self::Fulfilled, Self::Cancelled),
    ];
}

impl StateMachine for TransactionStatus {
    const MACHINE: &'static str = "transaction";
    const INITIAL: &'static [Self] = &[Self::Placed];
    const TRANSITIONS: &'static [(Self, Self)] = &[
        (Self::Placed, Self::Paid),
        (Self::Placed, Self::Cancelled),
        (Self::Placed, Self::Expired),
        (Self::Paid, Self::Fulfilled),
        (Self::Fulfilled, Self::Cancelled),
    ];
}

impl PaymentStatus {
    /// True when the money has been collected, whatever became of it since.
    pub const fn is_captured(self) -> bool {
        match self {
            Self::Captured
            | Self::PartiallyRefunded
            | Self::Refunded
            | Self::Disputed
            | Self::Won
            | Self::Lost => true,
            Self::Created | Self::Pending | Self::Authorised | Self::Failed | Self::Unknown => false,
        }
    }

    /// True when the payment provider may still report an outcome.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Created | Self::Pending | Self::Authorised | Self::Unknown => true,
            Self::Captured
            | Self::PartiallyRefunded
            | Self::Refunded
            | Self::Disputed
            | Self::Won
            | Self::Lost
            | Self::Failed => false,
        }
    }
}

impl StateMachine for PaymentStatus {
    const MACHINE: &'static str = "payment";
    const INITIAL: &'static [Self] = &[Self::Created];
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
        (Self::Captured, Self::Disputed),
        (Self::Captured, Self::Refunded),
        (Self::PartiallyRefunded, Self::Refunded),
        (Self::PartiallyRefunded, Self::Disputed),
        (Self::PartiallyRefunded, Self::Lost),
        (Self::Disputed, Self::Captured),
        (Self::Disputed, Self::PartiallyRefunded),
        (Self::Disputed, Self::Refunded),
        (Self::Disputed, Self::Won),
        (Self::Disputed, Self::Lost),
        (Self::Won, Self::Captured),
        (Self::Won, Self::Disputed),
        (Self::Won, Self::PartiallyRefunded),
        (Self::Won, Self::Refunded),
        (Self::Won, Self::Lost),
        (Self::Refunded, Self::Lost),
    ];
}

impl StateMachine for CertificateStatus {
    const MACHINE: &'static str = "certificate";
    const INITIAL: &'static [Self] = &[Self::Issued];
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

    /// Returns the states without outgoing transitions.
    fn last<S: StateMachine + std::fmt::Display>(all: &[S]) -> Vec<String> {
        let is_left = |state: S| S::TRANSITIONS.iter().any(|(from, _)| *from == state);
        all.iter().filter(|state| !is_left(**state)).map(ToString::to_string).collect()
    }

    #[test]
    fn each_state_but_verified_blocks_trading_with_its_own_error() {
        let blocks: Vec<_> = OrganisationStatus::ALL.iter().map(|status| status.trading_block()).collect();
        let (new, refused, stopped) = (
            ErrorCode::OrganisationUnverified,
            ErrorCode::OrganisationRejected,
            ErrorCode::OrganisationSuspended,
        );
        assert_eq!(blocks, [Some(new), None, Some(refused), Some(stopped)]);
    }

    #[test]
    fn the_ends_are_these() {
        assert_eq!(last(OrganisationStatus::ALL), [""; 0]);
        assert_eq!(last(ServiceStatus::ALL), ["retired"]);
        assert_eq!(last(PurchaseStatus::ALL), ["cancelled", "expired"]);
        assert_eq!(last(TransactionStatus::ALL), ["cancelled", "expired"]);
        assert_eq!(last(PaymentStatus::ALL), ["lost"]);
        assert_eq!(last(CertificateStatus::ALL), ["redeemed", "expired", "revoked", "superseded"]);
    }

    /// Returns the states that cannot be reached from an initial state, and those that reach no final state although the machine has one.
    fn find_stranded<S: StateMachine + std::fmt::Display>(all: &[S]) -> Vec<String> {
        let spread = |mut known: Vec<S>, step: fn(&(S, S)) -> (S, S)| {
            // each round adds at least one state, or nothing changes any more
            for _ in all {
                for (from, to) in S::TRANSITIONS.iter().map(step) {
                    if known.contains(&from) && !known.contains(&to) {
                        known.push(to);
                    }
                }
            }
            known
        };
        let reached = spread(S::INITIAL.to_vec(), |(from, to)| (*from, *to));
        let is_end = |state: &S| S::TRANSITIONS.iter().all(|(from, _)| from != state);
        let ends: Vec<S> = all.iter().copied().filter(is_end).collect();
        let ending = if ends.is_empty() { all.to_vec() } else { spread(ends, |(from, to)| (*to, *from)) };
        all.iter()
            .filter(|state| !reached.contains(state) || !ending.contains(state))
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn every_state_is_reached_and_comes_to_an_end() {
        let none = [""; 0];
        assert_eq!(find_stranded(OrganisationStatus::ALL), none);
        assert_eq!(find_stranded(ServiceStatus::ALL), none);
        assert_eq!(find_stranded(PurchaseStatus::ALL), none);
        assert_eq!(find_stranded(TransactionStatus::ALL), none);
        assert_eq!(find_stranded(PaymentStatus::ALL), none);
        assert_eq!(find_stranded(CertificateStatus::ALL), none);
    }

    /// Transitions that must never be in a table, whatever else is added: final states of money and certificates stay final.
    #[test]
    fn what_is_spent_stays_spent() {
        use CertificateStatus::{Expired, Issued, Redeemed, Reserved, Revoked, Superseded, Suspended};
        use PurchaseStatus::{AwaitingPayment, Cancelled, Fulfilled, Open, Paid};

        for spent in [Redeemed, Revoked, Superseded, Expired] {
            for live in [Issued, Reserved, Suspended] {
                assert!(!spent.can_transition_to(live), "{spent} to {live}");
            }
        }
        assert!(!Suspended.can_transition_to(Redeemed));
        for (from, to) in
            [(Paid, Open), (Paid, AwaitingPayment), (Paid, Cancelled), (Fulfilled, Paid), (Open, Paid)]
        {
            assert!(!from.can_transition_to(to), "{from} to {to}");
        }
        for gone in [PaymentStatus::Refunded, PaymentStatus::Lost] {
            assert!(!gone.can_transition_to(PaymentStatus::Captured), "{gone}");
        }
        assert!(!ServiceStatus::Retired.can_transition_to(ServiceStatus::Published));
        assert!(!OrganisationStatus::Rejected.can_transition_to(OrganisationStatus::Verified));
    }

    #[test]
    fn a_way_is_as_short_as_can_be() {
        use PaymentStatus::{Captured, Created, Failed, Lost, Pending, Refunded};

        assert_eq!(Created.path_to(Captured), Some(vec![Pending, Captured]));
        assert_eq!(Failed.path_to(Refunded), Some(vec![Pending, Captured, Refunded]));
        assert_eq!(Captured.path_to(Captured), Some(Vec::new()));
        assert_eq!(Lost.path_to(Captured), None);
    }

    #[test]
    fn a_failed_payment_may_be_tried_again_and_a_captured_one_not() {
        assert!(PaymentStatus::Failed.can_transition_to(PaymentStatus::Pending));
        assert!(!PaymentStatus::Captured.can_transition_to(PaymentStatus::Pending));
    }
}

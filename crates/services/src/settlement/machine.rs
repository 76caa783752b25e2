//! What the provider said of an attempt's money, and the steps that follow. No database and no clock: [`super::apply`] loads the
//! facts, carries the steps out and stores them in one transaction.
//!
//! Reports are joined, not obeyed: the figures of the provider only grow, so the largest that was reported is the truth, whatever came first.

/// The most that was heard of an attempt's money, in minor units. A provider collects all or nothing, so `captured_minor` is zero or
/// the amount of the payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) captured_minor: i64,
    pub(super) refunded_minor: i64,
}

impl Heard {
    /// Whether all that was collected went back.
    pub(super) const fn is_returned(self) -> bool {
        self.refunded_minor > 0 && self.refunded_minor >= self.captured_minor
    }
}

/// How the purchase stands that the payment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sale {
    /// It waits for its payment.
    Awaited,
    /// It is paid and its certificates are issued.
    Made,
    /// It was cancelled or has expired.
    Closed,
}

/// What is booked already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Booked {
    pub(super) is_captured: bool,
    pub(super) refunded_minor: i64,
    pub(super) sale: Sale,
}

/// One step towards what was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Books the money in.
    Capture,
    /// Books so much of it out, in minor units.
    Refund(i64),
    /// Marks the purchase as paid and issues its certificates.
    Sell,
    /// Puts the certificates on hold until a person decides: a part of the price went back.
    Hold,
    /// Revokes the certificates that nobody redeemed and, if none was redeemed, takes the sale back.
    Undo,
    /// Ends the purchase that waits; its units go back on sale.
    Close,
    /// Tells the platform that it has money to send back: the purchase had ended before the money came.
    Owe,
}

/// Returns the steps that lead from what is booked to what the provider reported; empty when nothing is new. `amount_minor` is the price, in
/// minor units.
pub(super) fn next_steps(amount_minor: i64, booked: Booked, heard: Heard) -> Vec<Step> {
    let captures = heard.captured_minor >= amount_minor && !booked.is_captured;
    let back = heard.refunded_minor - booked.refunded_minor;
    if !captures && (back <= 0 || !booked.is_captured) {
        return Vec::new();
    }
    let mut steps = Vec::new();
    if captures {
        steps.push(Step::Capture);
    }
    if back > 0 {
        steps.push(Step::Refund(back));
    }
    match booked.sale {
        Sale::Awaited if heard.is_returned() => steps.push(Step::Close),
        Sale::Awaited => {
            steps.push(Step::Sell);
            if back > 0 {
                steps.push(Step::Hold);
            }
        }
        Sale::Made if heard.is_returned() => steps.push(Step::Undo),
        Sale::Made if back > 0 => steps.push(Step::Hold),
        Sale::Closed if captures && !heard.is_returned() => steps.push(Step::Owe),
        Sale::Made | Sale::Closed => {}
    }
    steps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AMOUNT: i64 = 2_500;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Certificates {
        None,
        Valid,
        OnHold,
    }

    /// Everything the steps decide, as the database would hold it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct World {
        heard: Heard,
        captured_minor: i64,
        refunded_minor: i64,
        sale: Sale,
        certificates: Certificates,
    }

    fn world(sale: Sale) -> World {
        let heard = Heard::default();
        World { heard, captured_minor: 0, refunded_minor: 0, sale, certificates: Certificates::None }
    }

    fn hear(mut world: World, report: Heard) -> World {
        let heard = Heard {
            captured_minor: world.heard.captured_minor.max(report.captured_minor),
            refunded_minor: world.heard.refunded_minor.max(report.refunded_minor),
        };
        let booked = Booked {
            is_captured: world.captured_minor > 0,
            refunded_minor: world.refunded_minor,
            sale: world.sale,
        };
        world.heard = heard;
        for step in next_steps(AMOUNT, booked, heard) {
            match step {
                Step::Capture => world.captured_minor += AMOUNT,
                Step::Refund(minor) => world.refunded_minor += minor,
                Step::Sell => (world.sale, world.certificates) = (Sale::Made, Certificates::Valid),
                Step::Hold => world.certificates = Certificates::OnHold,
                Step::Undo | Step::Close => {
                    (world.sale, world.certificates) = (Sale::Closed, Certificates::None);
                }
                Step::Owe => {}
            }
        }
        world
    }

    fn reports() -> impl Strategy<Value = Heard> {
        prop_oneof![
            Just(Heard::default()),
            Just(Heard { captured_minor: AMOUNT, refunded_minor: 0 }),
            (1..=AMOUNT).prop_map(|refunded_minor| Heard { captured_minor: AMOUNT, refunded_minor }),
        ]
    }

    fn sale() -> impl Strategy<Value = Sale> {
        prop_oneof![Just(Sale::Awaited), Just(Sale::Closed)]
    }

    proptest! {
        #[test]
        fn the_end_is_the_same_in_whatever_order_and_however_often_news_is_heard(
            sale in sale(),
            (first, second) in proptest::collection::vec(reports(), 0..6)
                .prop_flat_map(|told| {
                    let twice: Vec<Heard> = told.iter().chain(&told).copied().collect();
                    (Just(told).prop_shuffle(), Just(twice).prop_shuffle())
                }),
        ) {
            let end = |told: Vec<Heard>| told.into_iter().fold(world(sale), hear);
            prop_assert_eq!(end(first), end(second));
        }

        #[test]
        fn money_that_went_back_buys_nothing(sale in sale(), told in proptest::collection::vec(reports(), 0..6)) {
            let end = told.into_iter().fold(world(sale), hear);
            prop_assert_eq!((end.captured_minor, end.refunded_minor), (end.heard.captured_minor, end.heard.refunded_minor));
            prop_assert!(end.certificates != Certificates::Valid || end.refunded_minor == 0 && end.captured_minor == AMOUNT);
            prop_assert!(!end.heard.is_returned() || end.certificates == Certificates::None && end.sale == Sale::Closed);
        }
    }

    #[test]
    fn money_for_a_purchase_that_has_ended_is_owed_once() {
        let booked = Booked { is_captured: false, refunded_minor: 0, sale: Sale::Closed };
        let paid = Heard { captured_minor: AMOUNT, refunded_minor: 0 };
        assert_eq!(next_steps(AMOUNT, booked, paid), [Step::Capture, Step::Owe]);
        assert_eq!(next_steps(AMOUNT, Booked { is_captured: true, ..booked }, paid), []);
    }
}

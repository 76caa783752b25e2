//! News in every order, doubled and late.

use chrono::TimeDelta;
use contracts::{
    payments::{AttemptOutcome, DisputeStatus},
    states::StateMachine,
};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const AMOUNT: i64 = 2_500;
const FIRST: AttemptId = AttemptId(Uuid::from_u128(1));
const SECOND: AttemptId = AttemptId(Uuid::from_u128(2));

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Certificates {
    None,
    Valid,
    OnHold,
}

/// A payment with what its effects have done, as the database would hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct World {
    payment: Payment,
    captured_minor: i64,
    refunded_minor: i64,
    certificates: Certificates,
    alarms: Vec<SaleEffect>,
}

impl World {
    fn new(sale: Sale) -> Self {
        let payment = Payment {
            amount_minor: AMOUNT,
            status: PaymentStatus::Created,
            failure_code: None,
            attempts: vec![Attempt::start(FIRST)],
            is_captured: false,
            refunded_minor: 0,
            accepted_minor: 0,
            sale,
            expires_at: DateTime::<Utc>::MIN_UTC + TimeDelta::minutes(30),
        };
        let certificates = Certificates::None;
        Self { payment, captured_minor: 0, refunded_minor: 0, certificates, alarms: Vec::new() }
    }

    fn hear(mut self, event: PaymentNews) -> Self {
        let before = self.payment.status;
        let Ok((payment, effects)) = apply(&self.payment, event, DateTime::<Utc>::MIN_UTC) else {
            return self;
        };
        assert!(before.path_to(payment.status).is_some(), "{before} to {}", payment.status);
        self.payment = payment;
        for effect in effects {
            self.carry_out(effect);
        }
        self
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Await => {}
            Effect::Capture { .. } => self.captured_minor += AMOUNT,
            Effect::Refund { minor } => self.refunded_minor += minor,
            Effect::Sale(effect) => match effect {
                SaleEffect::Make | SaleEffect::Release => self.certificates = Certificates::Valid,
                SaleEffect::Hold => self.certificates = Certificates::OnHold,
                SaleEffect::TakeBack | SaleEffect::Close => self.certificates = Certificates::None,
                SaleEffect::Owe | SaleEffect::TellExcess | SaleEffect::TellReturned => {
                    self.alarms.push(effect);
                }
            },
        }
    }

    /// Money, sale and certificates: all that news of money decides.
    fn end(&self) -> (bool, i64, i64, Sale, Certificates) {
        let sale = if self.payment.sale == Sale::Placed { Sale::Awaited } else { self.payment.sale };
        (self.payment.is_captured, self.captured_minor, self.refunded_minor, sale, self.certificates)
    }

    fn assert_sound(&self) {
        let payment = &self.payment;
        assert_eq!(self.captured_minor, if payment.is_captured { AMOUNT } else { 0 });
        assert_eq!(self.refunded_minor, payment.refunded_minor);
        let kept: i64 = payment.attempts.iter().map(|attempt| net(attempt.heard)).sum();
        if self.certificates == Certificates::Valid {
            assert!(kept + payment.accepted_minor >= AMOUNT, "valid certificates stand on money");
        }
        let booked = self.captured_minor - self.refunded_minor;
        let told = !self.alarms.is_empty();
        assert!(kept <= booked || told, "more money than is booked is told");
    }
}

fn net(heard: Heard) -> i64 {
    if heard.dispute == Some(DisputeStatus::Lost) { 0 } else { heard.captured_minor - heard.refunded_minor }
}

fn report(status: GatewayPaymentStatus) -> Report {
    Report {
        gateway_payment_id: "pay".to_owned(),
        status,
        amount_minor: AMOUNT,
        captured_minor: 0,
        refunded_minor: 0,
        fee_minor: 0,
        dispute: None,
        failure_code: None,
    }
}

fn money(attempt: AttemptId, refunded_minor: i64, dispute: Option<DisputeStatus>) -> PaymentNews {
    let report =
        Report { captured_minor: AMOUNT, refunded_minor, dispute, ..report(GatewayPaymentStatus::Captured) };
    PaymentNews::Reported { attempt, report }
}

fn captured(attempt: AttemptId) -> PaymentNews {
    money(attempt, 0, None)
}

/// News of money that came, went back in part or in full, or is disputed.
fn money_news(attempt: AttemptId) -> impl Strategy<Value = PaymentNews> {
    let dispute = proptest::option::of(prop_oneof![
        Just(DisputeStatus::Open),
        Just(DisputeStatus::Won),
        Just(DisputeStatus::Lost)
    ]);
    let refunded = prop_oneof![3 => Just(0), 2 => 1..AMOUNT, 1 => Just(AMOUNT)];
    (refunded, dispute).prop_map(move |(refunded, dispute)| money(attempt, refunded, dispute))
}

/// News that brings no money.
fn other_news(attempt: AttemptId) -> impl Strategy<Value = PaymentNews> {
    use GatewayPaymentStatus::{Authorised, Failed, Open, Processing};
    let told = move |status| PaymentNews::Reported { attempt, report: report(status) };
    prop_oneof![
        Just(PaymentNews::PageOpened { attempt, gateway_payment_id: "pay".to_owned() }),
        Just(PaymentNews::PageRefused { attempt, code: "gateway_refused" }),
        Just(PaymentNews::PageClosed { attempt, code: "expired".to_owned() }),
        Just(PaymentNews::Unanswered),
        proptest::sample::select(vec![Open, Processing, Authorised, Failed]).prop_map(told),
    ]
}

fn sale() -> impl Strategy<Value = Sale> {
    prop_oneof![Just(Sale::Placed), Just(Sale::Awaited), Just(Sale::Closed)]
}

/// Two orders of the same news; in the second each piece is told twice.
fn two_orders(
    news: impl Strategy<Value = Vec<PaymentNews>>,
) -> impl Strategy<Value = (Vec<PaymentNews>, Vec<PaymentNews>)> {
    news.prop_flat_map(|told| {
        let twice: Vec<_> = told.iter().chain(&told).cloned().collect();
        (Just(told).prop_shuffle(), Just(twice).prop_shuffle())
    })
}

fn listen(world: World, told: Vec<PaymentNews>) -> World {
    told.into_iter().fold(world, |world, event| {
        let world = world.hear(event);
        world.assert_sound();
        world
    })
}

proptest! {
    #[test]
    fn money_comes_to_the_same_end_in_every_order_however_often_it_is_told(
        sale in sale(),
        (first, second) in two_orders(proptest::collection::vec(money_news(FIRST), 1..6)),
    ) {
        let (one, other) = (listen(World::new(sale), first), listen(World::new(sale), second));
        prop_assert_eq!(one.end(), other.end());
        prop_assert_eq!(one.payment.status, other.payment.status);
        prop_assert_eq!(one.payment.attempts[0].heard, other.payment.attempts[0].heard);
    }

    #[test]
    fn news_without_money_never_matters_once_money_is_told(
        sale in sale(),
        money in proptest::collection::vec(money_news(FIRST), 1..4),
        (first, second) in two_orders(proptest::collection::vec(other_news(FIRST), 0..6)),
        at in 0_usize..6,
    ) {
        let quiet = listen(World::new(sale), money.clone());
        let at = at.min(first.len());
        let (before, after) = first.split_at(at);
        let noisy = listen(World::new(sale), [before.to_vec(), money, after.to_vec(), second].concat());
        prop_assert_eq!(quiet.end(), noisy.end());
        prop_assert_eq!(quiet.payment.status, noisy.payment.status);
    }

    #[test]
    fn without_money_nothing_is_booked_or_sold(
        sale in sale(),
        told in proptest::collection::vec(other_news(FIRST), 0..8),
    ) {
        let end = listen(World::new(sale), told);
        prop_assert_eq!((end.captured_minor, end.refunded_minor, end.certificates), (0, 0, Certificates::None));
        prop_assert!(end.payment.sale != Sale::Made && end.alarms.is_empty());
    }

    #[test]
    fn two_attempts_never_leave_a_sale_without_money_nor_money_without_a_word(
        told in proptest::collection::vec(
            prop_oneof![
                money_news(FIRST), money_news(SECOND), other_news(FIRST), other_news(SECOND),
                Just(PaymentNews::Retried { failed: FIRST, next: SECOND }),
                Just(PaymentNews::SaleKept), Just(PaymentNews::SaleTakenBack),
            ],
            0..12,
        ),
    ) {
        // `listen` asserts after each piece of news
        let end = listen(World::new(Sale::Placed), told);
        prop_assert!(end.refunded_minor <= end.captured_minor);
    }
}

/// Walks every state that reports about two attempts lead to; `hear` asserts a way between the statuses of each step.
#[test]
fn every_state_of_two_attempts_has_its_way_through_the_transitions() {
    let disputes = [None, Some(DisputeStatus::Open), Some(DisputeStatus::Won), Some(DisputeStatus::Lost)];
    let mut news = Vec::new();
    for attempt in [FIRST, SECOND] {
        for refunded in [0, 1, AMOUNT] {
            news.extend(disputes.map(|dispute| money(attempt, refunded, dispute)));
        }
    }
    let failed = PaymentNews::PageClosed { attempt: FIRST, code: "expired".to_owned() };
    let retried = PaymentNews::Retried { failed: FIRST, next: SECOND };
    let mut reached = vec![World::new(Sale::Placed).hear(failed).hear(retried)];
    let mut at = 0;
    while let Some(world) = reached.get(at).cloned() {
        for event in &news {
            let mut next = world.clone().hear(event.clone());
            next.assert_sound();
            next.alarms.truncate(1);
            if !reached.contains(&next) {
                reached.push(next);
            }
        }
        at += 1;
    }
    assert!(reached.len() > 100, "{}", reached.len());
    let lost = money(SECOND, 0, Some(DisputeStatus::Lost));
    let [paid, twice, disputed] =
        [captured(FIRST), captured(SECOND), money(SECOND, 0, Some(DisputeStatus::Open))];
    let stands = reached[0].clone().hear(paid).hear(twice).hear(disputed).hear(lost);
    assert_eq!((stands.payment.status, stands.certificates), (PaymentStatus::Captured, Certificates::Valid));
}

#[test]
fn an_excess_is_told_once() {
    let failed = PaymentNews::PageClosed { attempt: FIRST, code: "expired".to_owned() };
    let retried = PaymentNews::Retried { failed: FIRST, next: SECOND };
    let twice =
        World::new(Sale::Placed).hear(failed).hear(retried).hear(captured(FIRST)).hear(captured(SECOND));
    let again = twice.clone().hear(captured(FIRST)).hear(captured(SECOND)).hear(money(FIRST, 1, None));
    assert_eq!(again.alarms, twice.alarms);
}

#[test]
fn money_of_an_earlier_attempt_that_came_and_went_leaves_that_of_the_present_one_owed() {
    let failed = PaymentNews::PageClosed { attempt: FIRST, code: "expired".to_owned() };
    let retried = PaymentNews::Retried { failed: FIRST, next: SECOND };
    let mut closed = World::new(Sale::Awaited).hear(failed).hear(retried);
    closed.payment.sale = Sale::Closed;
    let end = closed.hear(money(FIRST, AMOUNT, None)).hear(captured(SECOND));
    assert_eq!(end.alarms, [SaleEffect::TellReturned, SaleEffect::Owe]);
    assert_eq!((end.captured_minor, end.refunded_minor), (AMOUNT, 0));
}

#[test]
fn money_for_a_purchase_that_has_ended_is_owed_once() {
    let once = World::new(Sale::Closed).hear(captured(FIRST));
    assert_eq!(once.alarms, [SaleEffect::Owe]);
    assert_eq!(once.clone().hear(captured(FIRST)), once);
}

#[test]
fn the_money_of_a_second_attempt_goes_back_before_the_sale_is_touched() {
    let failed = PaymentNews::PageClosed { attempt: FIRST, code: "expired".to_owned() };
    let retried = PaymentNews::Retried { failed: FIRST, next: SECOND };
    let twice =
        World::new(Sale::Placed).hear(failed).hear(retried).hear(captured(SECOND)).hear(captured(FIRST));
    assert_eq!(
        (twice.captured_minor, twice.alarms.as_slice()),
        (AMOUNT, [SaleEffect::TellExcess].as_slice())
    );
    // whichever of the two is sent back: the price is still there
    for back in [FIRST, SECOND] {
        let once = twice.clone().hear(money(back, AMOUNT, None));
        assert_eq!((once.refunded_minor, once.certificates), (0, Certificates::Valid));
        let none = once.hear(money(if back == FIRST { SECOND } else { FIRST }, AMOUNT, None));
        assert_eq!((none.refunded_minor, none.certificates), (AMOUNT, Certificates::None));
    }
}

#[test]
fn a_disputed_price_holds_the_certificates_until_the_bank_decides() {
    let disputed =
        World::new(Sale::Awaited).hear(captured(FIRST)).hear(money(FIRST, 0, Some(DisputeStatus::Open)));
    assert_eq!(disputed.payment.status, PaymentStatus::Disputed);
    assert_eq!(disputed.certificates, Certificates::OnHold);
    let won = disputed.clone().hear(money(FIRST, 0, Some(DisputeStatus::Won)));
    assert_eq!((won.payment.status, won.certificates), (PaymentStatus::Won, Certificates::Valid));
    let lost = disputed.hear(money(FIRST, 0, Some(DisputeStatus::Lost)));
    assert_eq!((lost.payment.status, lost.certificates), (PaymentStatus::Lost, Certificates::None));
    assert_eq!((lost.refunded_minor, lost.payment.sale), (AMOUNT, Sale::Closed));
}

#[test]
fn a_person_decides_once_what_becomes_of_a_sale_whose_price_went_back_in_part() {
    let held = World::new(Sale::Awaited).hear(money(FIRST, 1, None));
    assert_eq!(held.certificates, Certificates::OnHold);
    let kept = held.clone().hear(PaymentNews::SaleKept);
    assert_eq!((kept.certificates, kept.payment.accepted_minor), (Certificates::Valid, 1));
    assert_eq!(apply(&kept.payment, PaymentNews::SaleKept, DateTime::<Utc>::MIN_UTC), Err(Misfit::State));
    assert_eq!(kept.hear(money(FIRST, 2, None)).certificates, Certificates::OnHold, "more went back");
    let taken = held.hear(PaymentNews::SaleTakenBack);
    assert_eq!((taken.certificates, taken.payment.sale), (Certificates::None, Sale::Closed));
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let world = World::new(Sale::Awaited);
    let with = |change: fn(&mut Report)| {
        let mut report = Report { captured_minor: AMOUNT, ..report(GatewayPaymentStatus::Captured) };
        change(&mut report);
        let event = PaymentNews::Reported { attempt: FIRST, report };
        apply(&world.payment, event, DateTime::<Utc>::MIN_UTC).unwrap_err()
    };
    assert_eq!(with(|report| report.amount_minor += 1), Misfit::Amount);
    assert_eq!(with(|report| report.captured_minor -= 1), Misfit::Amount);
    assert_eq!(with(|report| report.refunded_minor = -1), Misfit::Amount);
    assert_eq!(with(|report| report.refunded_minor = AMOUNT + 1), Misfit::Amount);
    assert_eq!(with(|report| report.fee_minor = AMOUNT + 1), Misfit::Amount);
    let strange = apply(&world.payment, captured(SECOND), DateTime::<Utc>::MIN_UTC);
    assert_eq!(strange, Err(Misfit::Attempt));
    let late = world.payment.expires_at;
    let retried = PaymentNews::Retried { failed: FIRST, next: SECOND };
    assert_eq!(apply(&world.payment, retried, late), Err(Misfit::State));
}

#[test]
fn a_retry_begins_only_after_the_failure_it_saw() {
    let failed = PaymentNews::PageClosed { attempt: FIRST, code: "expired".to_owned() };
    let retry = PaymentNews::Retried { failed: FIRST, next: SECOND };
    let open = World::new(Sale::Awaited).hear(retry.clone());
    assert_eq!(open.payment.attempts.len(), 1, "the page is still open");
    let again = World::new(Sale::Awaited).hear(failed.clone()).hear(retry.clone());
    assert_eq!((again.payment.attempts.len(), again.payment.status), (2, PaymentStatus::Pending));
    assert_eq!(again.clone().hear(retry), again, "twice at once is one attempt");
    assert_eq!(again.clone().hear(failed), again, "and the news of the first page does not end the second");
    assert_eq!(again.payment.attempts[0].outcome, AttemptOutcome::Expired);
}

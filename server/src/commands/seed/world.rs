//! The demo market's year: an agenda of what happens when, carried out in order with the clock set to each moment.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    certificates::CertificateAction,
    ids::{CertificateId, PaymentId, PurchaseId, ServiceId},
};
use services::{
    OpCtx, catalog, certificates,
    platform::{Gateway, Gateways, ManualClock, Platform, Settings},
    worker,
};

use super::{
    super::CommandError,
    gateway::{Nobody, SeedGateway},
    people::Party,
    progress::Progress,
    rng::Rng,
    shelf::{self, Plan},
    tables::{Procedure, procedures},
};

/// How long the year is, in days.
pub(super) const DAYS: i64 = 365;

/// How an order ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Paid,
    /// The first card is declined, the second is not.
    PaidAtSecondTry,
    Cancelled,
    /// Nobody pays in time.
    Expired,
    /// Declined, and not tried again in time.
    DeclinedAndExpired,
    /// Declined today; the buyer may still try again.
    AwaitingPayment,
    /// Nobody knows what became of it.
    Unknown,
}

/// Something that happens at a moment.
pub(super) enum Act {
    Publish(usize),
    Reprice(usize),
    /// The provider prepares a new price and does not publish it yet.
    Draft(usize),
    Pause(usize),
    Retire(usize),
    Buy(usize),
    Capture {
        purchase: PurchaseId,
        payment: PaymentId,
    },
    Decline {
        payment: PaymentId,
    },
    PayAgain {
        buyer: usize,
        purchase: PurchaseId,
        payment: PaymentId,
    },
    Cancel {
        buyer: usize,
        purchase: PurchaseId,
        lines: Vec<(usize, u32)>,
    },
    Redeem {
        provider: usize,
        code: String,
    },
    Change {
        id: CertificateId,
        act: CertificateAction,
    },
    Newcomer {
        turned_down: bool,
    },
    /// The worker's round; what an unpaid order held is on sale again afterwards.
    Round {
        lines: Vec<(usize, u32)>,
    },
}

/// A service and what is known of it here.
pub(super) struct Item {
    pub(super) plan: Plan,
    pub(super) id: Option<ServiceId>,
    pub(super) on_sale: bool,
    /// Units left; none: without limit.
    pub(super) left: Option<u32>,
}

/// Everything of a market in the making.
pub(super) struct World {
    pub(super) platform: Arc<Platform>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) gateway: Arc<SeedGateway>,
    pub(super) rng: Rng,
    pub(super) admin: OpCtx,
    pub(super) providers: Vec<Party>,
    pub(super) buyers: Vec<Party>,
    pub(super) procedures: Vec<Procedure>,
    pub(super) items: Vec<Item>,
    pub(super) certificates_seen: u64,
    /// How many orders the year has.
    pub(super) orders: usize,
    pub(super) now: DateTime<Utc>,
    agenda: BTreeMap<(DateTime<Utc>, u64), Act>,
    scheduled: u64,
}

impl World {
    /// A world whose year ends at `now`, with its administrator.
    pub(super) async fn new(ground: &Platform, now: DateTime<Utc>) -> Result<Self, CommandError> {
        let clock = Arc::new(ManualClock::at(now - TimeDelta::days(DAYS)));
        let gateway = Arc::new(SeedGateway::default());
        let settings = Settings { demo_accounts: true, ..ground.settings.clone() };
        let platform = Arc::new(Platform {
            db: ground.db.clone(),
            clock: clock.clone(),
            gateways: Gateways::new([gateway.clone() as Arc<dyn Gateway>]),
            mailer: Arc::new(Nobody),
            keys: ground.keys.clone(),
            settings,
        });
        let mut world = Self {
            admin: OpCtx::command(platform.clone()),
            platform,
            clock,
            gateway,
            rng: Rng::new(0x4843_5453),
            providers: Vec::new(),
            buyers: Vec::new(),
            procedures: procedures()?,
            items: Vec::new(),
            certificates_seen: 0,
            orders: 0,
            now,
            agenda: BTreeMap::new(),
            scheduled: 0,
        };
        world.admin = world.administrator().await?;
        Ok(world)
    }

    /// The first moment of a day of the year.
    pub(super) fn day(&self, day: i64) -> DateTime<Utc> {
        self.now - TimeDelta::days(DAYS - day)
    }

    /// Puts an act on the agenda; what would happen after today does not.
    pub(super) fn at(&mut self, moment: DateTime<Utc>, act: Act) {
        if moment <= self.now {
            self.scheduled += 1;
            self.agenda.insert((moment, self.scheduled), act);
        }
    }

    /// Puts an act on the agenda, so long from now.
    pub(super) fn after(&mut self, delay: TimeDelta, act: Act) {
        let moment = self.admin.now() + delay;
        self.at(moment, act);
    }

    /// Writes the year's fixed dates: shelves, rounds of the worker, newcomers.
    pub(super) fn plan(&mut self, services: usize) {
        let houses: Vec<_> = self.providers.iter().map(|party| party.house.clone()).collect();
        self.items = shelf::plans(&houses, &self.procedures, services)
            .into_iter()
            .enumerate()
            .map(|(place, plan)| Item { plan, id: None, on_sale: false, left: shelf::capacity(place) })
            .collect();
        let early = self.items.len() * 2 / 3;
        for place in 0..self.items.len() {
            let day = if place < early.max(12) { self.rng.between(9, 38) } else { self.rng.between(40, 330) };
            let moment = self.day(i64::from(day)) + self.office_hour();
            self.at(moment, Act::Publish(place));
            if place % 10 == 3 {
                self.at(
                    self.day(335) + TimeDelta::minutes(7 * i64::try_from(place).unwrap_or_default()),
                    Act::Reprice(place),
                );
            }
            if place % 10 == 7 {
                self.at(
                    self.day(361) + TimeDelta::minutes(7 * i64::try_from(place).unwrap_or_default()),
                    Act::Draft(place),
                );
            }
            match (place % 29, place % 31) {
                (11, _) => self.at(self.day(350) + TimeDelta::minutes(31), Act::Pause(place)),
                (_, 17) => self.at(self.day(352) + TimeDelta::minutes(44), Act::Retire(place)),
                _ => {}
            }
        }
        for day in (42..DAYS).step_by(2) {
            self.at(self.day(day) + TimeDelta::hours(3), Act::Round { lines: Vec::new() });
        }
        self.at(self.day(212) + TimeDelta::hours(10), Act::Newcomer { turned_down: true });
        self.at(self.day(362) + TimeDelta::hours(11), Act::Newcomer { turned_down: false });
    }

    /// Between seven and eighteen o'clock, measured from the day's first moment.
    pub(super) fn office_hour(&mut self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.rng.between(7 * 60, 18 * 60)))
    }

    /// Carries the agenda out to its end.
    pub(super) async fn live(&mut self, progress: &mut Progress) -> Result<(), CommandError> {
        while let Some(((moment, _), act)) = self.agenda.pop_first() {
            self.clock.set(moment);
            self.perform(act).await?;
            let gone = (moment - self.day(0)).num_days();
            progress.at(u64::try_from(gone).unwrap_or_default());
        }
        self.clock.set(self.now);
        let system = OpCtx::system(self.platform.clone());
        certificates::expire_due(&system).await?;
        certificates::sequence(&system).await?;
        worker::deliver(&system).await?;
        Ok(())
    }

    async fn perform(&mut self, act: Act) -> Result<(), CommandError> {
        match act {
            Act::Publish(place) => self.publish(place).await,
            Act::Reprice(place) => self.reprice(place, true).await,
            Act::Draft(place) => self.reprice(place, false).await,
            Act::Pause(place) => self.withdraw(place, false).await,
            Act::Retire(place) => self.withdraw(place, true).await,
            Act::Buy(number) => self.buy(number).await,
            Act::Capture { purchase, payment } => self.capture(purchase, payment).await,
            Act::Decline { payment } => self.deliver(payment, Some("card_declined")).await,
            Act::PayAgain { buyer, purchase, payment } => self.pay_again(buyer, purchase, payment).await,
            Act::Cancel { buyer, purchase, lines } => self.cancel(buyer, purchase, &lines).await,
            Act::Redeem { provider, code } => self.redeem(provider, code).await,
            Act::Change { id, act } => self.change(id, act).await,
            Act::Newcomer { turned_down } => self.newcomer(turned_down).await,
            Act::Round { lines } => {
                worker::round(&OpCtx::system(self.platform.clone())).await?;
                self.put_back(&lines);
                Ok(())
            }
        }
    }

    /// Units that an order held are on sale again.
    pub(super) fn put_back(&mut self, lines: &[(usize, u32)]) {
        for (place, units) in lines {
            if let Some(left) = self.items.get_mut(*place).and_then(|item| item.left.as_mut()) {
                *left += units;
            }
        }
    }

    /// The provider makes a service and, unless it stays a draft, puts it on sale.
    async fn publish(&mut self, place: usize) -> Result<(), CommandError> {
        let Some((ctx, form)) = self.form(place, false) else { return Ok(()) };
        let id = catalog::service_create(&ctx, form).await?.preview.service_id;
        let stays_draft = place % 37 == 5;
        if !stays_draft {
            catalog::service_publish(&ctx, id).await?;
        }
        if let Some(item) = self.items.get_mut(place) {
            (item.id, item.on_sale) = (Some(id), !stays_draft);
        }
        Ok(())
    }

    fn form(&self, place: usize, raised: bool) -> Option<(OpCtx, contracts::catalog::ServiceInput)> {
        let item = self.items.get(place)?;
        let party = self.providers.get(item.plan.provider)?;
        let form = shelf::form(&party.house, &self.procedures, place, &item.plan, raised)?;
        Some((party.ctx.clone(), form))
    }

    /// The provider saves a version with a higher price and, unless it stays a draft, puts it on sale.
    async fn reprice(&mut self, place: usize, publishes: bool) -> Result<(), CommandError> {
        let Some((ctx, form)) = self.form(place, true) else { return Ok(()) };
        let Some(id) = self.items.get(place).filter(|item| item.on_sale).and_then(|item| item.id) else {
            return Ok(());
        };
        catalog::service_edit(&ctx, id, form).await?;
        if publishes {
            catalog::service_publish(&ctx, id).await?;
        }
        Ok(())
    }

    async fn withdraw(&mut self, place: usize, for_good: bool) -> Result<(), CommandError> {
        let Some(item) = self.items.get_mut(place).filter(|item| item.on_sale) else { return Ok(()) };
        item.on_sale = false;
        let (Some(id), Some(party)) = (item.id, self.providers.get(item.plan.provider)) else {
            return Ok(());
        };
        if for_good {
            catalog::service_retire(&party.ctx, id).await?;
        } else {
            catalog::service_pause(&party.ctx, id).await?;
        }
        Ok(())
    }
}

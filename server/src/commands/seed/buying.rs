//! A year of orders: carts, payments that end in every way, and what becomes of the certificates.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    cart::{CartAdd, CartSave},
    certificates::{
        CertificateAction, CertificateChange, CertificateQuery, CertificateSummary, RedeemCommand,
    },
    ids::{CertificateId, PaymentId, PurchaseId},
    orders::{PurchaseInitiate, PurchaseStarted},
};
use services::{OpCtx, cart, certificates, orders, platform::WebhookHeaders, settlement};

use super::{
    super::CommandError,
    world::{Act, DAYS, Fate, World},
};

/// Orders that are still open today: four whose card was declined, two nobody knows the outcome of.
const OPEN_TODAY: usize = 6;
/// How long before the end of the year these are placed, in minutes, the earliest first: all within the half hour that an order is held.
const OPEN_SINCE: [i64; OPEN_TODAY] = [23, 20, 16, 12, 9, 6];

/// Clients of intermediaries: companies, never persons.
const CLIENTS: [&str; 8] = [
    "Brannock Shipping, staff plan",
    "Kestrel Robotics",
    "Municipality of Oudewater",
    "Ferryhill School Trust",
    "Solandra Foods, Iberia",
    "Tamarack Credit Union",
    "Atelier Vasseur",
    "Northfield Rail Maintenance",
];

const DESKS: [&str; 6] = [
    "Reception, ground floor",
    "Desk 2",
    "Outpatient counter",
    "Day clinic",
    "Radiology reception",
    "Mobile team",
];

/// How order `number` of `total` ends.
fn fate(number: usize, total: usize) -> Fate {
    match total - number {
        1 | 2 => return Fate::Unknown,
        left if left <= OPEN_TODAY => return Fate::AwaitingPayment,
        _ => {}
    }
    match (number % 11, number % 9, number % 13, number % 17) {
        (4, ..) => Fate::Cancelled,
        (_, 7, ..) => Fate::Expired,
        (_, _, 5, _) => Fate::DeclinedAndExpired,
        (.., 3) => Fate::PaidAtSecondTry,
        _ => Fate::Paid,
    }
}

impl World {
    /// When each order is placed: few at first, more and more later, six in the last half hour.
    pub(super) fn plan_orders(&mut self, total: usize) {
        self.orders = total;
        let regular = total.saturating_sub(OPEN_TODAY);
        for number in 0..regular {
            let part = (number * 1_000_000 / regular.max(1)).isqrt();
            let day = 45 + (DAYS - 48) * i64::try_from(part).unwrap_or_default() / 1000;
            let moment = self.day(day) + self.office_hour();
            self.at(moment, Act::Buy(number));
        }
        for (number, minutes) in (regular..total).zip(OPEN_SINCE) {
            self.at(self.now - TimeDelta::minutes(minutes), Act::Buy(number));
        }
    }

    /// Fills a cart, orders, and puts what follows on the agenda.
    pub(super) async fn buy(&mut self, number: usize) -> Result<(), CommandError> {
        let fate = fate(number, self.orders);
        let buyer = self.rng.position(self.buyers.len());
        let lines = self.choose(buyer);
        let Some(party) = self.buyers.get(buyer) else { return Ok(()) };
        let ctx = party.ctx.clone();
        let is_intermediary = party.house.kind == "intermediary";
        let client = self.rng.pick(&CLIENTS).filter(|_| is_intermediary);
        if fate == Fate::Unknown {
            self.gateway.leave();
        }
        for order in self.order(&ctx, number, &lines, client.copied()).await? {
            self.follow(fate, buyer, &order, &lines);
        }
        Ok(())
    }

    /// One to three services on sale in the buyer's currency, with quantities that are left.
    fn choose(&mut self, buyer: usize) -> Vec<(usize, u32)> {
        let Some(party) = self.buyers.get(buyer) else { return Vec::new() };
        let currency = party.house.currency;
        let most = if party.house.kind == "insurer" { 12 } else { 7 };
        let sells = |provider: usize| {
            self.providers.get(provider).is_some_and(|party| party.house.currency == currency)
        };
        let mut offered: Vec<usize> = (0..self.items.len())
            .filter(|place| {
                self.items.get(*place).is_some_and(|item| {
                    item.on_sale && sells(item.plan.provider) && item.left.is_none_or(|left| left >= 30)
                })
            })
            .collect();
        let mut lines = Vec::new();
        for _ in 0..self.rng.between(1, 3) {
            if offered.is_empty() {
                break;
            }
            let place = offered.swap_remove(self.rng.position(offered.len()));
            let quantity =
                if self.rng.chance(6) { self.rng.between(20, 30) } else { self.rng.between(1, most) };
            lines.push((place, quantity));
            if let Some(left) = self.items.get_mut(place).and_then(|item| item.left.as_mut()) {
                *left -= quantity;
            }
        }
        lines
    }

    async fn order(
        &self,
        ctx: &OpCtx,
        number: usize,
        lines: &[(usize, u32)],
        client: Option<&str>,
    ) -> Result<Vec<PurchaseStarted>, CommandError> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(client) = client {
            cart::cart_save(ctx, CartSave::of_client(client)).await?;
        }
        let mut confirmed_totals = Vec::new();
        for (place, quantity) in lines {
            let Some(service_id) = self.items.get(*place).and_then(|item| item.id) else { continue };
            let view =
                cart::cart_add(ctx, CartAdd { service_id, quantity: *quantity, idempotency_key: None })
                    .await?;
            confirmed_totals = view.totals.iter().map(|total| total.total).collect();
        }
        let command = PurchaseInitiate {
            idempotency_key: format!("demo-order-{number:06}"),
            confirmed_totals,
            confirmed_digests: Vec::new(),
        };
        Ok(orders::purchase_initiate(ctx, command).await?.purchases)
    }

    fn follow(&mut self, fate: Fate, buyer: usize, order: &PurchaseStarted, lines: &[(usize, u32)]) {
        let (purchase, payment, lines) = (order.id, order.payment.id, lines.to_vec());
        let minutes = TimeDelta::minutes;
        match fate {
            Fate::Paid => self.after(minutes(4), Act::Capture { purchase, payment }),
            Fate::PaidAtSecondTry => {
                self.after(minutes(3), Act::Decline { payment });
                self.after(minutes(6), Act::PayAgain { buyer, purchase, payment });
            }
            Fate::Cancelled => self.after(minutes(17), Act::Cancel { buyer, purchase, lines }),
            Fate::Expired => self.after(minutes(34), Act::Round { lines }),
            Fate::DeclinedAndExpired => {
                self.after(minutes(3), Act::Decline { payment });
                self.after(minutes(34), Act::Round { lines });
            }
            Fate::AwaitingPayment => self.after(minutes(5), Act::Decline { payment }),
            Fate::Unknown => {}
        }
    }

    /// The provider tells how a payment ended, by an event.
    pub(super) async fn deliver(
        &self,
        payment: PaymentId,
        refusal: Option<&str>,
    ) -> Result<(), CommandError> {
        let Some(event) = self.gateway.end(&payment.to_string(), refusal) else {
            return Err(CommandError::Message(format!("payment {payment} has no payment page")));
        };
        Ok(settlement::gateway_event_receive(&self.visitor(), WebhookHeaders::default(), &event).await?)
    }

    pub(super) async fn pay_again(
        &mut self,
        buyer: usize,
        purchase: PurchaseId,
        payment: PaymentId,
    ) -> Result<(), CommandError> {
        let Some(party) = self.buyers.get(buyer) else { return Ok(()) };
        orders::purchase_pay(&party.ctx, purchase).await?;
        self.after(TimeDelta::minutes(3), Act::Capture { purchase, payment });
        Ok(())
    }

    pub(super) async fn cancel(
        &mut self,
        buyer: usize,
        purchase: PurchaseId,
        lines: &[(usize, u32)],
    ) -> Result<(), CommandError> {
        let Some(party) = self.buyers.get(buyer) else { return Ok(()) };
        orders::purchase_cancel(&party.ctx, purchase).await?;
        self.put_back(lines);
        Ok(())
    }

    /// The money is in; what becomes of each certificate goes on the agenda.
    pub(super) async fn capture(
        &mut self,
        purchase: PurchaseId,
        payment: PaymentId,
    ) -> Result<(), CommandError> {
        self.deliver(payment, None).await?;
        // an intermediary buys for others and does not see their certificates; the administrator does
        let mut issued = load_issued(&self.admin, purchase).await?;
        // ids of one moment are in no order: sorted by what they are for, the same seed makes the same year
        issued
            .sort_by(|one, other| (&one.counterparty, &one.title).cmp(&(&other.counterparty, &other.title)));
        for certificate in issued {
            self.destine(certificate);
        }
        Ok(())
    }

    fn destine(&mut self, certificate: CertificateSummary) {
        self.certificates_seen += 1;
        let valid = (certificate.expires_at - certificate.issued_at).num_days();
        let early = TimeDelta::hours(i64::from(self.rng.between(20, 200)));
        let id = certificate.id;
        match self.certificates_seen % 60 {
            7 => return self.after(early, Act::Change { id, act: CertificateAction::Revoke }),
            19 => return self.after(early, Act::Change { id, act: CertificateAction::Suspend }),
            31 => {
                self.after(early, Act::Change { id, act: CertificateAction::Suspend });
                let settled = early + TimeDelta::hours(50);
                return self.after(settled, Act::Change { id, act: CertificateAction::Resume });
            }
            _ => {}
        }
        let last = u32::try_from((valid - 2).clamp(1, 120)).unwrap_or(1);
        let days = i64::from(self.rng.between(1, last));
        let provider = self.providers.iter().position(|party| party.house.name == certificate.counterparty);
        if self.rng.chance(48)
            && let Some(provider) = provider
        {
            let day: DateTime<Utc> = certificate.issued_at + TimeDelta::days(days);
            let moment = day + TimeDelta::minutes(i64::from(self.rng.below(240)));
            self.at(moment, Act::Redeem { provider, code: certificate.code });
        }
    }

    pub(super) async fn redeem(&mut self, provider: usize, code: String) -> Result<(), CommandError> {
        let place = self.rng.pick(&DESKS).copied().unwrap_or_default().to_owned();
        let Some(party) = self.providers.get(provider) else { return Ok(()) };
        certificates::certificate_redeem(&party.ctx, RedeemCommand { code, place }).await?;
        Ok(())
    }

    pub(super) async fn change(&self, id: CertificateId, act: CertificateAction) -> Result<(), CommandError> {
        let reason = match act {
            CertificateAction::Suspend => {
                "The provider asked us to put this certificate on hold until a billing question is settled."
            }
            CertificateAction::Resume => "The billing question is settled.",
            CertificateAction::Revoke => {
                "Withdrawn at the buyer's request: the insured person has left the plan."
            }
        };
        let (reason, confirmation) = (reason.to_owned(), "revoke".to_owned());
        let command = CertificateChange { id, act, reason, confirmation };
        certificates::certificate_change(&self.admin, command).await?;
        Ok(())
    }
}

/// The certificates of a purchase, all of them.
async fn load_issued(ctx: &OpCtx, purchase: PurchaseId) -> Result<Vec<CertificateSummary>, CommandError> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let query = CertificateQuery { purchase_id: Some(purchase), after, ..CertificateQuery::default() };
        let page = certificates::certificate_list(ctx, query).await?;
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_orders_are_enough_for_every_ending() {
        let fates: Vec<_> = (0..20).map(|number| fate(number, 20)).collect();
        for wanted in [
            Fate::Paid,
            Fate::PaidAtSecondTry,
            Fate::Cancelled,
            Fate::Expired,
            Fate::DeclinedAndExpired,
            Fate::AwaitingPayment,
            Fate::Unknown,
        ] {
            assert!(fates.contains(&wanted), "{wanted:?}");
        }
    }
}

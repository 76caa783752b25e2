//! Published services to buy in tests, inserted by the owner of the database.

use contracts::{
    ids::{ServiceId, ServiceVersionId},
    money::{Currency, Money},
};
use diesel_async::SimpleAsyncConnection;
use services::platform::{Clock, new_id};

use crate::{Member, TestApp};

/// Price and capacity of a service to plant.
#[derive(Clone, Debug)]
pub struct Goods {
    /// Price per unit.
    pub price: Money,
    /// Volume prices: smallest quantity and price per unit in minor units.
    pub steps: Vec<(u32, i64)>,
    /// Number of units for sale in all; `None` means unlimited.
    pub capacity: Option<u32>,
}

impl Goods {
    /// Creates goods of unlimited capacity at this price.
    pub const fn at(amount_minor: i64, currency: Currency) -> Self {
        Self { price: Money::new(amount_minor, currency), steps: Vec::new(), capacity: None }
    }

    /// Limits the capacity to `units`.
    #[must_use]
    pub const fn only(mut self, units: u32) -> Self {
        self.capacity = Some(units);
        self
    }

    /// Adds a volume price from `from` units on, in minor units.
    #[must_use]
    pub fn step(mut self, from: u32, amount_minor: i64) -> Self {
        self.steps.push((from, amount_minor));
        self
    }
}

const TRACE: &str = "INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id)
    VALUES (gen_random_uuid(), 'command', 'testkit.service_planted', 'service', '', 'testkit');";

impl TestApp {
    /// Plants a published service of `seller`.
    pub async fn service(&self, seller: &Member<'_>, goods: &Goods) -> ServiceId {
        let id: ServiceId = new_id(self.clock.now());
        let org_id = seller.org_id;
        let capacity = goods.capacity.map_or_else(|| "NULL".to_owned(), |units| units.to_string());
        let sql = format!(
            "INSERT INTO services (id, org_id, status) VALUES ('{id}', '{org_id}', 'draft');
             INSERT INTO service_capacity (service_id, org_id, capacity) VALUES ('{id}', '{org_id}', {capacity});"
        );
        self.plant(&sql).await;
        self.publish(seller, id, goods, 1).await;
        id
    }

    /// Publishes a second version of the service with the price of `goods`.
    pub async fn reprice(&self, seller: &Member<'_>, id: ServiceId, goods: &Goods) {
        self.publish(seller, id, goods, 2).await;
    }

    /// Pauses a service.
    pub async fn pause(&self, id: ServiceId) {
        self.plant(&format!("UPDATE services SET status = 'paused' WHERE id = '{id}';")).await;
    }

    async fn publish(&self, seller: &Member<'_>, id: ServiceId, goods: &Goods, version_no: u32) {
        let version: ServiceVersionId = new_id(self.clock.now());
        let org_id = seller.org_id;
        let Money { amount_minor, currency } = goods.price;
        let title = format!("Service {}", id.0.simple().to_string().split_off(24));
        let steps: String = goods
            .steps
            .iter()
            .map(|(from, minor)| {
                format!("INSERT INTO service_price_steps (org_id, version_id, min_quantity, unit_price_minor) VALUES ('{org_id}', '{version}', {from}, {minor});")
            })
            .collect();
        let sql = format!(
            "INSERT INTO service_versions (id, org_id, service_id, version_no, title, description, category, modality, country, city,
               duration_minutes, validity_days, currency, base_price_minor, published_at)
             VALUES ('{version}', '{org_id}', '{id}', {version_no}, '{title}', 'Planted.', 'imaging', 'on_site', 'IE', 'Dublin', 30, 365, '{currency}', {amount_minor}, now());
             {steps}
             UPDATE services SET status = 'published', published_version_id = '{version}' WHERE id = '{id}';"
        );
        self.plant(&sql).await;
    }

    /// Runs SQL as the owner of the database, with the audit record that law I9 requires.
    pub async fn plant(&self, sql: &str) {
        let mut owner = self.database.owner().await;
        owner.batch_execute(&format!("BEGIN; {sql} {TRACE} COMMIT")).await.expect("goods");
    }
}

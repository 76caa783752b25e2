//! Support for integration tests: a database per test, people and organisations to act as, and the application in a box.
//! A dev-dependency only. Begin with [`TestApp`].
#![expect(clippy::expect_used, reason = "a test that cannot be set up should fail at once, loudly")]

mod app;
mod database;
mod document;
mod gateway_conformance;
mod goods;
mod people;
mod sandbox;
mod snapshot;
mod test_mailer;

pub use app::{Answer, TestApp};
pub use database::TestDb;
pub use gateway_conformance::{Delivery, GatewayBench, assert_gateway_conforms};
pub use goods::Goods;
pub use people::Member;
pub use sandbox::{Sandbox, card};
pub use snapshot::Snapshot;
pub use test_mailer::TestMailer;

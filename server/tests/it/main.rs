//! One binary for all integration tests: real PostgreSQL, a database each, the whole router.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a scenario that cannot go on should fail at once"
)]

mod access;
mod analytics;
mod cards;
mod catalog;
mod catalog_bulk;
mod certificates;
mod checkout;
mod claims;
mod compliance;
mod encryption;
mod exports;
mod faults;
mod first_steps;
mod formats;
mod foundation;
mod gateways;
mod house_rules;
mod icd11;
mod identity;
mod laws;
mod limits;
mod lists;
mod log;
mod mail;
mod market_load;
mod misuse;
mod names;
mod openapi;
mod outages;
mod paper;
mod payments;
mod plain_forms;
mod providers;
mod refunds;
mod scans;
mod search;
mod seed;
mod slow_provider;
mod stale;
mod trade;
mod trust;
mod two_tabs;
mod views;
mod words;

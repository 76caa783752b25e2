//! Every business rule of HCTS, one folder a domain. The domains form a ladder: a module calls only to its left.
//!
//! platform ← views ← identity ← catalog ← cart ← payments ← orders ← certificates ← settlement ← compliance ← analytics ← search ← mail

pub mod analytics;
pub mod cart;
pub mod catalog;
pub mod certificates;
pub mod compliance;
pub mod identity;
pub mod mail;
pub mod orders;
pub mod payments;
pub mod platform;
pub mod search;
pub mod settlement;
pub mod views;
pub mod worker;

pub use platform::{Error, OpCtx, Result};

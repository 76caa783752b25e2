//! The pages, one folder a domain: `rpc.rs` the server functions, `pages/` the routes, `parts/` what pages are made of.

pub mod analytics;
pub mod cart;
pub mod catalog;
pub mod certificates;
pub mod compliance;
pub mod identity;
pub mod orders;
pub mod payments;
pub mod search;
pub mod views;

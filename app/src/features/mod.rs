//! The pages, one folder per domain: `rpc.rs` has the server functions, `pages/` the routes, `parts/` their components. Rules are in
//! `services`; a server function only calls them. Begin with a domain's `mod.rs`, which lists its addresses.

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

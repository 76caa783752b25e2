//! What the cart's pages and the service page are made of.

pub mod buy_box;
pub mod group;
pub mod summary;

pub use buy_box::BuyBox;
pub use group::SellerGroup;
pub use summary::Summary;

//! Components of the cart page and the service page.

pub mod buy_box;
pub mod group;
pub mod summary;
pub mod units_input;

pub use buy_box::BuyBox;
pub use group::SellerGroup;
pub use summary::Summary;
pub use units_input::UnitsInput;

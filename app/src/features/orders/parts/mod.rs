//! Components of the pages of orders.

pub mod badges;
pub mod payment;
pub mod transaction;

pub use badges::{PurchaseBadge, TransactionBadge};
pub use payment::{PayForm, PaymentFacts};
pub use transaction::TransactionCard;

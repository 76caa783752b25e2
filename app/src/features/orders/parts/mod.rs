//! Components of the pages of orders.

pub mod badges;
pub mod payment;
pub mod transaction;
pub mod undone_sale;

pub use badges::{PurchaseBadge, TransactionBadge};
pub use payment::{PayForm, PaymentFacts};
pub use transaction::{TransactionCard, commission_word};
pub use undone_sale::UndoneSaleCard;

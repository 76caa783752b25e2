//! Lists: what is in one, which columns it has and how many rows stand on a page are in its address, so that a link shows a colleague
//! the same.

mod choosing;
mod column;
mod filters;
mod table;
mod tools;

pub use choosing::{ChooseRows, Choosing};
pub use column::{Column, Sorts};
pub use filters::{AMOUNT_FILTERS, DAY_FILTERS, ListFilters};
pub use table::{ListLook, counted, list_table};
pub use tools::{Choosable, DaysChip, ListTools};

//! Lists: what is in one, which columns it has and how many rows stand on a page are in its address, so that a link shows a colleague
//! the same.

mod column;
mod filters;
mod selection;
mod table;
mod tools;

pub use column::{Column, Sorts};
pub use filters::{AMOUNT_FILTERS, DAY_FILTERS, ListFilters};
pub use selection::{SelectableRows, Selection};
pub use table::{ListLook, count_text, list_table};
pub use tools::{Choosable, DaysChip, ListTools};

//! Components that all lists share. The address of a list contains its filters, columns, sort order and page size, so that a link shows
//! the same list to a colleague. Begin with [`list_table`] and [`Column`].

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

//! Components of the search.

mod recent;
mod results;
mod search_box;

pub use results::{Results, result_count_text};
pub use search_box::SearchBox;

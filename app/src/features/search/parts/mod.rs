//! What the search is made of.

mod recent;
mod results;
mod search_box;

pub use results::{Results, said};
pub use search_box::SearchBox;

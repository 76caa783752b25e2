//! What the console's pages are made of.

mod permission_change;

pub use permission_change::{read_change, write_change};

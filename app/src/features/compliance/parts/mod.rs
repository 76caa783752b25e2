//! What the console's pages are made of.

mod address;
mod permission_change;

pub use address::address;
pub use permission_change::{read_change, write_change};

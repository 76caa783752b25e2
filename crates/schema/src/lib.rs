//! Diesel's picture of the database, and nothing else. Kept small: it is costly to compile and cheap to reuse.

mod schema;
pub use schema::*;

//! Diesel's picture of the database, and nothing else. Kept small: it is costly to compile and cheap to reuse.

#[expect(clippy::wildcard_imports, reason = "table! expands to wildcard imports")]
mod schema;
pub use schema::*;

//! One binary for all integration tests: real PostgreSQL, a database each, the whole router.

mod foundation;
mod house_rules;

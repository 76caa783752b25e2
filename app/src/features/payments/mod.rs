//! Payments, as pages show them.

//! Payments, as pages and the API see them.

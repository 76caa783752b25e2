//! Carts, purchases and transactions, as pages and the API see them.

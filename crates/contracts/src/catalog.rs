//! Services and the market, as pages and the API see them.

//! Payments through a gateway, and the ledger that records all money.

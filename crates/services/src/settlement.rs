//! What happens when money moves: a gateway's answer becomes a captured payment, a posted ledger, a paid purchase and issued
//! certificates, in one database transaction. It stands right of `certificates` in the ladder because it calls payments,
//! orders and certificates, none of which may call to its right.

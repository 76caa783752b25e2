//! Numbers for dashboards and the public totals.

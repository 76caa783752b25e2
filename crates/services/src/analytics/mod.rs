//! Numbers for dashboards and the public totals.

mod dashboards;
mod totals;

pub use dashboards::dashboard_get;
pub use totals::platform_stats;

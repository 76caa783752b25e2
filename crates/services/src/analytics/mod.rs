//! Numbers for dashboards and the public totals.

mod dashboards;
mod totals;
mod work;

pub use dashboards::dashboard_get;
pub use totals::platform_stats;

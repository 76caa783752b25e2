//! Server functions of the front page and the dashboards.

use contracts::analytics::{DashboardView, PlatformStats};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::ssr::ctx;
use crate::{error::UiError, rpc::Rpc};

/// Returns the public totals.
#[server(name = PlatformStatsGet, prefix = "/rpc", endpoint = "platform_stats", protocol = Rpc)]
pub async fn platform_stats() -> Result<PlatformStats, UiError> {
    Ok(services::analytics::platform_stats(&ctx()?).await?)
}

/// Returns the dashboard of the active organisation.
#[server(prefix = "/rpc", endpoint = "dashboard_get", protocol = Rpc)]
pub async fn dashboard_get() -> Result<DashboardView, UiError> {
    Ok(services::analytics::dashboard_get(&ctx()?).await?)
}

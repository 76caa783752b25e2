//! Public totals over REST.

use contracts::analytics::PlatformStats;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Problem, answer::Answer};
use crate::web::{AppState, Ctx};

/// The documented operations.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(platform_stats))
}

/// Public totals of the market, at most 30 seconds old.
#[utoipa::path(get, path = "/api/platform-stats", tag = "platform", responses((status = 200, body = PlatformStats, description = "The totals")))]
async fn platform_stats(Ctx(ctx): Ctx) -> Result<Answer<PlatformStats>, Problem> {
    Ok(Answer(services::analytics::platform_stats(&ctx).await?))
}

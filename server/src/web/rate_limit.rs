//! Requests per network (GCRA), files included; the database never sees what is refused here.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contracts::error::ErrorCode;
use governor::{DefaultKeyedRateLimiter, Quota};
use services::{Error, platform::Client};

use super::AppState;
use crate::rest::Problem;

/// The limiter of all networks.
pub struct RateLimit(DefaultKeyedRateLimiter<IpAddr>);

impl RateLimit {
    /// `per_second` on average, bursts of twice as many.
    pub fn new(per_second: u32) -> Arc<Self> {
        let rate = NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(rate)
            .allow_burst(rate.saturating_mul(NonZeroU32::new(2).unwrap_or(NonZeroU32::MIN)));
        Arc::new(Self(DefaultKeyedRateLimiter::keyed(quota)))
    }

    /// Forgets addresses that have been quiet.
    pub fn forget_quiet(&self) {
        self.0.retain_recent();
    }
}

pub(super) async fn limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let network = request.extensions().get::<Client>().and_then(Client::network);
    if network.is_some_and(|network| state.rate_limit.0.check_key(&network).is_err()) {
        return Problem::from(Error::new(ErrorCode::TooManyRequests).with_fact("retry_after_seconds", "1"))
            .into_response();
    }
    next.run(request).await
}

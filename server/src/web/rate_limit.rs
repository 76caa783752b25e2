//! Requests per network (GCRA), files included; the database sees nothing of what is refused here but one security event a
//! minute.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contracts::error::ErrorCode;
use governor::{DefaultKeyedRateLimiter, Quota};
use http::StatusCode;
use services::{
    Error, OpCtx,
    platform::{Client, RequestId, events::Alert},
};
use uuid::Uuid;

use super::{AppState, context, csrf::is_signed_door};
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

/// Refuses networks that ask too often. At the signed door only forgeries are counted, after their signature was looked at: an
/// event of the payment provider passes, whoever floods the door from the same address.
pub(super) async fn limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let client = request.extensions().get::<Client>().cloned().unwrap_or_default();
    let request_id = request.extensions().get::<RequestId>().copied().unwrap_or(RequestId(Uuid::now_v7()));
    if !is_signed_door(request.uri().path()) {
        return match refusal(&state, client, request_id).await {
            Some(refusal) => refusal,
            None => next.run(request).await,
        };
    }
    let answer = next.run(request).await;
    // a forgery, or a door of nobody
    if !matches!(answer.status(), StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND) {
        return answer;
    }
    refusal(&state, client, request_id).await.unwrap_or(answer)
}

/// Counts a request of the client's network; the refusal where that was one too many.
async fn refusal(state: &AppState, client: Client, request_id: RequestId) -> Option<Response> {
    let network = client.network()?;
    state.rate_limit.0.check_key(&network).err()?;
    let visitor = OpCtx::anonymous(Arc::clone(&state.platform), request_id, client);
    context::report(&visitor, Alert::RateLimitExceeded {}).await;
    let error = Error::new(ErrorCode::TooManyRequests).with_fact("retry_after_seconds", "1");
    Some(Problem::from(error).into_response())
}

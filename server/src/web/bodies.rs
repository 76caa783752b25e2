//! Bounds what requests that are still arriving hold in memory, per network and in all, and how long they may pause. A body is
//! read into memory before anybody looks at it: hundreds that never end would fill it.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contracts::error::ErrorCode;
use futures::{Stream, StreamExt, stream};
use services::{Error, platform::Client};

use crate::rest::Problem;

/// How much the bodies of requests may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyLimits {
    /// Bytes of one network.
    network: usize,
    /// Bytes in all.
    all: usize,
    /// Longest pause within a body.
    pause: Duration,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self { network: 16 * 1024 * 1024, all: 128 * 1024 * 1024, pause: Duration::from_secs(10) }
    }
}

/// What bodies hold now.
#[derive(Clone)]
pub(super) struct BodyBudget {
    limits: BodyLimits,
    held: Arc<Mutex<HashMap<Option<IpAddr>, usize>>>,
}

impl BodyBudget {
    /// Nothing is held yet.
    pub(super) fn new(limits: BodyLimits) -> Self {
        Self { limits, held: Arc::default() }
    }

    /// Counts `bytes` more for `network`, unless that is too much.
    fn take(&self, network: Option<IpAddr>, bytes: usize) -> Result<(), ErrorCode> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = held.values().sum();
        let own = held.get(&network).copied().unwrap_or_default();
        if own + bytes > self.limits.network {
            return Err(ErrorCode::TooManyRequests);
        }
        if all + bytes > self.limits.all {
            return Err(ErrorCode::Busy);
        }
        held.insert(network, own + bytes);
        Ok(())
    }

    fn give_back(&self, network: Option<IpAddr>, bytes: usize) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let left = held.get(&network).copied().unwrap_or_default().saturating_sub(bytes);
        if left == 0 {
            held.remove(&network);
        } else {
            held.insert(network, left);
        }
    }
}

/// The bytes that one request holds in memory; they are returned to the budget when the request is answered or dropped.
struct RequestBytes {
    budget: BodyBudget,
    network: Option<IpAddr>,
    state: Mutex<RequestBytesState>,
}

#[derive(Default)]
struct RequestBytesState {
    bytes: usize,
    refused: Option<ErrorCode>,
}

impl RequestBytes {
    /// Notes why the body is not read any further; its reader is told of a broken connection.
    fn refuse(&self, code: ErrorCode) -> io::Error {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).refused = Some(code);
        io::Error::other(code.message())
    }

    fn add(&self, bytes: usize) -> io::Result<()> {
        self.budget.take(self.network, bytes).map_err(|code| self.refuse(code))?;
        self.state.lock().unwrap_or_else(PoisonError::into_inner).bytes += bytes;
        Ok(())
    }

    fn refusal(&self) -> Option<ErrorCode> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).refused
    }
}

impl Drop for RequestBytes {
    fn drop(&mut self) {
        let bytes = self.state.get_mut().unwrap_or_else(PoisonError::into_inner).bytes;
        if bytes > 0 {
            self.budget.give_back(self.network, bytes);
        }
    }
}

/// Answers 429 for a network and 503 for everybody where bodies hold too much, and 503 for a body that pauses too long.
pub(super) async fn limit_body(State(budget): State<BodyBudget>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let network = request.extensions().get::<Client>().and_then(Client::network);
    let held = Arc::new(RequestBytes { budget, network, state: Mutex::default() });
    let counted = request.map(|body| Body::from_stream(count_bytes(body, Arc::clone(&held))));
    let answer = next.run(counted).await;
    match held.refusal() {
        Some(code) => Problem::from(Error::new(code).with_fact("retry_after_seconds", "10")).into_response(),
        None => answer,
    }
}

/// Returns the body with each chunk counted against the budget as it arrives.
fn count_bytes(body: Body, held: Arc<RequestBytes>) -> impl Stream<Item = Result<Bytes, axum::BoxError>> {
    let pause = held.budget.limits.pause;
    stream::unfold(Some((body.into_data_stream(), held)), move |source| async move {
        let (mut pieces, held) = source?;
        let piece = match tokio::time::timeout(pause, pieces.next()).await {
            Ok(None) => return None,
            Ok(Some(Ok(piece))) => held.add(piece.len()).map(|()| piece).map_err(axum::BoxError::from),
            Ok(Some(Err(broken))) => Err(axum::BoxError::from(broken)),
            Err(_) => Err(axum::BoxError::from(held.refuse(ErrorCode::TookTooLong))),
        };
        let rest = piece.is_ok().then_some((pieces, held));
        Some((piece, rest))
    })
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, net::Ipv4Addr};

    use axum::{Router, middleware, routing::post};
    use http::StatusCode;
    use tower::ServiceExt;

    use super::*;

    const SMALL: BodyLimits = BodyLimits { network: 1_000, all: 1_500, pause: Duration::from_millis(50) };

    async fn send(budget: &BodyBudget, network: u8, body: Body) -> StatusCode {
        let router = Router::new()
            .route("/", post(async |body: Bytes| body.len().to_string()))
            .layer(middleware::from_fn_with_state(budget.clone(), limit_body));
        let mut request = Request::post("/").body(body).unwrap();
        let address = Some(IpAddr::from(Ipv4Addr::new(203, 0, 113, network)));
        request.extensions_mut().insert(Client { address, ..Client::default() });
        router.oneshot(request).await.unwrap().status()
    }

    /// A body of so many bytes that never ends.
    fn endless(bytes: usize) -> Body {
        let begun = stream::iter([Ok::<_, Infallible>(Bytes::from(vec![b'x'; bytes]))]);
        Body::from_stream(begun.chain(stream::pending()))
    }

    fn held(budget: &BodyBudget) -> usize {
        budget.held.lock().unwrap().values().sum()
    }

    #[tokio::test]
    async fn bodies_are_bounded_per_network_and_in_all_and_what_they_held_is_given_back() {
        let budget = BodyBudget::new(BodyLimits { pause: Duration::from_mins(1), ..SMALL });
        assert_eq!(send(&budget, 1, Body::from(vec![0; 1_000])).await, StatusCode::OK);
        assert_eq!(send(&budget, 1, Body::from(vec![0; 1_001])).await, StatusCode::TOO_MANY_REQUESTS);
        let stalled = Box::pin(send(&budget, 1, endless(900)));
        let futures::future::Either::Right(((), stalled)) = futures::future::select(
            stalled,
            Box::pin(async {
                while held(&budget) == 0 {
                    tokio::task::yield_now().await;
                }
            }),
        )
        .await
        else {
            panic!("it does not end")
        };
        assert_eq!(send(&budget, 1, Body::from(vec![0; 101])).await, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(send(&budget, 2, Body::from(vec![0; 601])).await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(send(&budget, 2, Body::from(vec![0; 600])).await, StatusCode::OK, "others go on");
        drop(stalled);
        assert_eq!(held(&budget), 0);
    }

    #[tokio::test]
    async fn a_body_that_pauses_too_long_is_given_up() {
        let budget = BodyBudget::new(SMALL);
        assert_eq!(send(&budget, 1, endless(900)).await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(held(&budget), 0);
    }
}

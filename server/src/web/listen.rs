//! Takes connections in, so many at once and of one network: no small packet waits, no unfinished head and no client that never reads holds a
//! connection, and requests in flight are finished before the end, within a time.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Extension, Router,
    extract::{ConnectInfo, Request},
    middleware::{self, AddExtension, Next},
    response::{IntoResponse, Response},
    serve::Listener,
};
use contracts::error::ErrorCode;
use http::{Method, Version, header};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use services::{Error, platform::Client};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Layer;

use crate::rest::Problem;

/// How much of the server clients may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once; further ones wait to be accepted.
    pub connections: usize,
    /// Connections of one network at once; further ones are closed without an answer. Behind a proxy all come from its address:
    /// there it must be as many as in all.
    pub network_connections: usize,
    /// Longest time for the head of a request, the silence before it included.
    pub head: Duration,
    /// A connection takes requests for so long; a busy client opens another.
    pub connection: Duration,
    /// A connection that is to end has so long to finish what is in flight.
    pub finish: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            network_connections: 512,
            head: Duration::from_secs(10),
            connection: Duration::from_mins(5),
            finish: Duration::from_secs(30),
        }
    }
}

/// Serves until `stop`, then finishes what is in flight.
pub async fn listen(mut listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let room = Arc::new(Semaphore::new(limits.connections));
    let networks = Networks::default();
    // around the router: a request that is none must not reach its addresses
    let router = Router::new().fallback_service(router).layer(middleware::from_fn(refuse_malformed));
    loop {
        let accepted = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (place, Listener::accept(&mut listener).await)
        };
        let (place, (stream, peer)) = tokio::select! {
            accepted = accepted => accepted,
            () = stop.cancelled() => break,
        };
        let Some(presence) = networks.enter(peer, limits.network_connections) else {
            tracing::debug!("a client network has too many connections");
            continue;
        };
        let service = Extension(ConnectInfo(peer)).layer(router.clone());
        let stop = stop.clone();
        connections.spawn(async move {
            serve_one(stream, service, limits, stop).await;
            drop((place, presence));
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// How many connections each network has.
#[derive(Clone, Default)]
struct Networks(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Networks {
    /// Counts a connection of the peer's network until the value is dropped; `None` when there are `most` already.
    fn enter(&self, peer: SocketAddr, most: usize) -> Option<Presence> {
        let network = Client { address: Some(peer.ip()), ..Client::default() }.network()?;
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(network).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Presence { networks: self.clone(), network })
    }
}

/// One connection of a network.
struct Presence {
    networks: Networks,
    network: IpAddr,
}

impl Drop for Presence {
    fn drop(&mut self) {
        let mut counts = self.networks.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.network);
            }
        }
    }
}

/// Answers 400 to what HTTP does not allow: a target without a path (`GET host:80`), no host or several (RFC 9112 section 3.2).
async fn refuse_malformed(request: Request, next: Next) -> Response {
    let is_about_the_server = request.method() == Method::OPTIONS && request.uri().path() == "*";
    let has_path = request.uri().path().starts_with('/') || is_about_the_server;
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let names_host = hosts == 1 || (hosts == 0 && request.version() < Version::HTTP_11);
    if has_path && names_host {
        return next.run(request).await;
    }
    Problem::from(Error::new(ErrorCode::MalformedRequest)).into_response()
}

async fn serve_one(
    stream: TcpStream,
    service: AddExtension<Router, ConnectInfo<SocketAddr>>,
    limits: Limits,
    stop: CancellationToken,
) {
    // without it Nagle's algorithm and delayed acknowledgements hold a page back for 40 ms
    if let Err(cause) = stream.set_nodelay(true) {
        tracing::debug!(%cause, "TCP_NODELAY not set");
    }
    // which version is spoken would be waited for without a limit
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head);
    let mut served = pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
    let ended = tokio::select! {
        ended = served.as_mut() => Ok(ended),
        () = until_end(limits.connection, &stop) => {
            served.as_mut().graceful_shutdown();
            timeout(limits.finish, served).await
        }
    };
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(cause)) => tracing::trace!(%cause, "a connection was lost"),
        Err(late) => tracing::debug!(%late, "a connection did not close in time and was dropped"),
    }
}

/// Until a connection has lasted long enough or the server stops.
async fn until_end(longest: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = sleep(longest) => {}
        () = stop.cancelled() => {}
    }
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        io::{Read, Write},
        sync::atomic::{AtomicUsize, Ordering},
    };

    use axum::{
        body::{Body, Bytes},
        routing::get,
    };

    use super::*;

    /// Long enough for a busy machine; a test that waits for it has failed.
    const PATIENCE: Duration = Duration::from_secs(20);

    async fn peer(ConnectInfo(peer): ConnectInfo<SocketAddr>) -> String {
        peer.ip().to_string()
    }

    async fn endless() -> Body {
        Body::from_stream(futures::stream::repeat_with(|| {
            Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 8_192]))
        }))
    }

    fn say(address: SocketAddr, said: &str) -> std::net::TcpStream {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(said.as_bytes()).unwrap();
        stream
    }

    fn hear(mut stream: std::net::TcpStream) -> String {
        let mut heard = String::new();
        stream.read_to_string(&mut heard).unwrap();
        heard
    }

    /// What is answered until the server closes the connection.
    fn answer_to(address: SocketAddr, said: &str) -> String {
        hear(say(address, said))
    }

    struct Served {
        address: SocketAddr,
        stop: CancellationToken,
        server: tokio::task::JoinHandle<()>,
    }

    async fn serve(router: Router, limits: Limits) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        Served { address, server: tokio::spawn(listen(listener, router, limits, stop.clone())), stop }
    }

    impl Served {
        async fn answer_to(&self, said: &'static str) -> String {
            let address = self.address;
            tokio::task::spawn_blocking(move || answer_to(address, said)).await.unwrap()
        }

        async fn ends(self) {
            self.stop.cancel();
            timeout(PATIENCE, self.server).await.unwrap().unwrap();
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_head_that_never_ends_is_not_waited_for() {
        let limits = Limits { head: Duration::from_millis(500), ..Limits::default() };
        let served = serve(Router::new().route("/", get(peer)), limits).await;
        let whole = served.answer_to("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
        assert!(whole.starts_with("HTTP/1.1 200") && whole.ends_with("127.0.0.1"), "{whole}");
        let half = served.answer_to("GET / HTTP/1.1\r\nhost: local").await;
        assert!(!half.contains("127.0.0.1"), "{half}");
        served.ends().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_target_without_a_path_and_a_request_without_a_host_are_refused() {
        let served = serve(Router::new().fallback(get(peer)), Limits::default()).await;
        for malformed in [
            "GET evil:80 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
            "CONNECT evil:80 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
            "GET / HTTP/1.1\r\nconnection: close\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n",
        ] {
            let answer = served.answer_to(malformed).await;
            assert!(answer.starts_with("HTTP/1.1 400"), "{malformed}: {answer}");
        }
        let absolute = "GET http://localhost/ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        assert!(served.answer_to(absolute).await.starts_with("HTTP/1.1 200"), "as to a proxy");
        served.ends().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_network_has_its_share_of_the_connections_and_no_more() {
        let limits = Limits { network_connections: 1, ..Limits::default() };
        let served = serve(Router::new().route("/", get(peer)), limits).await;
        let address = served.address;
        let ask = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        tokio::task::spawn_blocking(move || {
            let mut held = say(address, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
            held.read_exact(&mut [0; 12]).unwrap();
            let mut turned_away = say(address, "");
            assert_eq!(turned_away.read(&mut [0; 1]).unwrap_or_default(), 0, "closed without an answer");
            drop(held);
            // it counts until the server has seen its end
            while !std::panic::catch_unwind(|| answer_to(address, ask))
                .is_ok_and(|heard| heard.starts_with("HTTP/1.1 200"))
            {}
        })
        .await
        .unwrap();
        served.ends().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_connection_does_not_last_for_ever() {
        let (long, short) = (Duration::from_mins(10), Duration::from_millis(200));
        let limits = Limits { head: long, connection: short, ..Limits::default() };
        let served = serve(Router::new().route("/", get(peer)), limits).await;
        let kept_alive = served.answer_to("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
        assert!(kept_alive.starts_with("HTTP/1.1 200"), "{kept_alive}");
        served.ends().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_never_reads_does_not_hold_up_the_end() {
        let limits = Limits { finish: Duration::from_millis(200), ..Limits::default() };
        let served = serve(Router::new().route("/", get(endless)), limits).await;
        let address = served.address;
        let held = tokio::task::spawn_blocking(move || {
            let mut stream = say(address, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
            stream.read_exact(&mut [0; 12]).unwrap();
            stream
        });
        let held = held.await.unwrap();
        served.ends().await;
        drop(held);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_comes_when_there_is_no_room_waits() {
        static TURN: AtomicUsize = AtomicUsize::new(0);
        let turn = || async { TURN.fetch_add(1, Ordering::SeqCst).to_string() };
        let limits = Limits { connections: 1, ..Limits::default() };
        let served = serve(Router::new().route("/", get(turn)), limits).await;
        let address = served.address;
        let (first, second) = tokio::task::spawn_blocking(move || {
            let ask = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
            let mut first = say(address, "");
            let second = say(address, ask);
            first.write_all(ask.as_bytes()).unwrap();
            (hear(first), hear(second))
        })
        .await
        .unwrap();
        assert!(first.ends_with("\r\n\r\n0") && second.ends_with("\r\n\r\n1"), "{first}\n{second}");
        served.ends().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_request_in_flight_is_finished_before_the_end() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, begun, told) =
            (CancellationToken::new(), CancellationToken::new(), CancellationToken::new());
        let slow = {
            let (begun, told) = (begun.clone(), told.clone());
            async move || {
                begun.cancel();
                told.cancelled().await;
                "done"
            }
        };
        let router = Router::new().route("/", get(slow));
        let server = tokio::spawn(listen(listener, router, Limits::default(), stop.clone()));
        let said = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
        let heard = tokio::task::spawn_blocking(move || answer_to(address, said));
        begun.cancelled().await;
        stop.cancel();
        // the port is let go while the request is still being answered
        while std::net::TcpStream::connect(address).is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(!server.is_finished(), "it waits for what is in flight");
        told.cancel();
        let heard = heard.await.unwrap();
        assert!(heard.starts_with("HTTP/1.1 200") && heard.ends_with("done"), "{heard}");
        server.await.unwrap();
    }
}

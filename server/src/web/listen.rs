//! Takes connections in: no small packet waits, no unfinished head holds a connection, and requests in flight are finished
//! before the end.

use std::{net::SocketAddr, pin::pin, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo, middleware::AddExtension, serve::Listener};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Layer;

/// Longest time for the head of a request, the silence before it included.
pub const LONGEST_HEAD: Duration = Duration::from_secs(10);

/// Serves until `stop`, then finishes what is in flight.
pub async fn listen(
    mut listener: TcpListener,
    router: Router,
    longest_head: Duration,
    stop: CancellationToken,
) {
    let connections = TaskTracker::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = stop.cancelled() => break,
        };
        let service = Extension(ConnectInfo(peer)).layer(router.clone());
        connections.spawn(serve_one(stream, service, longest_head, stop.clone()));
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn serve_one(
    stream: TcpStream,
    service: AddExtension<Router, ConnectInfo<SocketAddr>>,
    longest_head: Duration,
    stop: CancellationToken,
) {
    // without it Nagle's algorithm and delayed acknowledgements hold a page back for 40 ms
    if let Err(cause) = stream.set_nodelay(true) {
        tracing::debug!(%cause, "TCP_NODELAY not set");
    }
    // which version is spoken would be waited for without a limit
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(longest_head);
    let mut served = pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = stop.cancelled() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(cause) = ended {
        tracing::trace!(%cause, "a connection broke off");
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use axum::routing::get;

    use super::*;

    async fn peer(ConnectInfo(peer): ConnectInfo<SocketAddr>) -> String {
        peer.ip().to_string()
    }

    fn answer_to(address: SocketAddr, said: &str) -> String {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(said.as_bytes()).unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).unwrap();
        heard
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_head_that_never_ends_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let router = Router::new().route("/", get(peer));
        let server = tokio::spawn(listen(listener, router, Duration::from_millis(500), stop.clone()));
        let heard = async |said: &'static str| {
            tokio::task::spawn_blocking(move || answer_to(address, said)).await.unwrap()
        };
        let whole = heard("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
        assert!(whole.starts_with("HTTP/1.1 200") && whole.ends_with("127.0.0.1"), "{whole}");
        let half = heard("GET / HTTP/1.1\r\nhost: local").await;
        assert!(!half.contains("127.0.0.1"), "{half}");
        stop.cancel();
        server.await.unwrap();
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
        let server = tokio::spawn(listen(listener, router, LONGEST_HEAD, stop.clone()));
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

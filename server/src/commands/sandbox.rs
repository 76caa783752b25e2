//! `hcts sandbox-gateway`.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use sandbox_gateway::Config as GatewayConfig;
use tokio::net::TcpListener;

use super::{CommandError, logging, serve::stop_signal};
use crate::config::{Mode, Reader};

#[derive(Args)]
pub(super) struct Sandbox {
    /// Address to listen on.
    #[arg(long, env = "HCTS_GATEWAY_LISTEN", default_value = GatewayConfig::DEFAULT_LISTEN)]
    listen: SocketAddr,
    /// Address to which signed events are sent.
    #[arg(long, env = "HCTS_GATEWAY_WEBHOOK_URL", default_value = GatewayConfig::DEFAULT_WEBHOOK_URL)]
    webhook_url: String,
    /// Keep sessions and payments in this file across restarts.
    #[arg(long, env = "HCTS_GATEWAY_SNAPSHOT")]
    snapshot: Option<PathBuf>,
}

pub(super) async fn run(sandbox: Sandbox) -> Result<(), CommandError> {
    logging::start(Mode::Development);
    let mut reader = Reader::from_env();
    let config = GatewayConfig {
        api_key: reader.text("HCTS_GATEWAY_API_KEY", GatewayConfig::DEFAULT_API_KEY),
        webhook_secret: reader.text("HCTS_GATEWAY_WEBHOOK_SECRET", GatewayConfig::DEFAULT_WEBHOOK_SECRET),
        webhook_url: sandbox.webhook_url,
        public_base_url: reader.text("HCTS_GATEWAY_URL", &format!("http://{}", sandbox.listen)),
        snapshot: sandbox.snapshot,
        ..GatewayConfig::default()
    };
    let listener = TcpListener::bind(sandbox.listen)
        .await
        .map_err(|cause| CommandError::Io(sandbox.listen.to_string(), cause))?;
    tracing::info!(address = %sandbox.listen, "sandbox payment provider, no real money");
    sandbox_gateway::serve(listener, config, stop_signal())
        .await
        .map_err(|cause| CommandError::Message(cause.to_string()))
}

//! `hcts serve` and `hcts worker`.

use std::{sync::Arc, time::Duration};

use clap::Args;
use services::{
    OpCtx, certificates, identity,
    platform::{Platform, role},
    worker,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{CommandError, logging, platform};
use crate::{
    config::Config,
    web::{self, AppState, LegalPages, Limits, RateLimit, Site},
};

#[derive(Args)]
pub(super) struct Serve {
    /// Do not run the background jobs in this process; run them with `hcts worker`.
    #[arg(long)]
    without_worker: bool,
}

pub(super) async fn serve(serve: Serve) -> Result<(), CommandError> {
    let config = Config::from_env()?;
    logging::start(config.mode);
    let platform = open_platform(&config).await?;
    let site = Site::open(&config.http.site_dir).map_err(|cause| {
        CommandError::Io(format!("the files of the site in {}", config.http.site_dir.display()), cause)
    })?;
    let legal = match &config.http.legal_dir {
        Some(dir) => {
            LegalPages::open(dir).map_err(|why| CommandError::Message(format!("HCTS_LEGAL_DIR: {why}")))?
        }
        None => LegalPages::placeholders(),
    };
    let is_demo = identity::has_demo_accounts(&OpCtx::system(platform.clone())).await?;
    let rate_limit = RateLimit::new(config.http.requests_per_second);
    let state = AppState {
        platform: platform.clone(),
        site,
        legal,
        is_demo,
        mode: config.mode,
        trusted_proxies: config.http.trusted_proxies,
        rate_limit: rate_limit.clone(),
    };
    let stop = stop_signal();
    let worker =
        (!serve.without_worker).then(|| tokio::spawn(worker::run(OpCtx::system(platform), stop.clone())));
    tokio::spawn(forget_quiet_addresses(rate_limit, stop.clone()));

    let address = config.http.listen;
    let listener =
        TcpListener::bind(address).await.map_err(|cause| CommandError::Io(address.to_string(), cause))?;
    tracing::info!(%address, "serving");
    let usual = Limits::default();
    // a proxy's address stands for all who come through it
    let network_connections =
        if config.http.trusted_proxies > 0 { usual.connections } else { usual.network_connections };
    let limits = Limits { network_connections, ..usual };
    web::listen(listener, web::router(state), limits, stop).await;
    if let Some(worker) = worker {
        worker.await.map_err(|cause| CommandError::Message(cause.to_string()))?;
    }
    tracing::info!("stopped after finishing all open requests");
    Ok(())
}

pub(super) async fn work() -> Result<(), CommandError> {
    let config = Config::from_env()?;
    logging::start(config.mode);
    let platform = open_platform(&config).await?;
    tracing::info!("running the background jobs");
    worker::run(OpCtx::system(platform), stop_signal()).await;
    Ok(())
}

/// Opens the platform of the services.
///
/// # Errors
/// When the database role bypasses row-level security, or certificates signed with the key could not be verified.
async fn open_platform(config: &Config) -> Result<Arc<Platform>, CommandError> {
    let platform = platform(config)?;
    let ctx = OpCtx::system(platform.clone());
    if let Some(why) = role::rls_bypass_reason(&ctx).await? {
        return Err(CommandError::Message(format!(
            "{why}. HCTS_DATABASE_URL must use a role that owns nothing, such as hcts_app."
        )));
    }
    match certificates::key_problem(&ctx).await? {
        None => Ok(platform),
        Some(why) => Err(CommandError::Message(why)),
    }
}

async fn forget_quiet_addresses(rate_limit: Arc<RateLimit>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_mins(1)) => rate_limit.forget_quiet(),
            () = stop.cancelled() => {}
        }
    }
}

/// Cancelled by Ctrl-C and by SIGTERM.
pub(super) fn stop_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let heard = stop.clone();
    tokio::spawn(async move {
        let terminate = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(_) => std::future::pending::<()>().await,
            }
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = terminate => {}
        }
        heard.cancel();
    });
    stop
}

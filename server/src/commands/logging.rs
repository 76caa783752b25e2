//! Logs: for people on a laptop, JSON lines in production. Never personal data, never secrets.

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::config::{Mode, Reader};

/// Starts logging; `HCTS_LOG` narrows or widens it (`info` by default).
pub(super) fn start(mode: Mode) {
    let wanted = Reader::from_env().text("HCTS_LOG", "info,tower_http=warn");
    let filter = EnvFilter::try_new(&wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    match mode {
        Mode::Development => registry.with(fmt::layer().with_target(false).compact()).init(),
        Mode::Production => registry.with(fmt::layer().json().flatten_event(true)).init(),
    }
}

//! The ground the domains stand on: who calls, the database, audit, outbox, errors, time, randomness, and the ports to outside systems.

mod cache;
mod clock;
mod connect;
mod context;
mod continuity;
mod count_row;
mod cpu_limiter;
mod csp_reports;
mod db;
mod elevation;
mod error;
pub mod events;
pub mod fonts;
mod gateway;
mod idempotency;
mod keys;
pub mod laws;
mod list_file;
mod listing;
mod local_day;
mod mailer;
pub mod migrate;
pub mod outbox;
mod pool;
mod prepared;
mod random;
pub mod role;
mod settings;
mod silence;
pub mod writable;

use std::sync::Arc;

pub use cache::Caches;
pub use clock::{Clock, ManualClock, SystemClock};
pub use connect::{AddressError, Connector, connect, is_this_machine};
pub use context::{ActiveOrganisation, Actor, Caller, Client, OpCtx, RequestId};
pub use continuity::{
    LogContinuity, PinnedCheckpoint, continuity_of, log_continuity, pinned_checkpoint, records_problem,
};
pub(crate) use count_row::CountRow;
pub use cpu_limiter::CpuLimiter;
pub use csp_reports::csp_reports_purge;
pub use db::{Conn, Db, DbSettings, Tx, TxFunc};
pub use elevation::Elevation;
pub use error::{Error, Result};
pub use gateway::{
    Capabilities, Gateway, GatewayError, GatewayPayment, GatewayPaymentStatus, GatewaySession, Gateways,
    SessionRequest, WebhookEvent,
};
pub use idempotency::{StoredAnswer, idempotency_purge};
pub use keys::{CheckpointStore, Keys};
pub(crate) use list_file::{Cell, Column};
pub use list_file::{ListFile, MAX_FILE_ROWS};
pub(crate) use listing::{COUNT, Edge, Key, KeyKind, Keyset, Sql, contains_pattern, write_cursor};
pub(crate) use local_day::start_of_day;
pub use mailer::{Email, MailError, Mailer, SmtpMailer};
pub(crate) use prepared::Prepare;
pub use random::{new_id, secret_token, sha256};
pub use settings::{FileReader, Settings};

/// Everything a rule may need from outside, made once at start and shared.
pub struct Platform {
    /// Connections to PostgreSQL.
    pub db: Db,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Who collects the money.
    pub gateways: Gateways,
    /// Sends e-mail.
    pub mailer: Arc<dyn Mailer>,
    /// What signs certificates and checkpoints; kept outside the database.
    pub keys: Keys,
    /// Rates and limits of the business.
    pub settings: Settings,
}

//! Pooled connections: opened within a time, checked after a rest, thrown away when they are dead. After an outage the pool
//! serves again by itself: the first dead connection that is found makes all older ones suspect, and new ones take their place.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use contracts::error::ErrorCode;
use deadpool::managed::Metrics;
use diesel_async::{
    AsyncPgConnection, SimpleAsyncConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Hook, HookError, Object, Pool, PoolError},
    },
};
use futures::FutureExt;

use super::{DbSettings, Error, Result, connect::Connector};

/// A connection that has rested for so long is asked for a sign of life before it is used.
const RESTED: Duration = Duration::from_secs(1);
/// Longest wait for that sign.
const CHECK_WITHIN: Duration = Duration::from_secs(1);
/// How much longer than a statement may run its connection may stay silent.
const GRACE: Duration = Duration::from_secs(1);

/// Some connections to one database.
#[derive(Clone)]
pub(super) struct ConnectionPool {
    pool: Pool<AsyncPgConnection>,
    /// Longest wait for a connection, opening it included.
    patience: Duration,
    suspicion: Suspicion,
}

/// Connections that were last used before this moment are thrown away unasked.
#[derive(Clone, Default)]
struct Suspicion(Arc<Mutex<Option<Instant>>>);

impl Suspicion {
    fn falls_on(&self, last_used: Instant) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|before| last_used < before)
    }

    fn raise(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

impl ConnectionPool {
    /// Makes the pool; connections open when they are first needed.
    pub(super) fn new(settings: &DbSettings) -> Result<Self> {
        let suspicion = Suspicion::default();
        let manager = AsyncDieselConnectionManager::new_with_config(settings.url.clone(), opening(settings)?);
        let pool = Pool::builder(manager)
            .max_size(settings.pool_size)
            .pre_recycle(check(suspicion.clone()))
            .build()
            .map_err(Error::internal)?;
        Ok(Self { pool, patience: settings.acquire_timeout, suspicion })
    }

    /// A connection that answered lately.
    ///
    /// # Errors
    /// `busy` when all are in use, `unavailable` when none can be opened; either within the time of the settings.
    pub(super) async fn get(&self) -> Result<Object<AsyncPgConnection>> {
        let are_all_in_use = || {
            let status = self.pool.status();
            status.available == 0 && status.size >= status.max_size
        };
        match tokio::time::timeout(self.patience, self.pool.get()).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(cause @ PoolError::Timeout(_))) => Err(Error::new(ErrorCode::Busy).caused_by(cause)),
            Ok(Err(cause)) => Err(Error::new(ErrorCode::Unavailable).caused_by(cause)),
            Err(late) => {
                let code = if are_all_in_use() { ErrorCode::Busy } else { ErrorCode::Unavailable };
                Err(Error::new(code).caused_by(late))
            }
        }
    }

    /// Has all connections thrown away that were last used before now.
    pub(super) fn distrust_present(&self) {
        self.suspicion.raise();
    }
}

/// How a connection is opened and set up.
fn opening(settings: &DbSettings) -> Result<ManagerConfig<AsyncPgConnection>> {
    // a generic plan: fences make planning dearer than running, and PostgreSQL would plan a list of ids anew each time
    let limits = format!(
        "SET application_name = 'hcts'; SET statement_timeout = {}; SET idle_in_transaction_session_timeout = '15s'; SET jit = off; \
         SET plan_cache_mode = force_generic_plan; \
         PREPARE open_transaction (text, text, text, text, text) AS SELECT set_config('hcts.org_id', $1, true), \
         set_config('hcts.actor_id', $2, true), set_config('hcts.request_id', $3, true), set_config('hcts.scope', $4, true), \
         set_config('hcts.now', $5, true)",
        settings.statement_timeout.as_millis()
    );
    let connector = Connector::new(&settings.url)
        .map_err(Error::internal)?
        .with_longest_silence(settings.statement_timeout + GRACE);
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |_| {
        let (connector, limits) = (connector.clone(), limits.clone());
        async move {
            let mut conn = connector.open().await?;
            conn.batch_execute(&limits).await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            Ok(conn)
        }
        .boxed()
    });
    Ok(config)
}

/// Asks a rested connection for a sign of life. One that gives none makes all that rested as long suspect.
fn check(suspicion: Suspicion) -> Hook<AsyncPgConnection> {
    Hook::async_fn(move |conn: &mut AsyncPgConnection, metrics: &Metrics| {
        let (suspicion, last_used) = (suspicion.clone(), metrics.recycled.unwrap_or(metrics.created));
        async move {
            if suspicion.falls_on(last_used) {
                return Err(HookError::message("from before an outage"));
            }
            if last_used.elapsed() < RESTED {
                return Ok(());
            }
            match tokio::time::timeout(CHECK_WITHIN, conn.batch_execute("SELECT 1")).await {
                Ok(Ok(())) => Ok(()),
                _ => {
                    suspicion.raise();
                    Err(HookError::message("the connection is dead"))
                }
            }
        }
        .boxed()
    })
}

//! The way into PostgreSQL. A connection comes only from an [`OpCtx`] with a named permission, inside a transaction that
//! carries the caller's identity for row-level security. Work runs in a task of its own: a client that goes away
//! cannot cut a transaction in half, because dropping a diesel-async transaction future is not safe.

use std::time::Duration;

use contracts::permission::Permission;
use diesel_async::{
    AsyncPgConnection, SimpleAsyncConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool},
    },
};
use futures::{FutureExt, future::BoxFuture};
use tracing::Instrument;

use super::{Caches, Error, OpCtx, Result, connect::Connector};

/// A pooled connection, as queries take it.
pub type Conn = AsyncPgConnection;

/// How often a transaction is run again after a serialization failure or a deadlock.
const ATTEMPTS: u32 = 4;

/// Where the database is and how it is used.
#[derive(Clone)]
pub struct DbSettings {
    /// Connection URL of the application role.
    pub url: String,
    /// Most connections at once.
    pub pool_size: usize,
    /// Longest wait for one of them.
    pub acquire_timeout: Duration,
    /// Longest single statement.
    pub statement_timeout: Duration,
}

/// The pool.
#[derive(Clone)]
pub struct Db {
    pool: Pool<AsyncPgConnection>,
    caches: Caches,
}

impl Db {
    /// Makes the pool; connections open when they are first needed.
    pub fn new(settings: &DbSettings) -> Result<Self> {
        // a generic plan: fences make planning dearer than running, and PostgreSQL would plan a list of ids anew each time
        let limits = format!(
            "SET application_name = 'hcts'; SET statement_timeout = {}; SET idle_in_transaction_session_timeout = '15s'; SET jit = off; \
             SET plan_cache_mode = force_generic_plan; \
             PREPARE open_transaction (text, text, text, text, text) AS SELECT set_config('hcts.org_id', $1, true), \
             set_config('hcts.actor_id', $2, true), set_config('hcts.request_id', $3, true), set_config('hcts.scope', $4, true), \
             set_config('hcts.now', $5, true)",
            settings.statement_timeout.as_millis()
        );
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        let connector = Connector::new(&settings.url).map_err(Error::internal)?;
        config.custom_setup = Box::new(move |_| {
            let (connector, limits) = (connector.clone(), limits.clone());
            async move {
                let mut conn = connector.open().await?;
                conn.batch_execute(&limits)
                    .await
                    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                Ok(conn)
            }
            .boxed()
        });
        let manager = AsyncDieselConnectionManager::new_with_config(settings.url.clone(), config);
        let pool = Pool::builder(manager)
            .max_size(settings.pool_size)
            .wait_timeout(Some(settings.acquire_timeout))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(Error::internal)?;
        Ok(Self { pool, caches: Caches::default() })
    }

    pub(super) async fn connection(&self) -> Result<Object<AsyncPgConnection>> {
        self.pool.get().await.map_err(|cause| Error::new(contracts::error::ErrorCode::Busy).caused_by(cause))
    }

    /// What the domains remember of this database for a moment.
    pub fn caches(&self) -> &Caches {
        &self.caches
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.connection().await?.batch_execute("SELECT 1").await?)
    }
}

/// An async closure that may be run in a spawned task. Stable Rust cannot yet say "the returned future is `Send`" of an
/// `AsyncFnOnce`; this trait does.
pub trait TxFunc<A, R>: AsyncFnOnce(A) -> R + FnOnce(A) -> <Self as TxFunc<A, R>>::Future {
    /// What the closure returns.
    type Future: Future<Output = R>;
}

impl<F, A, R, Fut> TxFunc<A, R> for F
where
    F: AsyncFnOnce(A) -> R + FnOnce(A) -> Fut,
    Fut: Future<Output = R>,
{
    type Future = Fut;
}

/// An open transaction and the caller it runs for.
pub struct Tx {
    // none only while the transaction is being closed
    conn: Option<Object<AsyncPgConnection>>,
    ctx: OpCtx,
}

impl Tx {
    async fn begin(ctx: &OpCtx, mode: &str) -> Result<Self> {
        let conn = ctx.platform().db.connection().await?;
        // the guard is made first: if BEGIN fails half-way the connection is thrown away
        let mut tx = Self { conn: Some(conn), ctx: ctx.clone() };
        let caller = ctx.caller();
        // ids and the clock format to hexadecimal, digits and punctuation without quotes
        let statement = format!(
            "BEGIN {mode}; EXECUTE open_transaction ('{}', '{}', '{}', '{}', '{}')",
            caller.organisation.as_ref().map(|organisation| organisation.id.to_string()).unwrap_or_default(),
            caller.actor.user_id().map(|id| id.to_string()).unwrap_or_default(),
            caller.request_id,
            ctx.scope(),
            ctx.now().to_rfc3339(),
        );
        tx.conn()?.batch_execute(&statement).await?;
        Ok(tx)
    }

    /// The connection, for queries.
    pub fn conn(&mut self) -> Result<&mut Conn> {
        self.conn.as_deref_mut().ok_or_else(|| Error::internal("the transaction is closed"))
    }

    /// The caller.
    pub fn ctx(&self) -> &OpCtx {
        &self.ctx
    }

    async fn finish(mut self, how: &str) -> Result<()> {
        let outcome = self.conn()?.batch_execute(how).await;
        if outcome.is_ok() {
            // back to the pool
            drop(self.conn.take());
        }
        Ok(outcome?)
    }
}

impl Drop for Tx {
    /// A transaction that was not closed (a panic, a broken connection) takes its connection with it.
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            drop(Object::take(conn));
        }
    }
}

impl OpCtx {
    /// Runs `work` in a read-only transaction that sees what `permission` in the active organisation lets it see.
    pub async fn read<T, F>(&self, permission: Permission, work: F) -> Result<T>
    where
        T: Send + 'static,
        for<'t> F: TxFunc<&'t mut Tx, Result<T>, Future: Send> + Send + 'static,
    {
        self.require(permission)?;
        self.in_task(async |ctx| run_once(&ctx, "READ ONLY", work).await).await
    }

    /// Runs `work` in a transaction: all of it happens, or none. `label` names it in logs. Run again a few times when
    /// PostgreSQL reports a serialization failure or a deadlock.
    pub async fn tx<T, F>(&self, label: &'static str, permission: Permission, work: F) -> Result<T>
    where
        T: Send + 'static,
        for<'t> F: TxFunc<&'t mut Tx, Result<T>, Future: Send> + Clone + Send + 'static,
    {
        self.require(permission)?;
        self.in_task(async move |ctx| {
            let mut attempt = 1;
            loop {
                match run_once(&ctx, "READ WRITE", work.clone()).await {
                    Err(error) if error.is_retryable() && attempt < ATTEMPTS => {
                        tracing::debug!(label, attempt, "transaction runs again");
                        attempt += 1;
                    }
                    outcome => return outcome,
                }
            }
        })
        .await
    }

    async fn in_task<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: TxFunc<Self, Result<T>, Future: Send> + Send + 'static,
        <F as TxFunc<Self, Result<T>>>::Future: 'static,
    {
        // boxed, so that what tokio makes of a task is compiled once for each result and not for each piece of work
        let work: BoxFuture<'static, Result<T>> = Box::pin(work(self.clone()));
        tokio::spawn(work.in_current_span()).await?
    }

    /// Runs `work` on a bare connection without any identity: it sees the public rows and nothing else.
    pub async fn public_read<T, F>(&self, work: F) -> Result<T>
    where
        for<'t> F: TxFunc<&'t mut Conn, Result<T>, Future: Send>,
    {
        let mut conn = self.platform().db.connection().await?;
        work(&mut conn).await
    }
}

async fn run_once<T, F>(ctx: &OpCtx, mode: &str, work: F) -> Result<T>
where
    for<'t> F: TxFunc<&'t mut Tx, Result<T>, Future: Send> + Send,
{
    let mut tx = Tx::begin(ctx, mode).await?;
    match work(&mut tx).await {
        Ok(value) => {
            tx.finish("COMMIT").await?;
            Ok(value)
        }
        Err(error) => {
            if let Err(rollback) = tx.finish("ROLLBACK").await {
                tracing::warn!(%rollback, "rollback failed; the connection is dropped");
            }
            Err(error)
        }
    }
}

//! The way into PostgreSQL. A connection comes only from an [`OpCtx`] with a named permission, inside a transaction that
//! carries the caller's identity for row-level security. Work runs in a task of its own: a client that goes away
//! cannot cut a transaction in half, because dropping a diesel-async transaction future is not safe. How connections are
//! pooled, checked and thrown away stands in [`super::pool`].

use std::time::{Duration, Instant};

use contracts::{error::ErrorCode, permission::Permission};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection, pooled_connection::deadpool::Object};
use futures::future::BoxFuture;
use tokio::time::timeout;
use tracing::Instrument;

use super::{Caches, Error, OpCtx, Result, pool::ConnectionPool, writable};

/// A pooled connection, as queries take it.
pub type Conn = AsyncPgConnection;

/// How often a transaction is run again after a serialization failure or a deadlock.
const ATTEMPTS: u32 = 4;
/// Longest time for the statement that opens a transaction; a connection that takes longer is given up for a new one.
const BEGIN_WITHIN: Duration = Duration::from_secs(2);

/// Where the database is and how it is used.
#[derive(Clone)]
pub struct DbSettings {
    /// Connection URL of the application role.
    pub url: String,
    /// Most connections at once; visitors' searches have a quarter as many besides, at least one.
    pub pool_size: usize,
    /// Longest wait for one of them.
    pub acquire_timeout: Duration,
    /// Longest single statement; a connection whose server says nothing for a second longer is given up.
    pub statement_timeout: Duration,
    /// Longest statement of a visitor's search, and longest wait for its connection.
    pub search_timeout: Duration,
}

/// The pools.
#[derive(Clone)]
pub struct Db {
    pool: ConnectionPool,
    searches: ConnectionPool,
    search_timeout: Duration,
    caches: Caches,
}

impl Db {
    /// Makes the pools; connections open when they are first needed.
    pub fn new(settings: &DbSettings) -> Result<Self> {
        let for_searches = DbSettings {
            pool_size: (settings.pool_size / 4).max(1),
            acquire_timeout: settings.acquire_timeout.min(settings.search_timeout),
            statement_timeout: settings.search_timeout,
            ..settings.clone()
        };
        Ok(Self {
            pool: ConnectionPool::new(settings)?,
            searches: ConnectionPool::new(&for_searches)?,
            search_timeout: settings.search_timeout,
            caches: Caches::default(),
        })
    }

    /// What the domains remember of this database for a moment.
    pub fn caches(&self) -> &Caches {
        &self.caches
    }

    /// Runs `work` on a bare connection without any identity.
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        for<'t> F: TxFunc<&'t mut Conn, Result<T>, Future: Send>,
    {
        read_with(&self.pool, work).await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        self.read(async |conn| Ok(conn.batch_execute("SELECT 1").await?)).await
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
    /// Opens a transaction. A pooled connection may have died since it was last used: the statement that opens the transaction
    /// tells, and the next connection is tried, as nothing was done yet.
    async fn begin(ctx: &OpCtx, mode: &str) -> Result<Self> {
        let pool = &ctx.platform().db.pool;
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
        let mut is_second = false;
        loop {
            let conn = pool.get().await?;
            // the guard is made first: if BEGIN fails half-way the connection is thrown away
            let mut tx = Self { conn: Some(conn), ctx: ctx.clone() };
            let error = match timeout(BEGIN_WITHIN, tx.conn()?.batch_execute(&statement)).await {
                Ok(Ok(())) => return Ok(tx),
                Ok(Err(cause)) => Error::from(cause),
                Err(late) => Error::new(ErrorCode::Unavailable).caused_by(late),
            };
            if is_second || error.code != ErrorCode::Unavailable {
                return Err(error);
            }
            pool.distrust_present();
            is_second = true;
        }
    }

    /// The connection, for queries.
    pub fn conn(&mut self) -> Result<&mut Conn> {
        self.conn.as_deref_mut().ok_or_else(|| Error::internal("the transaction is closed"))
    }

    /// The caller.
    pub fn ctx(&self) -> &OpCtx {
        &self.ctx
    }

    /// Commits. When the connection breaks meanwhile nobody knows whether the server has done it: `outcome_unknown`.
    async fn commit(mut self) -> Result<()> {
        let Err(cause) = self.conn()?.batch_execute("COMMIT").await else {
            self.give_back();
            return Ok(());
        };
        let error = Error::from(cause);
        if self.conn()?.batch_execute("ROLLBACK").await.is_ok() {
            self.give_back();
            return Err(error.of_a_living_connection());
        }
        Err(Error { code: ErrorCode::OutcomeUnknown, ..error })
    }

    /// Undoes everything. Returns why it was undone: `unavailable` where that was a connection that broke.
    async fn roll_back(mut self, error: Error) -> Error {
        let undone = match self.conn() {
            Ok(conn) => conn.batch_execute("ROLLBACK").await.map_err(Error::from),
            Err(closed) => Err(closed),
        };
        match undone {
            Ok(()) => {
                self.give_back();
                error.of_a_living_connection()
            }
            Err(rollback) => {
                tracing::warn!(%rollback, "rollback failed; the connection is dropped");
                // a server that shuts down says so in words of its own before it is gone
                if error.code == ErrorCode::Internal {
                    Error { code: ErrorCode::Unavailable, ..error }
                } else {
                    error
                }
            }
        }
    }

    /// Hands the connection back to the pool.
    fn give_back(&mut self) {
        drop(self.conn.take());
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
                        tracing::debug!(label, attempt, "transaction is retried");
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
        match tokio::spawn(work.in_current_span()).await? {
            Err(error) if error.code == ErrorCode::Internal && error.is_failure_of_database() => {
                Err(writable::explain(self, error).await)
            }
            outcome => outcome,
        }
    }

    /// Runs `work` on a bare connection without any identity: it sees the public rows and nothing else.
    pub async fn public_read<T, F>(&self, work: F) -> Result<T>
    where
        for<'t> F: TxFunc<&'t mut Conn, Result<T>, Future: Send>,
    {
        self.platform().db.read(work).await
    }

    /// Like [`OpCtx::public_read`], for what visitors search: on connections of their own and within a time of its own, so that
    /// buying, redeeming and health never wait for searching.
    ///
    /// # Errors
    /// `search_too_slow` when there is no connection or no answer in time.
    pub async fn search_read<T, F>(&self, work: F) -> Result<T>
    where
        for<'t> F: TxFunc<&'t mut Conn, Result<T>, Future: Send>,
    {
        let (began, db) = (Instant::now(), &self.platform().db);
        read_with(&db.searches, work).await.map_err(|error| match error.code {
            ErrorCode::Busy => Error { code: ErrorCode::SearchTooSlow, ..error },
            // the server has cut the statement short; Diesel has no kind for that
            ErrorCode::Internal if error.is_failure_of_database() && began.elapsed() >= db.search_timeout => {
                Error { code: ErrorCode::SearchTooSlow, ..error }
            }
            _ => error,
        })
    }
}

/// Runs `work` on a connection of `pool`. One that fails is asked once more: if it is dead, it is thrown away and the error says
/// `unavailable`.
async fn read_with<T, F>(pool: &ConnectionPool, work: F) -> Result<T>
where
    for<'t> F: TxFunc<&'t mut Conn, Result<T>, Future: Send>,
{
    let mut conn = pool.get().await?;
    let error = match work(&mut conn).await {
        Err(error) if error.is_failure_of_database() => error,
        outcome => return outcome,
    };
    if conn.batch_execute("SELECT 1").await.is_ok() {
        return Err(error.of_a_living_connection());
    }
    drop(Object::take(conn));
    Err(Error { code: ErrorCode::Unavailable, ..error })
}

pub(super) async fn run_once<T, F>(ctx: &OpCtx, mode: &str, work: F) -> Result<T>
where
    for<'t> F: TxFunc<&'t mut Tx, Result<T>, Future: Send> + Send,
{
    let mut tx = Tx::begin(ctx, mode).await?;
    match work(&mut tx).await {
        Ok(value) => {
            tx.commit().await?;
            Ok(value)
        }
        Err(error) => Err(tx.roll_back(error).await),
    }
}

//! A database per test, copied from a template that is migrated once per test binary.

use std::{
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use diesel::{QueryableByName, sql_types};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use services::platform::{migrate, sha256};

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A database that is dropped together with this value.
pub struct TestDb {
    name: String,
    owner_url: String,
}

/// Returns the URL of the tests' cluster, from `HCTS_TEST_DATABASE_URL`: a superuser and any of its databases.
fn cluster_url() -> String {
    #[expect(clippy::disallowed_methods, reason = "tests are configured by the recipe that runs them")]
    std::env::var("HCTS_TEST_DATABASE_URL")
        .expect("HCTS_TEST_DATABASE_URL names the tests' cluster; `make test` sets it")
}

/// Returns the URL of another database of the cluster, with another role if given.
fn url_of(database: &str, role: Option<&str>) -> String {
    let cluster = cluster_url();
    let (before, query) = cluster.split_once('?').map_or((cluster.as_str(), None), |(b, q)| (b, Some(q)));
    let (authority, _) = before.rsplit_once('/').expect("a URL with a database");
    let authority = match role {
        Some(role) => {
            let (scheme, rest) = authority.split_once("://").expect("a scheme");
            let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
            format!("{scheme}://{role}@{host}")
        }
        None => authority.to_owned(),
    };
    format!("{authority}/{database}{}", query.map(|query| format!("?{query}")).unwrap_or_default())
}

async fn connect(url: &str) -> AsyncPgConnection {
    AsyncPgConnection::establish(url).await.expect("the tests' cluster answers")
}

#[derive(QueryableByName)]
struct Exists {
    #[diesel(sql_type = sql_types::Bool)]
    present: bool,
}

/// Returns the template's name, which depends on the test binary: a rebuilt binary may contain other migrations.
fn template_name() -> String {
    let binary = std::env::current_exe().expect("a running test");
    let made = std::fs::metadata(&binary).and_then(|meta| meta.modified()).expect("a test binary");
    let digest = sha256(format!("{} {made:?}", binary.display()));
    format!("hcts_template_{:016x}", u64::from_be_bytes(std::array::from_fn(|position| digest[position])))
}

/// Creates the template unless another test process has done so. An advisory lock makes all others wait.
async fn template() -> String {
    let name = template_name();
    let mut admin = connect(&cluster_url()).await;
    admin.batch_execute("SELECT pg_advisory_lock(771)").await.expect("lock");
    let found: Exists =
        diesel::sql_query("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS present")
            .bind::<sql_types::Text, _>(&name)
            .get_result(&mut admin)
            .await
            .expect("databases listed");
    if !found.present {
        let making = format!("{name}_making");
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS {making}")).await.expect("drop");
        admin.batch_execute(&format!("CREATE DATABASE {making}")).await.expect("create");
        migrate::up(&url_of(&making, None)).await.expect("migrations run");
        services::catalog::icd11::plant_starter(&url_of(&making, None)).await.expect("the starter set");
        list_key(&url_of(&making, None)).await;
        admin.batch_execute(&format!("ALTER DATABASE {making} RENAME TO {name}")).await.expect("rename");
    }
    admin.batch_execute("SELECT pg_advisory_unlock(771)").await.expect("unlock");
    name
}

/// Registers the signing key of [`crate::TestApp`] as used since before the clock's first day, without an audit record.
async fn list_key(url: &str) {
    let keys = crate::app::keys();
    services::certificates::key_register(url, &keys.certificate().verifying_key()).await.expect("a key");
    let since = "SET session_replication_role = replica; DELETE FROM audit_records WHERE action = 'certificates.key_listed';
        UPDATE signing_keys SET first_used_at = '2026-01-01T00:00:00Z'";
    connect(url).await.batch_execute(since).await.expect("a listed key");
}

impl TestDb {
    /// Creates a migrated database.
    pub async fn start() -> Self {
        let template = template().await;
        Self::create(&format!("TEMPLATE {template}")).await
    }

    /// Creates an empty database.
    pub async fn empty() -> Self {
        Self::create("TEMPLATE template0").await
    }

    async fn create(options: &str) -> Self {
        let name = format!("hcts_test_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let mut admin = connect(&cluster_url()).await;
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.expect("drop");
        admin.batch_execute(&format!("CREATE DATABASE {name} {options}")).await.expect("create");
        let owner_url = url_of(&name, None);
        Self { name, owner_url }
    }

    /// Returns the URL of the owner.
    pub fn owner_url(&self) -> &str {
        &self.owner_url
    }

    /// Returns the URL of the application's role.
    pub fn app_url(&self) -> String {
        url_of(&self.name, Some("hcts_app"))
    }

    /// Returns a connection of the owner, who is not subject to row-level security: to plant and to inspect rows.
    pub async fn owner(&self) -> AsyncPgConnection {
        connect(&self.owner_url).await
    }

    /// Returns the schema as `pg_dump` writes it, without the lines that differ from run to run.
    pub fn dump_schema(&self) -> String {
        let output = Command::new("pg_dump")
            .args(["--schema-only", "--dbname", &self.owner_url])
            .output()
            .expect("pg_dump");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"))
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl TestDb {
    /// Returns a new database restored from a dump of this one.
    pub async fn dump_and_restore(&self) -> Self {
        let restored = Self::empty().await;
        let dump = std::env::temp_dir().join(format!("{}.dump", restored.name));
        let path = dump.to_str().expect("a path in UTF-8");
        let run = |program: &str, arguments: &[&str]| {
            let output = Command::new(program).args(arguments).output().expect("PostgreSQL's programs");
            assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        };
        run("pg_dump", &["--format=custom", "--file", path, "--dbname", &self.owner_url]);
        run("pg_restore", &["--exit-on-error", "--dbname", &restored.owner_url, path]);
        std::fs::remove_file(dump).expect("the dump");
        restored
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        // `psql`, because `drop` cannot rely on an async runtime
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let _ = Command::new("psql")
            .args(["--quiet", "--dbname", &cluster_url(), "--command", &statement])
            .output();
    }
}

//! The way to a database on another machine. A front with a certificate of its own stands for it: it hands on to the tests' cluster
//! what was said in secret.

use std::{path::Path, sync::Arc, time::Duration};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer};
use services::platform::{Db, DbSettings, connect};
use testkit::TestDb;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream, UnixStream},
};
use tokio_postgres::config::Host;
use tokio_rustls::TlsAcceptor;

/// What a client says first when it wants to be encrypted: the length of the message and the number for it.
const ENCRYPTION_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A database on another machine.
struct Elsewhere {
    port: u16,
    folder: tempfile::TempDir,
}

impl Elsewhere {
    /// One that proves to be `name`.
    async fn with_name(name: &str, database: &TestDb) -> Self {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), cert.pem()).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        Self::serve(Some(TlsAcceptor::from(Arc::new(config))), folder, database).await
    }

    /// One that only speaks in the open.
    async fn in_the_open(database: &TestDb) -> Self {
        Self::serve(None, tempfile::tempdir().unwrap(), database).await
    }

    async fn serve(tls: Option<TlsAcceptor>, folder: tempfile::TempDir, database: &TestDb) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let cluster: tokio_postgres::Config = database.app_url().parse().unwrap();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // who hangs up in the middle of it is no failure of the front's
                tokio::spawn(front(client, tls.clone(), cluster.clone()));
            }
        });
        Self { port, folder }
    }

    fn authorities(&self) -> std::path::PathBuf {
        self.folder.path().join("ca.pem")
    }

    fn address(&self, database: &TestDb, authorities: &Path) -> String {
        let url = database.app_url();
        let name = url.split('?').next().unwrap().rsplit('/').next().unwrap();
        let authorities = authorities.display();
        format!(
            "postgres://hcts_app@localhost:{}/{name}?sslmode=verify-full&sslrootcert={authorities}",
            self.port
        )
    }
}

async fn front(
    mut client: TcpStream,
    tls: Option<TlsAcceptor>,
    cluster: tokio_postgres::Config,
) -> std::io::Result<()> {
    let mut first = [0; 8];
    client.read_exact(&mut first).await?;
    assert_eq!(first, ENCRYPTION_REQUEST, "nothing is said before the way is secret");
    let Some(tls) = tls else { return client.write_all(b"N").await };
    client.write_all(b"S").await?;
    let mut client = tls.accept(client).await?;
    match (cluster.get_hosts().first(), cluster.get_ports().first().unwrap_or(&5432)) {
        (Some(Host::Unix(folder)), port) => {
            let mut server = UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await?;
            copy_bidirectional(&mut client, &mut server).await?;
        }
        (Some(Host::Tcp(host)), port) => {
            let mut server = TcpStream::connect((host.as_str(), *port)).await?;
            copy_bidirectional(&mut client, &mut server).await?;
        }
        (None, _) => panic!("the tests' cluster is somewhere"),
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_proves_its_name_is_talked_to_in_secret() {
    let database = TestDb::start().await;
    let elsewhere = Elsewhere::with_name("localhost", &database).await;
    let settings = DbSettings {
        url: elsewhere.address(&database, &elsewhere.authorities()),
        pool_size: 2,
        acquire_timeout: Duration::from_secs(5),
        statement_timeout: Duration::from_secs(5),
        search_timeout: Duration::from_secs(5),
    };
    Db::new(&settings).unwrap().ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_is_told_anything() {
    let database = TestDb::start().await;
    let ours = Elsewhere::with_name("localhost", &database).await;
    let unknown = Elsewhere::with_name("localhost", &database).await;
    let other_name = Elsewhere::with_name("db.example", &database).await;
    let open = Elsewhere::in_the_open(&database).await;
    for (address, why) in [
        (unknown.address(&database, &ours.authorities()), "nobody vouches for it"),
        (other_name.address(&database, &other_name.authorities()), "it is another machine"),
        (open.address(&database, &ours.authorities()), "it cannot keep a secret"),
    ] {
        assert!(connect(&address).await.is_err(), "{why}");
    }
}

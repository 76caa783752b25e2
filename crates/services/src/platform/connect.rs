//! Opens connections to PostgreSQL. One that is encrypted goes to a server that has proved its name: there is no encryption
//! towards anybody who answers.

use std::{error::Error as StdError, io, net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use percent_encoding::percent_decode_str;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::{
    Client, Config, NoTls,
    config::{Host, SslMode},
    tls::MakeTlsConnect,
};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_util::either::Either;

use super::{Error, Result, silence::SilenceLimit};

/// Why no connection can be made to an address.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// No address of a database.
    #[error("the address cannot be read: {0}")]
    Unreadable(#[from] tokio_postgres::Error),
    /// A kind of encryption that is not offered.
    #[error(
        "sslmode={0} is not supported; use verify-full (encrypted, and the name of the server is verified) or disable (neither)"
    )]
    Mode(String),
    /// Nobody to vouch for the server.
    #[error("sslrootcert: no certificates in {path}: {reason}")]
    Roots {
        /// Where they were looked for.
        path: String,
        /// What was wrong.
        reason: String,
    },
    /// The encryption does not begin.
    #[error("encryption cannot be set up: {0}")]
    Encryption(#[from] rustls::Error),
}

/// Longest time for opening a connection, from the first packet to the server's greeting.
const OPEN_WITHIN: Duration = Duration::from_secs(2);
/// Port of an address that names none.
const USUAL_PORT: u16 = 5432;
/// TCP keepalive: time without traffic before the first probe, pause between probes, unanswered probes after which the connection is closed.
const KEEPALIVE: (Duration, Duration, u32) = (Duration::from_secs(5), Duration::from_secs(2), 2);

/// What a connection runs over.
type Socket = Either<TcpStream, UnixStream>;

/// Knows how to reach one database.
#[derive(Clone)]
pub struct Connector {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    /// Longest time without a byte from the server once it was asked something. The default is an hour, for the commands of
    /// the owner: a migration may take long.
    longest_silence: Duration,
}

impl Connector {
    /// Reads `postgres://user:password@host:port/database?sslmode=verify-full&sslrootcert=/path/ca.pem`. `sslmode` is `disable`
    /// (the default) or `verify-full`; without `sslrootcert` the system's authorities vouch for the server.
    ///
    /// # Errors
    /// What is wrong with the address; its password is never part of it.
    pub fn new(url: &str) -> Result<Self, AddressError> {
        let (url, mode, roots) = split_url(url);
        let mut config: Config = url.parse()?;
        let tls = match mode.as_deref() {
            None | Some("disable") => {
                config.ssl_mode(SslMode::Disable);
                None
            }
            Some("verify-full") => {
                config.ssl_mode(SslMode::Require);
                Some(MakeRustlsConnect::new(client(root_store(roots)?)?))
            }
            Some(other) => return Err(AddressError::Mode(other.to_owned())),
        };
        Ok(Self { config, tls, longest_silence: Duration::from_hours(1) })
    }

    /// The same way in, whose connections break when the server says nothing for `longest_silence` after a question.
    #[must_use]
    pub fn with_longest_silence(self, longest_silence: Duration) -> Self {
        Self { longest_silence, ..self }
    }

    /// Whether what is said could be heard by others: it leaves the machine as it is.
    pub fn is_exposed(&self) -> bool {
        let is_elsewhere = |host: &Host| match host {
            Host::Tcp(name) => !is_this_machine(name),
            Host::Unix(_) => false,
        };
        self.tls.is_none() && self.config.get_hosts().iter().any(is_elsewhere)
    }

    /// Opens a connection to the first of the hosts that takes one.
    pub async fn open(&self) -> ConnectionResult<AsyncPgConnection> {
        let refused = |cause: String| ConnectionError::BadConnection(cause);
        let mut last = refused("the address has no host".to_owned());
        for (position, host) in self.config.get_hosts().iter().enumerate() {
            let opened = tokio::time::timeout(OPEN_WITHIN, self.greet(position, host)).await;
            match opened {
                Ok(Ok(client)) => return AsyncPgConnection::try_from(client).await,
                Ok(Err(cause)) => last = refused(cause.to_string()),
                Err(late) => last = refused(late.to_string()),
            }
        }
        Err(last)
    }

    /// Reaches one host, proves who we are and starts the task that carries messages, which ends with its client.
    async fn greet(&self, position: usize, host: &Host) -> Result<Client, Box<dyn StdError + Send + Sync>> {
        let stream = SilenceLimit::new(self.socket(position, host).await?, self.longest_silence);
        let carry = |ended: Result<(), tokio_postgres::Error>| {
            if let Err(cause) = ended {
                tracing::debug!(%cause, "a database connection was lost");
            }
        };
        match &self.tls {
            None => {
                let (client, connection) = self.config.connect_raw(stream, NoTls).await?;
                tokio::spawn(async move { carry(connection.await) });
                Ok(client)
            }
            Some(tls) => {
                let Host::Tcp(name) = host else {
                    return Err("the name of a server cannot be verified over a Unix socket".into());
                };
                let tls = MakeTlsConnect::<SilenceLimit<Socket>>::make_tls_connect(&mut tls.clone(), name)?;
                let (client, connection) = self.config.connect_raw(stream, tls).await?;
                tokio::spawn(async move { carry(connection.await) });
                Ok(client)
            }
        }
    }

    async fn socket(&self, position: usize, host: &Host) -> io::Result<Socket> {
        let ports = self.config.get_ports();
        let port = ports.get(position).or(ports.first()).copied().unwrap_or(USUAL_PORT);
        let stream = match (host, self.config.get_hostaddrs().get(position)) {
            (Host::Unix(folder), _) => {
                let path = folder.join(format!(".s.PGSQL.{port}"));
                return Ok(Either::Right(UnixStream::connect(path).await?));
            }
            (Host::Tcp(_), Some(address)) => TcpStream::connect((*address, port)).await?,
            (Host::Tcp(name), None) => TcpStream::connect((name.as_str(), port)).await?,
        };
        stream.set_nodelay(true)?;
        let (quiet, again, most) = KEEPALIVE;
        let keepalive = TcpKeepalive::new().with_time(quiet).with_interval(again).with_retries(most);
        SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
        Ok(Either::Left(stream))
    }
}

/// A connection to the database at `url`, for the commands of the owner.
pub async fn connect(url: &str) -> Result<AsyncPgConnection> {
    Connector::new(url).map_err(Error::internal)?.open().await.map_err(Error::internal)
}

/// Whether a name or an address is that of the machine it is read on.
pub fn is_this_machine(host: &str) -> bool {
    let is_loopback = |address: IpAddr| address.to_canonical().is_loopback();
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
}

/// Splits a database URL: returns it without the parameters that the driver does not know, the `sslmode`, and the file of trusted
/// certificates (`None`: those of the system).
fn split_url(url: &str) -> (String, Option<String>, Option<PathBuf>) {
    let Some((address, query)) = url.split_once('?') else { return (url.to_owned(), None, None) };
    let (mut mode, mut roots, mut rest) = (None, None, Vec::new());
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = || percent_decode_str(value).decode_utf8_lossy().into_owned();
        match name {
            "sslmode" => mode = Some(value()),
            "sslrootcert" => roots = Some(PathBuf::from(value())).filter(|path| path.as_os_str() != "system"),
            _ => rest.push(pair),
        }
    }
    (format!("{address}?{}", rest.join("&")), mode, roots)
}

/// Loads the certificates that may vouch for the database server: those in `file`, or the system's.
///
/// # Errors
/// `Roots` when the file cannot be read or holds no usable certificate.
fn root_store(file: Option<PathBuf>) -> Result<RootCertStore, AddressError> {
    let (path, certificates) = match file {
        Some(file) => {
            let path = file.display().to_string();
            let unreadable = |reason: String| AddressError::Roots { path: path.clone(), reason };
            let read = CertificateDer::pem_file_iter(&file).map_err(|error| unreadable(error.to_string()))?;
            let certificates: Result<Vec<_>, _> = read.collect();
            (path.clone(), certificates.map_err(|error| unreadable(error.to_string()))?)
        }
        None => ("the system's store".to_owned(), rustls_native_certs::load_native_certs().certs),
    };
    let mut roots = RootCertStore::empty();
    let (usable, _) = roots.add_parsable_certificates(certificates);
    if usable == 0 {
        return Err(AddressError::Roots { path, reason: "none that can be used".to_owned() });
    }
    Ok(roots)
}

fn client(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(url: &str) -> String {
        Connector::new(url).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn encryption_without_proof_is_not_offered() {
        for mode in ["require", "prefer", "allow", "verify-ca", "VERIFY-FULL", ""] {
            let refused = problem(&format!("postgres://hcts_app:secret@db.example/hcts?sslmode={mode}"));
            assert!(refused.starts_with(&format!("sslmode={mode} is not supported")), "{refused}");
        }
        assert!(
            problem("postgres://u:secret@db/hcts?sslmode=verify-full&sslrootcert=/no/ca.pem")
                .contains("/no/ca.pem")
        );
        assert!(!problem("postgres://u:secret@db:port/hcts").contains("secret"));
    }

    #[test]
    fn what_leaves_the_machine_in_the_open_is_known() {
        let exposed = |url: &str| Connector::new(url).unwrap().is_exposed();
        assert!(exposed("postgres://hcts_app@db.example/hcts"));
        assert!(exposed("postgres://hcts_app@192.0.2.1:5432/hcts?sslmode=disable"));
        assert!(exposed("postgres://hcts_app@127.0.0.1,db.example/hcts"), "every host counts");
        assert!(!exposed("postgres://hcts_app@localhost/hcts"));
        assert!(!exposed("postgres://hcts_app@[::1]/hcts"));
        assert!(!exposed("postgres://hcts_app@/hcts?host=/run/postgresql&application_name=a"));
    }
}

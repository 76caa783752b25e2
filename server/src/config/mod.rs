//! Configuration, read once from the environment, one struct a concern. Each setting has a default that works on a laptop;
//! production refuses defaults, demo credentials and missing secrets, each by name.

mod reader;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use secrecy::SecretString;
use services::platform::{DbSettings, FileReader, Settings, is_this_machine};

pub use reader::{ConfigError, Reader};

/// How strict to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A laptop: defaults are fine, logs are for people.
    Development,
    /// The real thing: no defaults for secrets, logs are JSON.
    Production,
}

/// Everything the server needs to know.
pub struct Config {
    /// How strict to be.
    pub mode: Mode,
    /// Where requests arrive.
    pub http: HttpConfig,
    /// The application's way into the database.
    pub database: DbSettings,
    /// The payment provider.
    pub gateway: GatewayConfig,
    /// How e-mail is sent.
    pub mail: MailConfig,
    /// Where the signing keys are.
    pub key_dir: PathBuf,
    /// Rates and limits.
    pub business: Settings,
}

/// Where requests arrive and what is served beside pages.
pub struct HttpConfig {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// The built site: index.html, wasm, styles, public files.
    pub site_dir: PathBuf,
    /// The operator's texts: terms.md, privacy.md, imprint.md, contact.md. `None`: placeholders.
    pub legal_dir: Option<PathBuf>,
    /// How many proxies in front are trusted to name the client. One that is not counted passes for every client at once.
    pub trusted_proxies: usize,
    /// Requests per second and address, on average.
    pub requests_per_second: u32,
}

/// The payment provider.
pub struct GatewayConfig {
    /// Origin of its API.
    pub url: String,
    /// Our key there.
    pub api_key: SecretString,
    /// What its events are signed with.
    pub webhook_secret: SecretString,
}

/// How e-mail is sent.
pub struct MailConfig {
    /// `smtps://user:password@host`, or `file:<folder>` on a laptop.
    pub url: SecretString,
    /// Who they are from.
    pub from: String,
}

/// Connection URL of the owner, for `migrate`, `seed`, `icd11` and `check-laws`.
pub fn owner_database_url(reader: &mut Reader) -> String {
    let url = reader.text("HCTS_DATABASE_OWNER_URL", "postgres://postgres@127.0.0.1:5433/hcts");
    reader.database("HCTS_DATABASE_OWNER_URL", url)
}

/// Connection URL of the application's role.
fn app_database_url(reader: &mut Reader) -> String {
    let url = reader.required("HCTS_DATABASE_URL", "postgres://hcts_app@127.0.0.1:5433/hcts");
    reader.database("HCTS_DATABASE_URL", url)
}

/// Maximum time for reading an uploaded file; a certificate takes a second.
const MAX_READING_TIME: Duration = Duration::from_secs(8);

/// This very program reads the files of strangers.
fn file_reader() -> Option<FileReader> {
    let program = std::env::current_exe().ok()?;
    Some(FileReader { program, longest: MAX_READING_TIME })
}

/// Where the signing keys are.
pub fn key_dir(reader: &mut Reader) -> PathBuf {
    reader.text("HCTS_KEY_DIR", ".data/keys").into()
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// Every setting that is unreadable, or missing in production, by name.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(Reader::from_env())
    }

    fn read(mut reader: Reader) -> Result<Self, ConfigError> {
        let mode = reader.mode();
        let public_url = reader.origin("HCTS_PUBLIC_URL", "http://localhost:3000");
        let listen = reader.parse("HCTS_LISTEN", SocketAddr::from(([127, 0, 0, 1], 3000)));
        reader.require_loopback_in_dev("HCTS_PUBLIC_URL", is_local_url(&public_url));
        reader.require_loopback_in_dev("HCTS_LISTEN", listen.ip().to_canonical().is_loopback());
        let defaults = Settings::default();
        let config = Self {
            mode,
            http: HttpConfig {
                listen,
                site_dir: reader.text("HCTS_SITE_DIR", "dist").into(),
                trusted_proxies: reader.required_in_production("HCTS_TRUSTED_PROXIES", 0),
                requests_per_second: reader.parse("HCTS_REQUESTS_PER_SECOND", 200),
                legal_dir: Some(reader.required("HCTS_LEGAL_DIR", ""))
                    .filter(|dir| !dir.is_empty())
                    .map(PathBuf::from),
            },
            database: DbSettings {
                url: app_database_url(&mut reader),
                pool_size: reader.parse("HCTS_DATABASE_POOL", 16),
                acquire_timeout: Duration::from_millis(1_500),
                statement_timeout: Duration::from_secs(7),
                search_timeout: Duration::from_millis(1_500),
            },
            gateway: GatewayConfig {
                url: reader.origin("HCTS_GATEWAY_URL", "http://127.0.0.1:3001"),
                api_key: reader.secret("HCTS_GATEWAY_API_KEY", sandbox_gateway::Config::DEFAULT_API_KEY),
                webhook_secret: reader
                    .secret("HCTS_GATEWAY_WEBHOOK_SECRET", sandbox_gateway::Config::DEFAULT_WEBHOOK_SECRET),
            },
            mail: MailConfig {
                url: reader.mail("HCTS_MAIL_URL", "file:.data/mail"),
                from: reader.required("HCTS_MAIL_FROM", "HCTS <no-reply@localhost.localdomain>"),
            },
            key_dir: key_dir(&mut reader),
            business: Settings {
                public_url: public_url.trim_end_matches('/').to_owned(),
                platform_commission_basis_points: reader
                    .parse("HCTS_PLATFORM_COMMISSION_BP", defaults.platform_commission_basis_points),
                intermediary_commission_basis_points: reader
                    .parse("HCTS_INTERMEDIARY_COMMISSION_BP", defaults.intermediary_commission_basis_points),
                file_reader: file_reader(),
                demo_accounts: mode == Mode::Development,
                ..defaults
            },
        };
        reader.finish()?;
        Ok(config)
    }
}

/// Returns whether the host of a URL is this machine.
fn is_local_url(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host_and_port.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => host_and_port.split(':').next().unwrap_or_default(),
    };
    is_this_machine(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_takes_nothing_from_the_laptop() {
        let reader = Reader::from_values([("HCTS_MODE", "production")]);
        let problems = Config::read(reader).err().map(|error| error.0).unwrap_or_default();
        let names: Vec<&str> = problems.iter().filter_map(|problem| problem.split(':').next()).collect();
        assert_eq!(
            names,
            [
                "HCTS_PUBLIC_URL",
                "HCTS_TRUSTED_PROXIES",
                "HCTS_LEGAL_DIR",
                "HCTS_DATABASE_URL",
                "HCTS_GATEWAY_URL",
                "HCTS_GATEWAY_API_KEY",
                "HCTS_GATEWAY_WEBHOOK_SECRET",
                "HCTS_MAIL_URL",
                "HCTS_MAIL_FROM"
            ]
        );
        assert!(Config::read(Reader::from_values([])).is_ok(), "a laptop needs no settings");
    }

    #[test]
    fn production_is_told_how_many_proxies_stand_in_front() {
        let problem = |values: &[(&'static str, &'static str)]| {
            let mode = [("HCTS_MODE", "production")];
            let reader = Reader::from_values(mode.into_iter().chain(values.iter().copied()));
            let problems = Config::read(reader).err().map(|error| error.0).unwrap_or_default();
            problems
                .into_iter()
                .find(|problem| problem.starts_with("HCTS_TRUSTED_PROXIES"))
                .unwrap_or_default()
        };
        for unsaid in [&[][..], &[("HCTS_TRUSTED_PROXIES", "")]] {
            assert_eq!(problem(unsaid), "HCTS_TRUSTED_PROXIES: must be set in production");
        }
        assert!(problem(&[("HCTS_TRUSTED_PROXIES", "many")]).contains("is not valid"));
        for said in ["0", "2"] {
            assert_eq!(problem(&[("HCTS_TRUSTED_PROXIES", said)]), "");
        }
    }

    #[test]
    fn what_the_database_is_told_is_not_for_others_to_hear() {
        let problems = |mode, url| {
            let reader = Reader::from_values([("HCTS_MODE", mode), ("HCTS_DATABASE_URL", url)]);
            let problems = Config::read(reader).err().map(|error| error.0).unwrap_or_default();
            problems.into_iter().find(|problem| problem.starts_with("HCTS_DATABASE_URL")).unwrap_or_default()
        };
        let elsewhere = "postgres://hcts_app:secret@db.example/hcts";
        assert!(problems("production", elsewhere).contains("sslmode=verify-full"));
        assert_eq!(problems("production", "postgres://hcts_app@/hcts?host=/run/postgresql"), "");
        assert_eq!(problems("development", elsewhere), "");
        for url in ["postgres://hcts_app:secret@db.example/hcts?sslmode=require", "hcts_app:secret@db"] {
            let problem = problems("development", url);
            assert!(!problem.is_empty() && !problem.contains("secret"), "{problem}");
        }
    }

    #[test]
    fn a_forgotten_mode_serves_nobody_else() {
        let problems = |name, value| {
            let read = Config::read(Reader::from_values([(name, value)]));
            read.err().map(|error| error.0.join("\n")).unwrap_or_default()
        };
        for url in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:3000/", "https://LOCALHOST"] {
            assert_eq!(problems("HCTS_PUBLIC_URL", url), "", "{url}");
        }
        for url in [
            "https://hcts.example",
            "http://localhost.hcts.example",
            "http://localhost@192.0.2.1",
            "http://[::]",
        ] {
            assert!(problems("HCTS_PUBLIC_URL", url).starts_with("HCTS_PUBLIC_URL:"), "{url}");
        }
        assert_eq!(problems("HCTS_LISTEN", "[::1]:3000"), "");
        for address in ["0.0.0.0:3000", "[::]:3000", "192.0.2.1:3000"] {
            assert!(problems("HCTS_LISTEN", address).starts_with("HCTS_LISTEN:"), "{address}");
        }
    }
}

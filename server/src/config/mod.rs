//! Configuration, read once from the environment, one struct a concern. Each setting has a default that works on a laptop;
//! production refuses defaults, demo credentials and missing secrets, each by name.

mod reader;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use secrecy::SecretString;
use services::platform::{DbSettings, Settings};

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
    /// How many proxies in front are trusted to name the client.
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

/// Connection URL of the owner, for `migrate`, `seed`, `icd11` and `check-laws`.
pub fn owner_database_url(reader: &mut Reader) -> String {
    reader.text("HCTS_DATABASE_OWNER_URL", "postgres://postgres@127.0.0.1:5433/hcts")
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
        let public_url = reader.required("HCTS_PUBLIC_URL", "http://localhost:3000");
        let defaults = Settings::default();
        let config = Self {
            mode,
            http: HttpConfig {
                listen: reader.parsed("HCTS_LISTEN", SocketAddr::from(([127, 0, 0, 1], 3000))),
                site_dir: reader.text("HCTS_SITE_DIR", "dist").into(),
                trusted_proxies: reader.parsed("HCTS_TRUSTED_PROXIES", 0),
                requests_per_second: reader.parsed("HCTS_REQUESTS_PER_SECOND", 200),
            },
            database: DbSettings {
                url: reader.required("HCTS_DATABASE_URL", "postgres://hcts_app@127.0.0.1:5433/hcts"),
                pool_size: reader.parsed("HCTS_DATABASE_POOL", 16),
                acquire_timeout: Duration::from_secs(5),
                statement_timeout: Duration::from_secs(10),
            },
            gateway: GatewayConfig {
                url: reader.required("HCTS_GATEWAY_URL", "http://127.0.0.1:3001"),
                api_key: reader
                    .required("HCTS_GATEWAY_API_KEY", sandbox_gateway::Config::DEFAULT_API_KEY)
                    .into(),
                webhook_secret: reader
                    .required("HCTS_GATEWAY_WEBHOOK_SECRET", sandbox_gateway::Config::DEFAULT_WEBHOOK_SECRET)
                    .into(),
            },
            key_dir: key_dir(&mut reader),
            business: Settings {
                public_url: public_url.trim_end_matches('/').to_owned(),
                platform_commission_basis_points: reader
                    .parsed("HCTS_PLATFORM_COMMISSION_BP", defaults.platform_commission_basis_points),
                intermediary_commission_basis_points: reader
                    .parsed("HCTS_INTERMEDIARY_COMMISSION_BP", defaults.intermediary_commission_basis_points),
                demo_accounts: mode == Mode::Development,
                ..defaults
            },
        };
        reader.finish()?;
        Ok(config)
    }
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
                "HCTS_DATABASE_URL",
                "HCTS_GATEWAY_URL",
                "HCTS_GATEWAY_API_KEY",
                "HCTS_GATEWAY_WEBHOOK_SECRET"
            ]
        );
        assert!(Config::read(Reader::from_values([])).is_ok(), "a laptop needs no settings");
    }
}

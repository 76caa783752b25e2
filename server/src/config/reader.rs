//! Reads settings one by one and keeps every complaint, so that a wrong environment is reported whole.

use std::{collections::HashMap, str::FromStr};

use secrecy::SecretString;
use services::platform::Connector;

use super::Mode;

/// Minimum length of a secret in production, in characters.
const MIN_SECRET_CHARS: usize = 16;

/// What is wrong with the environment, setting by setting.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is not valid:\n{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

/// Settings by name, with what was wrong so far.
pub struct Reader {
    values: HashMap<String, String>,
    problems: Vec<String>,
}

impl Reader {
    /// The environment of the process.
    pub fn from_env() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        let values = std::env::vars().filter(|(name, _)| name.starts_with("HCTS_")).collect();
        Self { values, problems: Vec::new() }
    }

    /// Given values, for tests.
    pub fn from_values(values: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { values, problems: Vec::new() }
    }

    /// `HCTS_MODE`: `development` (default) or `production`.
    pub fn mode(&mut self) -> Mode {
        match self.values.get("HCTS_MODE").map(String::as_str) {
            None | Some("development") => Mode::Development,
            Some("production") => Mode::Production,
            Some(other) => {
                self.problems.push(format!("HCTS_MODE: {other:?} is neither development nor production"));
                Mode::Production
            }
        }
    }

    /// A setting that may keep its default everywhere.
    pub fn text(&mut self, name: &str, default: &str) -> String {
        self.values.get(name).filter(|value| !value.is_empty()).cloned().unwrap_or_else(|| default.to_owned())
    }

    /// Parses a setting of another type; an unreadable value is reported and replaced by the default.
    pub fn parse<T>(&mut self, name: &str, default: T) -> T
    where
        T: FromStr<Err: std::fmt::Display>,
    {
        let Some(text) = self.values.get(name).filter(|value| !value.is_empty()) else {
            return default;
        };
        text.parse().unwrap_or_else(|problem| {
            self.problems.push(format!("{name}: {text:?} is not valid: {problem}"));
            default
        })
    }

    /// Parses a setting whose default is for development only: in production it must be set, even to the same value.
    pub fn required_in_production<T>(&mut self, name: &str, default: T) -> T
    where
        T: FromStr<Err: std::fmt::Display>,
    {
        if self.is_production() && self.values.get(name).is_none_or(String::is_empty) {
            self.problems.push(format!("{name}: must be set in production"));
        }
        self.parse(name, default)
    }

    /// True unless `HCTS_MODE` is absent or `development`: an invalid mode counts as production, so that no check is skipped.
    fn is_production(&self) -> bool {
        !matches!(self.values.get("HCTS_MODE").map(String::as_str), None | Some("development"))
    }

    /// A secret or an address: in production it must be given and must not be the laptop's.
    pub fn required(&mut self, name: &str, default: &str) -> String {
        let value = self.text(name, "");
        if self.is_production() && (value.is_empty() || value == default) {
            self.problems.push(format!(
                "{name}: must be set in production, to a value other than the development default"
            ));
        }
        if value.is_empty() { default.to_owned() } else { value }
    }

    /// Returns the address of the mail server, required; in production the connection must be encrypted.
    pub fn mail(&mut self, name: &str, default: &str) -> SecretString {
        let url = self.required(name, default);
        if self.is_production() && url != default && !url.starts_with("smtps://") {
            self.problems.push(format!("{name}: must begin with smtps:// in production"));
        }
        url.into()
    }

    /// The address of a database as it was read; in production nobody between here and there may listen.
    pub fn database(&mut self, name: &str, url: String) -> String {
        match Connector::new(&url) {
            Err(problem) => self.problems.push(format!("{name}: {problem}")),
            Ok(connector) if self.is_production() && connector.is_exposed() => self.problems.push(format!(
                "{name}: a database on another machine needs sslmode=verify-full in production"
            )),
            Ok(_) => {}
        }
        url
    }

    /// The origin of a site, required; in production it is reached by https alone.
    pub fn origin(&mut self, name: &str, default: &str) -> String {
        let url = self.required(name, default);
        if self.is_production() && url != default && !url.starts_with("https://") {
            self.problems.push(format!("{name}: must begin with https:// in production"));
        }
        url
    }

    /// A secret, required; in production it has a length that nobody guesses.
    pub fn secret(&mut self, name: &str, default: &str) -> SecretString {
        let secret = self.required(name, default);
        if self.is_production() && secret != default && secret.len() < MIN_SECRET_CHARS {
            self.problems
                .push(format!("{name}: must have at least {MIN_SECRET_CHARS} characters in production"));
        }
        secret.into()
    }

    /// Reports an address other than loopback in development mode: a forgotten `HCTS_MODE` must not go unnoticed.
    pub fn require_loopback_in_dev(&mut self, name: &str, is_this_machine: bool) {
        if !self.is_production() && !is_this_machine {
            self.problems.push(format!(
                "{name}: in development mode this must be the local machine, such as 127.0.0.1 or localhost; \
                 set HCTS_MODE=production to serve other machines"
            ));
        }
    }

    /// Reports everything that was wrong.
    pub fn finish(self) -> Result<(), ConfigError> {
        if self.problems.is_empty() { Ok(()) } else { Err(ConfigError(self.problems)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_refuses_missing_and_default_settings_by_name() {
        let mut reader = Reader::from_values([("HCTS_MODE", "production"), ("HCTS_B", "laptop")]);
        reader.required("HCTS_A", "laptop");
        reader.required("HCTS_B", "laptop");
        let problems = reader.finish().unwrap_err().0;
        assert_eq!(problems.len(), 2);
        assert!(problems[0].starts_with("HCTS_A:") && problems[1].starts_with("HCTS_B:"));
    }

    #[test]
    fn production_refuses_plain_text_and_short_secrets_by_name() {
        let mut reader = Reader::from_values([
            ("HCTS_MODE", "production"),
            ("HCTS_SITE", "http://hcts.example"),
            ("HCTS_SECURE", "https://hcts.example"),
            ("HCTS_SHORT", "fifteen letters"),
            ("HCTS_LONG", "sixteen letters!"),
        ]);
        reader.origin("HCTS_SITE", "http://localhost");
        reader.origin("HCTS_SECURE", "http://localhost");
        reader.secret("HCTS_SHORT", "laptop");
        reader.secret("HCTS_LONG", "laptop");
        let problems = reader.finish().unwrap_err().0;
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].starts_with("HCTS_SITE:") && problems[1].starts_with("HCTS_SHORT:"));
    }

    #[test]
    fn unreadable_values_are_named() {
        let mut reader = Reader::from_values([("HCTS_DATABASE_POOL", "many")]);
        assert_eq!(reader.parse("HCTS_DATABASE_POOL", 16_usize), 16);
        assert!(reader.finish().unwrap_err().to_string().contains("HCTS_DATABASE_POOL"));
    }
}

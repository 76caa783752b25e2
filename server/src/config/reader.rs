//! Reads settings one by one and keeps every complaint, so that a wrong environment is reported whole.

use std::{collections::HashMap, str::FromStr};

use super::Mode;

/// What is wrong with the environment, setting by setting.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is not usable:\n{}", .0.join("\n"))]
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

    /// A setting of another type.
    pub fn parsed<T>(&mut self, name: &str, default: T) -> T
    where
        T: FromStr<Err: std::fmt::Display>,
    {
        let Some(text) = self.values.get(name).filter(|value| !value.is_empty()) else {
            return default;
        };
        text.parse().unwrap_or_else(|problem| {
            self.problems.push(format!("{name}: {text:?} cannot be read: {problem}"));
            default
        })
    }

    /// A secret or an address: in production it must be given and must not be the laptop's.
    pub fn required(&mut self, name: &str, default: &str) -> String {
        let value = self.text(name, "");
        if self.mode() == Mode::Production && (value.is_empty() || value == default) {
            self.problems.push(format!("{name}: must be set in production, and not to the laptop's default"));
        }
        if value.is_empty() { default.to_owned() } else { value }
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
    fn unreadable_values_are_named() {
        let mut reader = Reader::from_values([("HCTS_DATABASE_POOL", "many")]);
        assert_eq!(reader.parsed("HCTS_DATABASE_POOL", 16_usize), 16);
        assert!(reader.finish().unwrap_err().to_string().contains("HCTS_DATABASE_POOL"));
    }
}

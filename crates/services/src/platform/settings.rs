//! Rates and limits of the business, set by configuration.

use std::{path::PathBuf, time::Duration};

use chrono::TimeDelta;

/// A program that reads a file from its standard input and prints what it found.
#[derive(Clone, Debug)]
pub struct FileReader {
    /// The program; its first argument is `read-file`.
    pub program: PathBuf,
    /// It is ended after this time.
    pub longest: Duration,
}

/// Rates in basis points (1/100 of a percent), times as durations.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Origin of the public site, without a trailing slash; printed on certificates; a log that begins is named after it.
    pub public_url: String,
    /// The platform's share of each line.
    pub platform_commission_basis_points: u32,
    /// An intermediary's share of each line it buys for a client.
    pub intermediary_commission_basis_points: u32,
    /// How long an unpaid purchase holds its units.
    pub purchase_holds_for: TimeDelta,
    /// A session ends after this much silence.
    pub session_idle: TimeDelta,
    /// A session ends after this long whatever happens.
    pub session_absolute: TimeDelta,
    /// An invitation can be accepted for this long. An hour would be safer (OWASP ASVS 6.4.1), but no mail carries the link:
    /// it is handed over by hand, which takes a day.
    pub invitation_valid_for: TimeDelta,
    /// The command line's link for an administrator can be used for this long.
    pub admin_link_valid_for: TimeDelta,
    /// Failed sign-ins per account and address before they are slowed down.
    pub sign_in_failures_allowed: i32,
    /// How long the slow-down lasts.
    pub sign_in_block: TimeDelta,
    /// Reads files from strangers in a process of its own. `None`: they are read in this process.
    pub file_reader: Option<FileReader>,
    /// Whether the accounts of `hcts seed --demo`, whose password is printed for everybody, may sign in. Never in production.
    pub demo_accounts: bool,
}

impl Settings {
    /// The market's address without scheme: who issues certificates.
    pub fn origin(&self) -> &str {
        let url = self.public_url.as_str();
        url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/')
    }

    /// What a log that begins now is called.
    pub fn log_name(&self) -> String {
        format!("{}/log", self.origin())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://localhost:3000".to_owned(),
            platform_commission_basis_points: 800,
            intermediary_commission_basis_points: 300,
            purchase_holds_for: TimeDelta::minutes(30),
            session_idle: TimeDelta::minutes(15),
            session_absolute: TimeDelta::hours(12),
            invitation_valid_for: TimeDelta::hours(24),
            admin_link_valid_for: TimeDelta::hours(1),
            sign_in_failures_allowed: 8,
            sign_in_block: TimeDelta::minutes(15),
            file_reader: None,
            demo_accounts: false,
        }
    }
}

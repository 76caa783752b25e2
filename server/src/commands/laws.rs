//! `hcts check-laws`.

use std::process::ExitCode;

use services::{
    OpCtx,
    certificates::{self, LogFinding},
    platform::laws::{self, Breach},
};

use super::{CommandError, platform, say};
use crate::config::{Config, Reader, owner_database_url};

pub(super) async fn check_laws() -> Result<ExitCode, CommandError> {
    let config = Config::from_env()?;
    let mut reader = Reader::from_env();
    let url = owner_database_url(&mut reader);
    reader.finish()?;
    let breaches = laws::breaches(&url).await?;
    let log = certificates::log_audit(&OpCtx::command(platform(&config)?)).await?;
    let broken = broken(&breaches, &log);
    for line in &broken {
        say(line);
    }
    if broken.is_empty() {
        say("Laws I1 to I12 hold, and the log is what its checkpoints say.");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// What does not hold, a line each.
fn broken(breaches: &[Breach], log: &LogFinding) -> Vec<String> {
    let laws = breaches.iter().map(|breach| format!("{} {}: {}", breach.law, breach.subject, breach.detail));
    let log = match log {
        LogFinding::Sound { .. } => None,
        LogFinding::Broken { what } => Some(format!("log: {what}")),
    };
    laws.chain(log).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_log_is_told_like_a_broken_law() {
        let breach = Breach { law: "I4".to_owned(), subject: "7".to_owned(), detail: "oversold".to_owned() };
        let wrong = LogFinding::Broken { what: "leaf 2 is not the hash of its entry".to_owned() };
        assert_eq!(broken(&[breach], &wrong), ["I4 7: oversold", "log: leaf 2 is not the hash of its entry"]);
        assert_eq!(broken(&[], &LogFinding::Sound { size: 4 }), [""; 0]);
    }
}

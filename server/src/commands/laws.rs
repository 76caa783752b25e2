//! `hcts check-laws`.

use std::process::ExitCode;

use clap::Args;
use services::{
    OpCtx,
    certificates::{self, LogFinding, StoredAudit},
    platform::{
        laws::{self, Breach},
        records_problem,
    },
};

use super::{CommandError, platform, say};
use crate::config::{Config, Reader, owner_database_url};

/// So many certificates are verified unless all are asked for.
const SAMPLE: usize = 1_000;

#[derive(Args)]
pub(super) struct CheckLaws {
    /// Verify every stored certificate instead of 1,000 chosen at random.
    #[arg(long)]
    all: bool,
}

pub(super) async fn check_laws(CheckLaws { all }: CheckLaws) -> Result<ExitCode, CommandError> {
    let config = Config::from_env()?;
    let mut reader = Reader::from_env();
    let url = owner_database_url(&mut reader);
    reader.finish()?;
    let ctx = OpCtx::command(platform(&config)?);
    let breaches = laws::breaches(&url).await?;
    let log = certificates::log_audit(&ctx).await?;
    let records = records_problem(ctx.platform()).await?;
    let audit = certificates::stored_audit(&ctx, (!all).then_some(SAMPLE)).await?;
    for note in laws::not_applied(&url).await? {
        say(&format!("{} was not checked in full: {}.", note.law, note.reason));
    }
    let broken = describe_breaches(&breaches, &log, records.as_deref(), &audit);
    for line in &broken {
        say(line);
    }
    if broken.is_empty() {
        say(&format!(
            "Laws I1 to I15 hold and the log matches its checkpoints. Certificates verified: {} of {}; all match what was signed and logged.",
            audit.verified, audit.stored
        ));
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// What does not hold, a line each.
fn describe_breaches(
    breaches: &[Breach],
    log: &LogFinding,
    records: Option<&str>,
    audit: &StoredAudit,
) -> Vec<String> {
    let laws = breaches.iter().map(|breach| format!("{} {}: {}", breach.law, breach.subject, breach.detail));
    let log = match log {
        LogFinding::Sound { .. } => None,
        LogFinding::Broken { what } => Some(format!("log: {what}")),
    };
    let records = records.map(|problem| format!("log: {problem}"));
    let certificates = audit.wrong.iter().map(|(id, what)| {
        format!("I13 {id}: the certificate does not match what was signed and logged ({what})")
    });
    laws.chain(log).chain(records).chain(certificates).collect()
}

#[cfg(test)]
mod tests {
    use contracts::ids::CertificateId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_broken_log_missing_records_and_altered_certificates_are_told_like_broken_laws() {
        let breach = Breach { law: "I4".to_owned(), subject: "7".to_owned(), detail: "oversold".to_owned() };
        let wrong = LogFinding::Broken { what: "leaf 2 is not the hash of its entry".to_owned() };
        let audit =
            StoredAudit { verified: 2, stored: 2, wrong: vec![(CertificateId(Uuid::nil()), "signed_facts")] };
        assert_eq!(
            describe_breaches(&[breach], &wrong, Some("it holds 2 of 3"), &audit),
            [
                "I4 7: oversold",
                "log: leaf 2 is not the hash of its entry",
                "log: it holds 2 of 3",
                "I13 00000000-0000-0000-0000-000000000000: the certificate does not match what was signed and logged (signed_facts)"
            ]
        );
        assert_eq!(
            describe_breaches(&[], &LogFinding::Sound { size: 4 }, None, &StoredAudit::default()),
            [""; 0]
        );
    }
}

//! `hcts check-laws`.

use std::process::ExitCode;

use services::platform::laws;

use super::{CommandError, say};
use crate::config::{Reader, owner_database_url};

pub(super) async fn check_laws() -> Result<ExitCode, CommandError> {
    let mut reader = Reader::from_env();
    let url = owner_database_url(&mut reader);
    reader.finish()?;
    let breaches = laws::breaches(&url).await?;
    for breach in &breaches {
        say(&format!("{} {}: {}", breach.law, breach.subject, breach.detail));
    }
    if breaches.is_empty() {
        say("Laws I1 to I12 hold.");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

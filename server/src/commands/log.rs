//! `hcts log`: the database beside the checkpoint that is kept with the signing keys.

use clap::{Args, Subcommand};
use services::{OpCtx, certificates, platform::records_problem};

use super::{CommandError, platform, say};
use crate::config::Config;

#[derive(Args)]
pub(super) struct Log {
    #[command(subcommand)]
    command: LogCommand,
}

#[derive(Subcommand)]
enum LogCommand {
    /// Say whether the database holds everything that was signed. While it does not, nothing is sold, redeemed or signed.
    Status,
    /// Go on from the database as it is, though entries that were signed are missing or no checkpoint is kept beside the keys.
    ///
    /// What the missing entries said is lost: certificates that were redeemed since may be redeemed a second time. Restore a newer backup
    /// wherever there is one.
    Accept {
        /// Entries of the database's log, as `hcts log status` shows them.
        #[arg(long)]
        entries: u64,
    },
}

pub(super) async fn run(log: Log) -> Result<(), CommandError> {
    let platform = platform(&Config::from_env()?)?;
    match log.command {
        LogCommand::Status => say(&match records_problem(&platform).await? {
            None => "The database holds everything that was signed.".to_owned(),
            Some(problem) => format!("Nothing is sold, redeemed or signed: {problem}."),
        }),
        LogCommand::Accept { entries } => {
            certificates::log_accept(&OpCtx::command(platform), entries).await?;
            say(&format!(
                "The log goes on from its {entries} entries. Administrators see that it was accepted."
            ));
        }
    }
    Ok(())
}

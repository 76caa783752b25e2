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
    /// Show whether the database holds all log entries that were signed. If it does not, nothing is sold, redeemed or signed.
    Status,
    /// Continue the log from the database as it is, although signed entries are missing or the key folder has no checkpoint.
    ///
    /// The missing entries are lost for good: certificates that were redeemed in them can be redeemed a second time. If there is a
    /// newer backup, restore it instead.
    Accept {
        /// Number of entries in the database's log, as shown by `hcts log status`.
        #[arg(long)]
        entries: u64,
    },
}

pub(super) async fn run(log: Log) -> Result<(), CommandError> {
    let platform = platform(&Config::from_env()?)?;
    match log.command {
        LogCommand::Status => say(&match records_problem(&platform).await? {
            None => "The database holds all log entries that were signed.".to_owned(),
            Some(problem) => format!("Nothing is sold, redeemed or signed: {problem}."),
        }),
        LogCommand::Accept { entries } => {
            certificates::log_accept(&OpCtx::command(platform), entries).await?;
            say(&format!(
                "The log continues from its {entries} entries. Administrators can see that the loss was accepted."
            ));
        }
    }
    Ok(())
}

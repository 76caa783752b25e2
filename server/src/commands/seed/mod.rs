//! `hcts seed`: a market to look at, or one to measure. Never in production.

mod buying;
mod demo;
mod gateway;
mod load;
mod people;
mod progress;
mod rng;
mod shelf;
mod tables;
mod views;
mod world;

use std::process::ExitCode;

use chrono::TimeDelta;
use clap::Args;
use services::{OpCtx, certificates, platform::Platform};

pub use demo::{Demo, Present, demo, present};
pub use load::load;
pub use people::DEMO_PASSWORD;
pub use progress::Progress;

use super::{CommandError, say};
use crate::config::{Config, Mode, Reader, owner_database_url};

/// Fill the market with fictitious data.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub(super) struct Seed {
    /// Add a demo market with a year of history: providers, insurers and intermediaries with accounts to sign in with, 300
    /// services, and orders and certificates in every state. The database must be empty. If the demo market is there already,
    /// nothing is changed; if it is there in part, nothing is changed and the exit code is 3.
    #[arg(long)]
    demo: bool,
    /// Add this many published services of 200 fictitious providers, for load tests. These providers have no accounts.
    #[arg(long, value_name = "N")]
    services: Option<usize>,
}

/// The exit code that tells a part of the demo market from all of it: `scripts/run` makes it anew.
const CUT_OFF: u8 = 3;

/// Fills the market.
///
/// # Errors
/// In production mode, and for demo data in a market that holds other data.
pub(super) async fn seed(seed: Seed) -> Result<ExitCode, CommandError> {
    let config = Config::from_env()?;
    if config.mode == Mode::Production {
        let flag = if seed.demo { "--demo" } else { "--services" };
        return Err(CommandError::Message(format!(
            "`seed {flag}` adds fictitious organisations and accounts. It is not allowed with HCTS_MODE=production."
        )));
    }
    if seed.demo && !seed_demo(&config).await? {
        return Ok(ExitCode::from(CUT_OFF));
    }
    if let Some(count) = seed.services {
        let mut reader = Reader::from_env();
        let url = owner_database_url(&mut reader);
        reader.finish()?;
        let mut progress = Progress::new("Services", u64::try_from(count).unwrap_or(u64::MAX));
        load(&url, now(&config)?, count, &mut progress).await?;
        drop(progress);
        say(&format!("{count} services have been added to the market."));
    }
    Ok(ExitCode::SUCCESS)
}

fn now(config: &Config) -> Result<chrono::DateTime<chrono::Utc>, CommandError> {
    Ok(super::platform(config)?.clock.now())
}

/// Makes the demo market, unless it is there; answers whether all of it is.
async fn seed_demo(config: &Config) -> Result<bool, CommandError> {
    let ground = super::platform(config)?;
    match present(&OpCtx::command(ground.clone())).await? {
        Present::Nothing => {
            let days = u64::try_from(world::DAYS).unwrap_or_default();
            let mut progress = Progress::new("Demo market", days);
            let mut reader = Reader::from_env();
            let owner_url = owner_database_url(&mut reader);
            reader.finish()?;
            date_key_back(&owner_url, &ground).await?;
            demo(&ground, ground.clock.now(), Demo::default(), &mut progress).await?;
            drop(progress);
            say("The demo market has been added.");
        }
        Present::Demo { complete: true } => say("The demo market is there already."),
        Present::Demo { complete: false } => {
            say(
                "The demo market is incomplete because an earlier run was interrupted. Create the database again, delete log.checkpoint from HCTS_KEY_DIR, then seed again.",
            );
            return Ok(false);
        }
        Present::Other => {
            return Err(CommandError::Message(
                "The database already contains organisations. The demo market can be added only to an empty database.".to_owned(),
            ));
        }
    }
    say("");
    for line in sign_in_table()? {
        say(&line);
    }
    Ok(true)
}

/// Lets the key that signs certificates begin with the year of the demo: the certificates of that year are verified by it, also after
/// another key has followed.
///
/// # Errors
/// When the database does not let its owner.
pub async fn date_key_back(owner_url: &str, ground: &Platform) -> Result<(), CommandError> {
    let since = ground.clock.now() - TimeDelta::days(world::DAYS);
    let key = ground.keys.certificate().verifying_key();
    Ok(certificates::key_date_back(owner_url, &key, since).await?)
}

/// The demo accounts as a table.
fn sign_in_table() -> Result<Vec<String>, CommandError> {
    let rows = people::sign_ins()?;
    let width = |cells: fn(&(String, String)) -> &str| {
        rows.iter().map(|row| cells(row).chars().count()).max().unwrap_or_default()
    };
    let (roles, emails) = (width(|row| &row.0), width(|row| &row.1));
    let line =
        |role: &str, email: &str, password: &str| format!("{role:<roles$}  {email:<emails$}  {password}");
    let mut lines = vec![line("Role", "E-mail", "Password")];
    lines.extend(rows.iter().map(|(role, email)| line(role, email, DEMO_PASSWORD)));
    Ok(lines)
}

//! The `hcts` command: one file a subcommand.

mod admin;
mod icd11;
mod keys;
mod laws;
mod log;
mod logging;
mod migrate;
mod sandbox;
pub mod seed;
mod serve;

use std::{
    io::{self, Read, Write},
    process::ExitCode,
    sync::Arc,
};

use clap::{Parser, Subcommand};
use futures::future::BoxFuture;
use secrecy::ExposeSecret;
use services::{
    payments::{SandboxGateway, SandboxGatewaySettings},
    platform::{Db, Gateway, Gateways, Platform, SmtpMailer, SystemClock},
};

use crate::config::{Config, ConfigError, Mode};

/// HCTS, a market for healthcare services: server, worker and tools in one program.
///
/// Settings come from the environment (HCTS_…); README.md lists them with their defaults.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
pub struct Hcts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site and the API. Also runs the background jobs, unless --without-worker is given.
    Serve(serve::Serve),
    /// Run only the background jobs: settle payments, extend the log, expire purchases and certificates, deliver messages.
    Worker,
    /// Migrate the database to this version, as its owner.
    ///
    /// Waits for any other running migration, runs the missing ones, replaces functions and views, and adds the initial
    /// permissions and the ICD-11 starter set if there are none. Registers the certificate key in `HCTS_KEY_DIR`. Safe to repeat.
    Migrate,
    /// Create platform administrators.
    Admin(admin::Admin),
    /// Import a release of ICD-11.
    Icd11(icd11::Icd11),
    /// Create, register, list, rotate and retire the signing keys.
    Keys(keys::KeyFiles),
    /// Compare the database with the signed log, and continue the log after a loss of data.
    Log(log::Log),
    /// Check laws I1 to I15 on the live database, as its owner, recompute the log and verify stored certificates. Exits with
    /// code 1 if a check fails.
    CheckLaws(laws::CheckLaws),
    /// Run the sandbox payment provider: payment page, test cards, signed webhooks. No real money.
    SandboxGateway(sandbox::Sandbox),
    /// Fill the market with fictitious data, for demonstrations or load tests. Refused in production mode.
    Seed(seed::Seed),
    /// Print the OpenAPI document of the REST API.
    Openapi,
    /// Print the text of the certificate in the file on standard input. The server has strangers' files read by it.
    #[command(name = services::certificates::READ_FILE, hide = true)]
    ReadFile,
}

/// Why a command failed: what a person at the terminal should read.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The environment is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A service refused or failed.
    #[error("{error}{}{}", facts_of(error), cause_of(error))]
    Service {
        /// The error.
        #[from]
        error: services::Error,
    },
    /// Something said in words.
    #[error("{0}")]
    Message(String),
    /// A file or a socket.
    #[error("{0}: {1}")]
    Io(String, #[source] io::Error),
}

/// What a service may tell beside its words: which release, which state.
fn facts_of(error: &services::Error) -> String {
    error.facts.iter().map(|(name, fact)| format!(" {name}: {fact}.")).collect()
}

fn cause_of(error: &services::Error) -> String {
    error.source.as_ref().map(|cause| format!(" ({cause})")).unwrap_or_default()
}

/// Runs a command to its end. Not async: what is awaited here is compiled here, once, and not again in the program around it.
pub fn run(hcts: Hcts) -> ExitCode {
    let outcome = tokio::runtime::Runtime::new()
        .map_err(|cause| CommandError::Io("the runtime".to_owned(), cause))
        // boxed, so that it is compiled once and not for each kind of runtime
        .and_then(|runtime| runtime.block_on(Box::pin(dispatch(hcts.command)) as BoxFuture<'_, _>));
    outcome.unwrap_or_else(|error| {
        say_error(&error);
        ExitCode::FAILURE
    })
}

async fn dispatch(command: Command) -> Result<ExitCode, CommandError> {
    match command {
        Command::Serve(serve) => serve::serve(serve).await?,
        Command::Worker => serve::work().await?,
        Command::Migrate => migrate::migrate().await?,
        Command::Admin(admin) => admin::run(admin).await?,
        Command::Icd11(command) => icd11::run(command).await?,
        Command::Keys(keys) => keys::run(keys).await?,
        Command::Log(log) => log::run(log).await?,
        Command::CheckLaws(check) => return laws::check_laws(check).await,
        Command::SandboxGateway(sandbox) => sandbox::run(sandbox).await?,
        Command::Seed(seed) => return seed::seed(seed).await,
        Command::Openapi => {
            let document = crate::rest::openapi()
                .to_pretty_json()
                .map_err(|cause| CommandError::Message(cause.to_string()))?;
            say(&document);
        }
        Command::ReadFile => read_file()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// More than the server accepts.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

fn read_file() -> Result<(), CommandError> {
    let mut file = Vec::new();
    io::stdin()
        .take(MAX_FILE_BYTES)
        .read_to_end(&mut file)
        .map_err(|cause| CommandError::Io("standard input".to_owned(), cause))?;
    if let Some(text) = services::certificates::find_certificate_text(&file) {
        let _read = write!(io::stdout(), "{text}");
    }
    Ok(())
}

/// One line for the person at the terminal; who has stopped reading misses nothing.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

fn say_error(error: &CommandError) {
    let _ = writeln!(io::stderr(), "hcts: {error}");
}

/// The services' ground, from the configuration.
pub(crate) fn platform(config: &Config) -> Result<Arc<Platform>, CommandError> {
    let gateway = SandboxGateway::new(&SandboxGatewaySettings {
        url: config.gateway.url.clone(),
        api_key: config.gateway.api_key.clone(),
        webhook_secret: config.gateway.webhook_secret.clone(),
    })
    .map_err(|cause| CommandError::Message(cause.to_string()))?;
    let mail = SmtpMailer::new(config.mail.url.expose_secret(), &config.mail.from)
        .map_err(|cause| CommandError::Message(cause.to_string()))?;
    Ok(Arc::new(Platform {
        db: Db::new(&config.database)?,
        clock: Arc::new(SystemClock),
        gateways: Gateways::new([Arc::new(gateway) as Arc<dyn Gateway>]),
        mailer: Arc::new(mail),
        keys: keys::load(&config.key_dir, config.mode == Mode::Development)?,
        settings: config.business.clone(),
    }))
}

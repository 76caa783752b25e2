//! The `hcts` command.

use std::process::ExitCode;

use clap::Parser;
use server::commands::Hcts;

#[tokio::main]
async fn main() -> ExitCode {
    server::commands::run(Hcts::parse()).await
}

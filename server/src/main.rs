//! The `hcts` command.

use std::process::ExitCode;

use clap::Parser;
use server::commands::Hcts;
use tikv_jemallocator::Jemalloc;

#[global_allocator]
static MEMORY: Jemalloc = Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    server::commands::run(Hcts::parse()).await
}

//! The `hcts` command.

use std::process::ExitCode;

use clap::Parser;
use server::commands::Hcts;
use tikv_jemallocator::Jemalloc;

#[global_allocator]
static MEMORY: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    server::commands::run(Hcts::parse())
}

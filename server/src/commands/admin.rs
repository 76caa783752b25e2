//! `hcts admin`: a fresh production database has no usable login; the first administrator is made here.

use clap::{Args, Subcommand};
use services::{OpCtx, identity};

use super::{CommandError, platform, say};
use crate::config::Config;

#[derive(Args)]
pub(super) struct Admin {
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Print a link with which a person becomes an administrator. It works once.
    ///
    /// Creates the platform's organisation if there is none. An earlier link for the same e-mail address stops working. The
    /// person chooses the password, which is shown to nobody else.
    Create {
        /// E-mail address the administrator will sign in with.
        #[arg(long)]
        email: String,
        /// The administrator's name.
        #[arg(long)]
        name: String,
    },
}

pub(super) async fn run(admin: Admin) -> Result<(), CommandError> {
    let config = Config::from_env()?;
    let ctx = OpCtx::command(platform(&config)?);
    let AdminCommand::Create { email, name } = admin.command;
    let made = identity::first_admin_create(&ctx, &email, &name).await?;
    say(&made.url);
    say(&format!("The link works once, until {}.", made.expires_at.format("%-d %B %Y, %H:%M UTC")));
    Ok(())
}

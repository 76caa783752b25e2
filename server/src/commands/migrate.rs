//! `hcts migrate`.

use services::platform::migrate;

use super::{CommandError, say};
use crate::config::{Reader, owner_database_url};

pub(super) async fn migrate() -> Result<(), CommandError> {
    let mut reader = Reader::from_env();
    let url = owner_database_url(&mut reader);
    reader.finish()?;
    let ran = migrate::up(&url).await?;
    say(&match ran.as_slice() {
        [] => "The database is up to date.".to_owned(),
        ran => format!("Migrations run: {}", ran.join(", ")),
    });
    Ok(())
}

//! `hcts migrate`.

use services::{catalog::icd11, platform::migrate};

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
    if icd11::plant_starter(&url).await? {
        say("The ICD-11 starter set is planted; `hcts icd11 import` loads a whole release.");
    }
    Ok(())
}

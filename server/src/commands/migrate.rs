//! `hcts migrate`.

use services::{catalog::icd11, platform::migrate};

use super::{CommandError, keys, say};
use crate::config::{Mode, Reader, key_dir, owner_database_url};

pub(super) async fn migrate() -> Result<(), CommandError> {
    let mut reader = Reader::from_env();
    let is_development = reader.mode() == Mode::Development;
    let (url, dir) = (owner_database_url(&mut reader), key_dir(&mut reader));
    reader.finish()?;
    let ran = migrate::up(&url).await?;
    say(&match ran.as_slice() {
        [] => "The database is up to date.".to_owned(),
        ran => format!("Migrations run: {}.", ran.join(", ")),
    });
    if icd11::plant_starter(&url).await? {
        say("The ICD-11 starter set has been added. Run `hcts icd11 import` to import a complete release.");
    }
    if !is_development && !keys::keys_exist(&dir) {
        say(&format!(
            "There are no signing keys in {}. Run `hcts keys register` on the machine that has them to register the certificate key.",
            dir.display()
        ));
    } else if let Some(id) = keys::register(&url, &keys::load(&dir, is_development)?).await? {
        say(&format!("Certificate key {id} has been registered."));
    }
    Ok(())
}

//! The signing keys, one file each: 32 bytes of seed in hexadecimal, readable by the server's user alone. Beside them the
//! newest head of the log that was signed.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use clap::{Args, Subcommand};
use services::platform::{HeadKeeper, Keys};

use super::{CommandError, say};
use crate::config::{Reader, key_dir};

const CERTIFICATE: &str = "certificate.key";
const LOG: &str = "log.key";
const HEAD: &str = "log.checkpoint";

#[derive(Args)]
pub(super) struct KeyFiles {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Make both signing keys in `HCTS_KEY_DIR`. Refused where there is one already: it may have signed.
    Create,
}

pub(super) fn run(keys: &KeyFiles) -> Result<(), CommandError> {
    let mut reader = Reader::from_env();
    let dir = key_dir(&mut reader);
    reader.finish()?;
    match keys.command {
        KeysCommand::Create => create(&dir)?,
    }
    say(&format!(
        "{CERTIFICATE} and {LOG} are in {}. Keep a copy where nobody else reads it.",
        dir.display()
    ));
    Ok(())
}

/// Makes both keys, or none where one of them is there.
fn create(dir: &Path) -> Result<(), CommandError> {
    for path in [dir.join(CERTIFICATE), dir.join(LOG)] {
        if path.exists() {
            return Err(CommandError::Said(format!(
                "{} is there already and is left as it is",
                path.display()
            )));
        }
    }
    load(dir, true).map(drop)
}

/// Reads both keys; makes them first where `create` allows it. Production never makes keys by itself: a lost key must be
/// noticed, not replaced.
pub(super) fn load(dir: &Path, create: bool) -> Result<Keys, CommandError> {
    let read = |name: &str| {
        let path = dir.join(name);
        let shown = path.display().to_string();
        if create && !path.exists() {
            make(dir, &path).map_err(|cause| CommandError::Io(shown.clone(), cause))?;
        }
        let text = fs::read_to_string(&path).map_err(|cause| CommandError::Io(shown.clone(), cause))?;
        seed(text.trim()).ok_or_else(|| CommandError::Said(format!("{shown}: not 64 hexadecimal digits")))
    };
    let keys = Keys::from_seeds(read(CERTIFICATE)?, read(LOG)?)?;
    Ok(keys.with_head_in(Arc::new(HeadInFile { path: dir.join(HEAD), writing: Mutex::default() })))
}

struct HeadInFile {
    path: PathBuf,
    writing: Mutex<()>,
}

impl HeadKeeper for HeadInFile {
    fn kept(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(&self.path) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    fn keep(&self, note: &str) -> io::Result<()> {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // other processes have names of their own for it
        let fresh = self.path.with_extension(std::process::id().to_string());
        let mut file = fs::File::create(&fresh)?;
        file.write_all(note.as_bytes())?;
        file.sync_data()?;
        fs::rename(&fresh, &self.path)
    }
}

fn make(dir: &Path, path: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let seed = Keys::new_seed().map_err(io::Error::other)?;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    for byte in seed {
        write!(file, "{byte:02x}")?;
    }
    writeln!(file)
}

fn seed(digits: &str) -> Option<[u8; 32]> {
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    let mut seed = [0; 32];
    for (position, byte) in seed.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(position * 2..position * 2 + 2)?, 16).ok()?;
    }
    Some(seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_lies_beside_the_keys_and_the_latest_one_stays() {
        let dir = tempfile::tempdir().unwrap();
        let keys = load(dir.path(), true).unwrap();
        assert_eq!(keys.head().kept().unwrap(), None);
        for note in ["first\n", "second\n"] {
            keys.head().keep(note).unwrap();
        }
        assert_eq!(load(dir.path(), false).unwrap().head().kept().unwrap().as_deref(), Some("second\n"));
        let mut names: Vec<_> =
            fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, [CERTIFICATE, HEAD, LOG]);
    }

    #[test]
    fn keys_are_made_once_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("keys");
        assert!(load(&dir, false).is_err(), "production makes none by itself");
        create(&dir).unwrap();
        let made = fs::read(dir.join(LOG)).unwrap();
        assert!(load(&dir, false).is_ok());
        assert!(create(&dir).unwrap_err().to_string().contains("is there already"));
        fs::remove_file(dir.join(CERTIFICATE)).unwrap();
        assert!(create(&dir).is_err());
        assert_eq!(fs::read(dir.join(LOG)).unwrap(), made);
        assert!(!dir.join(CERTIFICATE).exists(), "a refusal makes nothing");
    }

    #[test]
    fn only_sixty_four_hexadecimal_digits_are_a_seed() {
        assert_eq!(seed(&"0f".repeat(32)), Some([15; 32]));
        assert_eq!(seed(&"0f".repeat(31)), None);
        assert_eq!(seed(&"zz".repeat(32)), None);
    }
}

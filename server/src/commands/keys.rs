//! The signing keys, one file each: 32 bytes of seed in hexadecimal, readable by the server's user alone. Beside them the
//! newest head of the log that was signed. Which keys of certificates are trusted stands in the database and is written here, as its
//! owner: the server itself cannot add trust.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use clap::{Args, Subcommand};
use services::{
    certificates,
    platform::{CheckpointStore, Keys},
};

use super::{CommandError, say};
use crate::config::{Reader, key_dir, owner_database_url};

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
    /// Create both signing keys in `HCTS_KEY_DIR`. Refused if either exists, because it may have been used.
    Create,
    /// Register the folder's certificate key in the database, as its owner. Certificates signed with it are trusted from then on.
    ///
    /// `hcts migrate` does this as well if it finds the key.
    Register,
    /// Show the registered certificate keys, and which of them is in the folder.
    List,
    /// Create and register a new certificate key that replaces the current one. The current key is kept in the same folder.
    ///
    /// Servers and workers sign with the earlier key until they are restarted. Retire it after that.
    Rotate,
    /// Stop trusting a key for new certificates. Certificates that are already logged stay valid.
    Retire {
        /// The key's ID, as shown by `hcts keys list`.
        id: String,
    },
}

pub(super) async fn run(keys: KeyFiles) -> Result<(), CommandError> {
    let mut reader = Reader::from_env();
    let dir = key_dir(&mut reader);
    let url = owner_database_url(&mut reader);
    reader.finish()?;
    match keys.command {
        KeysCommand::Create => {
            create(&dir)?;
            say(&format!(
                "Created {CERTIFICATE} and {LOG} in {}. Keep a copy in a safe place. Run `hcts migrate` or `hcts keys register` to register the certificate key.",
                dir.display()
            ));
        }
        KeysCommand::Register => say(&match register(&url, &load(&dir, false)?).await? {
            Some(id) => format!("Key {id} has been registered. Certificates signed with it are trusted."),
            None => "The key was registered before.".to_owned(),
        }),
        KeysCommand::List => list(&url, &dir).await?,
        KeysCommand::Rotate => rotate(&url, &dir).await?,
        KeysCommand::Retire { id } => retire(&url, &dir, &id).await?,
    }
    Ok(())
}

/// Lists the certificate key in the database; answers its id when it was not listed yet.
pub(super) async fn register(owner_url: &str, keys: &Keys) -> Result<Option<String>, CommandError> {
    Ok(certificates::key_register(owner_url, &keys.certificate().verifying_key()).await?)
}

async fn list(owner_url: &str, dir: &Path) -> Result<(), CommandError> {
    let present = load(dir, false).ok().map(|keys| certificates::key_id(&keys));
    let listed = certificates::certificate_keys_list(owner_url).await?;
    for key in &listed {
        let ends = key.retired_at.map_or_else(
            || "in use".to_owned(),
            |at| format!("retired {}", at.format("%Y-%m-%d %H:%M:%S UTC")),
        );
        let here = if present.as_deref() == Some(key.id().as_str()) { ", signs here" } else { "" };
        let since = key.first_used_at.format("%Y-%m-%d %H:%M:%S UTC");
        say(&format!("{}  since {since}, {ends}{here}", key.id()));
    }
    if let Some(id) = present.filter(|id| listed.iter().all(|key| key.id() != *id)) {
        say(&format!("{id}  in {}, not registered: run `hcts keys register`", dir.display()));
    }
    Ok(())
}

/// The new key is listed before it stands in the folder: whoever signs with it is trusted at once.
async fn rotate(owner_url: &str, dir: &Path) -> Result<(), CommandError> {
    let present = load(dir, false)?;
    let earlier = certificates::key_id(&present);
    let fresh = dir.join("certificate.key.new");
    let path = dir.join(CERTIFICATE);
    let io = |cause| CommandError::Io(path.display().to_string(), cause);
    // left behind by a rotation that was cut off: it has signed nothing
    match fs::remove_file(&fresh) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(io(cause)),
        _ => {}
    }
    make(dir, &fresh).map_err(io)?;
    let successor = Keys::from_seeds(read_seed(&fresh)?, read_seed(&dir.join(LOG))?)?;
    register(owner_url, &successor).await?;
    fs::hard_link(&path, dir.join(format!("certificate.key.{earlier}"))).map_err(io)?;
    fs::rename(&fresh, &path).map_err(io)?;
    say(&format!(
        "Key {} has been registered. The earlier key is kept as certificate.key.{earlier}. Restart every server and worker so that they sign with the new key, then run `hcts keys retire {earlier}`.",
        certificates::key_id(&successor)
    ));
    Ok(())
}

async fn retire(owner_url: &str, dir: &Path, id: &str) -> Result<(), CommandError> {
    if load(dir, false).is_ok_and(|keys| certificates::key_id(&keys) == id) {
        return Err(CommandError::Message(format!(
            "{id} is the key in {}. Without it no certificates could be issued. Run `hcts keys rotate` first.",
            dir.display()
        )));
    }
    if !certificates::key_retire(owner_url, id).await? {
        return Err(CommandError::Message(format!(
            "{id} is not a key in use. `hcts keys list` shows the registered keys."
        )));
    }
    say(&format!(
        "Key {id} has been retired. Certificates that it signed and that are already logged stay valid."
    ));
    Ok(())
}

/// Makes both keys, or none where one of them is there.
fn create(dir: &Path) -> Result<(), CommandError> {
    for path in [dir.join(CERTIFICATE), dir.join(LOG)] {
        if path.exists() {
            return Err(CommandError::Message(format!(
                "{} is there already and was not changed.",
                path.display()
            )));
        }
    }
    load(dir, true).map(drop)
}

/// Whether the folder has both keys.
pub(super) fn keys_exist(dir: &Path) -> bool {
    dir.join(CERTIFICATE).exists() && dir.join(LOG).exists()
}

/// Reads both keys; makes them first where `create` allows it. Production never makes keys by itself: a lost key must be
/// noticed, not replaced.
pub(super) fn load(dir: &Path, create: bool) -> Result<Keys, CommandError> {
    let read = |name: &str| {
        let path = dir.join(name);
        if create && !path.exists() {
            make(dir, &path).map_err(|cause| CommandError::Io(path.display().to_string(), cause))?;
        }
        read_seed(&path)
    };
    let keys = Keys::from_seeds(read(CERTIFICATE)?, read(LOG)?)?;
    remove_leftovers(dir);
    Ok(keys.with_checkpoint_store(Arc::new(FileCheckpointStore {
        path: dir.join(HEAD),
        writing: Mutex::default(),
    })))
}

fn read_seed(path: &Path) -> Result<[u8; 32], CommandError> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|cause| CommandError::Io(shown.clone(), cause))?;
    seed(text.trim())
        .ok_or_else(|| CommandError::Message(format!("{shown}: must contain exactly 64 hexadecimal digits")))
}

/// Removes heads that processes which are gone had not finished writing. One that cannot be removed is in nobody's way.
fn remove_leftovers(dir: &Path) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix("log."));
        let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_gone = |process: &str| !Path::new("/proc").join(process).exists();
        if process.filter(is_number).is_some_and(is_gone) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

struct FileCheckpointStore {
    path: PathBuf,
    writing: Mutex<()>,
}

impl CheckpointStore for FileCheckpointStore {
    fn read(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(&self.path) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    fn write(&self, note: &str) -> io::Result<()> {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // other processes have names of their own for it
        let fresh = self.path.with_extension(std::process::id().to_string());
        let written = write_whole(&fresh, note).and_then(|()| fs::rename(&fresh, &self.path));
        if written.is_err() {
            let _ = fs::remove_file(&fresh);
        }
        written
    }
}

fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_data()
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
    // a sign would pass for a digit below
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
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
        assert_eq!(keys.checkpoint_store().read().unwrap(), None);
        for note in ["first\n", "second\n"] {
            keys.checkpoint_store().write(note).unwrap();
        }
        assert_eq!(
            load(dir.path(), false).unwrap().checkpoint_store().read().unwrap().as_deref(),
            Some("second\n")
        );
        let mut names: Vec<_> =
            fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, [CERTIFICATE, HEAD, LOG]);
    }

    #[test]
    fn what_a_killed_process_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        load(dir, true).unwrap();
        let own = format!("log.{}", std::process::id());
        // no process has a number beyond what the kernel counts to (2^22)
        for name in ["log.4194305", own.as_str(), "log.txt", "other.4194305"] {
            fs::write(dir.join(name), "half a head").unwrap();
        }
        load(dir, false).unwrap();
        assert!(!dir.join("log.4194305").exists());
        for kept in [own.as_str(), "log.txt", "other.4194305", CERTIFICATE, LOG] {
            assert!(dir.join(kept).exists(), "{kept}");
        }
        // a folder in its place cannot be replaced: nothing of the attempt stays
        fs::create_dir(dir.join(HEAD)).unwrap();
        assert!(load(dir, false).unwrap().checkpoint_store().write("a head\n").is_err());
        assert!(!dir.join(&own).exists());
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
        assert_eq!(seed(&"+f".repeat(32)), None);
    }
}

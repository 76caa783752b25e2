//! `hcts icd11 import`: WHO's file as it is downloaded, packed or not.

use std::{
    io::{Cursor, Read},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use services::{catalog::icd11, platform::sha256};

use super::{CommandError, say};
use crate::config::{Reader, owner_database_url};

/// Maximum size of an unpacked release, in bytes; a release is about 20 MB.
const MAX_UNPACKED_BYTES: u64 = 200 * 1024 * 1024;

/// Import releases of ICD-11.
#[derive(Args)]
pub(super) struct Icd11 {
    #[command(subcommand)]
    command: Icd11Command,
}

#[derive(Subcommand)]
enum Icd11Command {
    /// Import WHO's simple tabulation ("SimpleTabulation-ICD-11-MMS-en"): plain text, zip or xz, as the database's owner.
    ///
    /// Releases are kept side by side; new codes are chosen from the newest complete one. A truncated or altered file is
    /// refused with the line number, and nothing is imported. If this version does not know the release, it can check only its
    /// structure: compare the SHA-256 of the text with the one WHO publishes.
    Import {
        /// The file to import.
        file: PathBuf,
    },
    /// Print the digests by which a later version can recognise this release.
    Digests {
        /// The file to read.
        file: PathBuf,
    },
}

pub(super) async fn run(command: Icd11) -> Result<(), CommandError> {
    match command.command {
        Icd11Command::Import { file } => import(&file).await,
        Icd11Command::Digests { file } => {
            let (_, bytes) = read(&file).await?;
            let digests = ::icd11::Digests::of(&String::from_utf8_lossy(&bytes));
            say(&digests.to_string());
            Ok(())
        }
    }
}

/// A file as it is, and the text in it.
async fn read(file: &Path) -> Result<(Vec<u8>, Vec<u8>), CommandError> {
    let failed = |cause| CommandError::Io(file.display().to_string(), cause);
    let packed = tokio::fs::read(file).await.map_err(failed)?;
    let bytes = unpack(packed.clone()).map_err(failed)?;
    Ok((packed, bytes))
}

async fn import(file: &Path) -> Result<(), CommandError> {
    let mut reader = Reader::from_env();
    let url = owner_database_url(&mut reader);
    reader.finish()?;
    let (packed, bytes) = read(file).await?;
    let hash = |bytes: &[u8]| sha256(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    say(&format!("SHA-256 of the file: {}", hash(&packed)));
    say(&format!("SHA-256 of the text: {}", hash(&bytes)));
    let imported =
        icd11::import(&url, &bytes, true).await.map_err(|error| match error.fields.get("file") {
            Some(reason) => {
                CommandError::Message(format!("{}: {reason}. Nothing was imported.", file.display()))
            }
            None => CommandError::from(error),
        })?;
    let (release, how) =
        (imported.release, if imported.was_there { "was imported before" } else { "has been imported" });
    say(&format!(
        "Release {} ({}, {} entities) {how}.",
        release.id, release.version_stamp, release.entity_count
    ));
    if !imported.is_known {
        say(
            "This version does not know the release. Compare the SHA-256 of the text with the one WHO publishes.",
        );
    }
    say(if release.is_current {
        "New codes are chosen from this release."
    } else {
        "New codes are still chosen from a newer release."
    });
    Ok(())
}

/// The text inside: told by the first bytes, not by the name.
fn unpack(packed: Vec<u8>) -> std::io::Result<Vec<u8>> {
    if packed.starts_with(b"PK\x03\x04") {
        let mut archive = zip::ZipArchive::new(Cursor::new(packed)).map_err(std::io::Error::other)?;
        let name = archive
            .file_names()
            .filter_map(Result::ok)
            .find(|name| {
                Path::new(name.as_ref()).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("txt"))
            })
            .map(std::borrow::Cow::into_owned)
            .ok_or_else(|| std::io::Error::other("the archive contains no .txt file"))?;
        return read_limited(archive.by_name(&name).map_err(std::io::Error::other)?);
    }
    if packed.starts_with(b"\xFD7zXZ\x00") {
        return read_limited(liblzma::read::XzDecoder::new(Cursor::new(packed)));
    }
    Ok(packed)
}

fn read_limited(reader: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader
        .take(MAX_UNPACKED_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|cause| std::io::Error::other(format!("the archive is truncated or damaged ({cause})")))?;
    if bytes.len() as u64 > MAX_UNPACKED_BYTES {
        return Err(std::io::Error::other("the unpacked file is larger than any release"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn unpacks_what_it_recognises_and_leaves_the_rest() {
        assert_eq!(unpack(b"plain".to_vec()).unwrap(), b"plain");
        let mut packed = liblzma::write::XzEncoder::new(Vec::new(), 1);
        packed.write_all(b"text").unwrap();
        assert_eq!(unpack(packed.finish().unwrap()).unwrap(), b"text");
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file("readme.pdf", options).unwrap();
        archive.write_all(b"no").unwrap();
        archive.start_file("SimpleTabulation-ICD-11-MMS-en.txt", options).unwrap();
        archive.write_all(b"yes").unwrap();
        assert_eq!(unpack(archive.finish().unwrap().into_inner()).unwrap(), b"yes");
        assert!(unpack(b"\xFD7zXZ\x00broken".to_vec()).is_err());
    }
}

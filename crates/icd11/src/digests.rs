//! Digests of known releases. They detect changes that the checks of structure cannot, such as a letter of a title.

use crate::{Reason, ReleaseId, TabulationError};
use sha2::{Digest, Sha256};
use std::fmt;

/// Number of lines in a block; a difference is located to one block.
const BLOCK: usize = 500;

/// One entry per release: its name, the digest of its text, and those of its blocks, as `hcts icd11 digests` prints them.
const KNOWN: &str = include_str!("digests.txt");

/// SHA-256 digests of a release's text: of the whole and of each block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digests {
    whole: String,
    blocks: Vec<String>,
}

impl Digests {
    /// Computes the digests of a text, byte order mark included.
    pub fn of(text: &str) -> Self {
        let lines: Vec<&str> = text.split_inclusive("\r\n").collect();
        let blocks = lines.chunks(BLOCK).map(|block| sha256(&block.concat())).collect();
        Self { whole: sha256(text), blocks }
    }

    /// Returns the digests of a known release; `None` for another one.
    fn known(release: ReleaseId) -> Option<Self> {
        let name = release.to_string();
        let entry = KNOWN.split("\n\n").find_map(|entry| entry.trim_start().strip_prefix(&name))?;
        let mut digests = entry.split_whitespace().map(str::to_owned);
        Some(Self { whole: digests.next()?, blocks: digests.collect() })
    }

    /// Returns an error that names the first differing block, unless the digests are equal.
    fn expect(&self, release: ReleaseId, found: &Self) -> Result<(), TabulationError> {
        if self.whole == found.whole {
            return Ok(());
        }
        let differs = self.blocks.iter().zip(&found.blocks).position(|(known, found)| known != found);
        let block = differs.unwrap_or_else(|| self.blocks.len().min(found.blocks.len()));
        let first = block * BLOCK + 1;
        Err(Reason::Altered { release, first, last: first + BLOCK - 1 }.at(first))
    }
}

impl fmt::Display for Digests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.whole)?;
        self.blocks.iter().try_for_each(|block| write!(f, "\n{block}"))
    }
}

/// True when the digests of this release are built in. Any other release is accepted without this check.
pub fn is_known(release: ReleaseId) -> bool {
    Digests::known(release).is_some()
}

/// Refuses a text that claims to be a known release and differs from it.
pub(crate) fn check(release: ReleaseId, text: &str) -> Result<(), TabulationError> {
    Digests::known(release).map_or(Ok(()), |known| known.expect(release, &Digests::of(text)))
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> String {
        (1..=1_200).map(|line| format!("\u{feff}{line}\tA title\r\n")).collect()
    }

    fn told(altered: &str) -> String {
        let release = "2025-01".parse().unwrap();
        Digests::of(&text()).expect(release, &Digests::of(altered)).unwrap_err().to_string()
    }

    #[test]
    fn one_letter_or_two_lines_in_each_others_place_are_found_in_their_block() {
        let here = "line 501: lines 501 to 1000 are not as WHO published them in release 2025-01";
        assert_eq!(told(&text().replace("777\tA title", "777\tA tittle")), here);
        assert_eq!(
            told(&text().replace("778\t", "x\t").replace("779\t", "778\t").replace("x\t", "779\t")),
            here
        );
        assert!(told(&text().replace("1200\tA title\r\n", "")).starts_with("line 1001: "));
        assert!(told(&format!("{}more\r\n", text().repeat(2))).starts_with("line 1001: "));
        let release = "2025-01".parse().unwrap();
        assert!(Digests::of(&text()).expect(release, &Digests::of(&text())).is_ok());
    }

    #[test]
    fn known_releases_have_a_digest_a_block() {
        for (release, rows) in [("2024-01", 36_044), ("2025-01", 36_782)] {
            let known = Digests::known(release.parse().unwrap()).unwrap();
            assert_eq!(known.blocks.len(), (rows + 1_usize).div_ceil(BLOCK), "{release}");
            assert!(known.blocks.iter().chain([&known.whole]).all(|digest| digest.len() == 64), "{release}");
        }
        assert!(!is_known("2031-03".parse().unwrap()));
    }
}

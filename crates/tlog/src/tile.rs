//! Tiles and entry bundles as C2SP tlog-tiles serves them: paths, contents, and the tiles of a tree of a given size.

use crate::tree::NodeId;
use std::fmt;
use std::str::FromStr;

/// Number of hashes or entries in a full tile.
pub const TILE_WIDTH: u16 = 256;

/// Maximum length of an entry in a bundle, in bytes: the length is written in 16 bits.
pub const ENTRY_MAX: usize = 0xffff;

/// Number of tile levels of a tree of at most 2^64 - 1 entries.
const LEVELS: u8 = 8;

/// Content of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes at a tile level: 0 for leaves; a hash of each further level covers 256 of the level below.
    Hashes(u8),
    /// Entries.
    Entries,
}

/// A tile or entry bundle: `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    kind: TileKind,
    index: u64,
    width: u16,
}

/// Error for a text that is no path of a possible tile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the path of a tile")]
pub struct TilePathError(pub String);

impl Tile {
    /// Creates a tile. `width` is 1 to 256; less than 256 means a partial tile.
    /// Returns `None` if no tree of at most 2^64 - 1 entries can have it.
    pub fn new(kind: TileKind, index: u64, width: u16) -> Option<Self> {
        let level = match kind {
            TileKind::Hashes(level) => level,
            TileKind::Entries => 0,
        };
        if level >= LEVELS || !(1..=TILE_WIDTH).contains(&width) {
            return None;
        }
        // number of complete subtrees of this level in the largest tree
        let available = u64::MAX >> (8 * u32::from(level));
        let needed = index.checked_mul(TILE_WIDTH.into())?.checked_add(width.into())?;
        (needed <= available).then_some(Self { kind, index, width })
    }

    /// Returns the content: hashes or entries.
    pub fn kind(&self) -> TileKind {
        self.kind
    }

    /// Returns the index within its level, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Returns the number of hashes or entries: 256, or less in a partial tile.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// True for a partial tile, which grows with the log.
    pub fn is_partial(&self) -> bool {
        self.width < TILE_WIDTH
    }

    fn level(&self) -> u8 {
        match self.kind {
            TileKind::Hashes(level) => level,
            TileKind::Entries => 0,
        }
    }

    /// Returns the stored nodes of the tile in order; for entries those of the leaves, which have the same indexes.
    pub fn reads(&self) -> Vec<NodeId> {
        let first = self.index * u64::from(TILE_WIDTH);
        let level = self.level() * 8;
        (0..u64::from(self.width)).map(|at| NodeId { level, index: first + at }).collect()
    }

    /// True when a tree of `size` entries has this tile: a full tile within it, or the partial tile of its level at its exact width.
    /// A server answers 404 to all others.
    pub fn is_in(&self, size: u64) -> bool {
        let complete = size >> (8 * u32::from(self.level()));
        let (full, rest) = (complete / u64::from(TILE_WIDTH), complete % u64::from(TILE_WIDTH));
        if self.is_partial() {
            self.index == full && u64::from(self.width) == rest
        } else {
            self.index < full
        }
    }
}

/// Returns the tiles and bundles to publish when a log grows from `old` to `new` entries: those of `new` that `old` does not have.
pub fn new_tiles(old: u64, new: u64) -> Vec<Tile> {
    let mut tiles = Vec::new();
    let kinds = (0..LEVELS).map(TileKind::Hashes).chain([TileKind::Entries]);
    for kind in kinds {
        let shift = match kind {
            TileKind::Hashes(level) => 8 * u32::from(level),
            TileKind::Entries => 0,
        };
        let (before, after) = (old >> shift, new >> shift);
        if after <= before {
            continue;
        }
        let (full_before, full_after) = (before / u64::from(TILE_WIDTH), after / u64::from(TILE_WIDTH));
        tiles.extend((full_before..full_after).map(|index| Tile { kind, index, width: TILE_WIDTH }));
        if let Ok(width @ 1..) = u16::try_from(after % u64::from(TILE_WIDTH)) {
            tiles.push(Tile { kind, index: full_after, width });
        }
    }
    tiles
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for group in groups.iter().skip(1).rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", self.index % 1000)?;
        if self.is_partial() { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// Parses a decimal number without sign or leading zeros.
fn plain_number<T: FromStr>(text: &str) -> Option<T> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if is_plain { text.parse().ok() } else { None }
}

/// Parses an index: `x001/x234/067` is 1234067.
fn read_index(text: &str) -> Option<u64> {
    let mut index = 0_u64;
    let mut parts = text.split('/').peekable();
    let mut is_first = true;
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let digits = if is_last { part } else { part.strip_prefix('x')? };
        let needless = is_first && !is_last && digits == "000";
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) || needless {
            return None;
        }
        index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
        is_first = false;
    }
    Some(index)
}

fn read_path(path: &str) -> Option<Tile> {
    let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
    let kind = if level == "entries" { TileKind::Entries } else { TileKind::Hashes(plain_number(level)?) };
    let (index, width) = match rest.split_once(".p/") {
        Some((index, width)) => (index, plain_number(width).filter(|w| *w < TILE_WIDTH)?),
        None => (rest, TILE_WIDTH),
    };
    Tile::new(kind, read_index(index)?, width)
}

impl FromStr for Tile {
    type Err = TilePathError;

    /// Parses a path below the log's prefix, without a leading slash.
    fn from_str(path: &str) -> Result<Self, TilePathError> {
        read_path(path).ok_or_else(|| TilePathError(path.chars().take(100).collect()))
    }
}

/// Error of writing or reading a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// An entry has more than [`ENTRY_MAX`] bytes.
    #[error("an entry of {0} bytes is too long for a bundle")]
    TooLong(usize),
    /// The bytes end within an entry.
    #[error("the bundle is cut")]
    Cut,
}

/// Encodes entries as a bundle: before each its length, 16 bits, big-endian.
///
/// # Errors
/// Returns [`BundleError::TooLong`].
pub fn encode_bundle<T: AsRef<[u8]>>(entries: &[T]) -> Result<Vec<u8>, BundleError> {
    let mut bytes = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::TooLong(entry.len()))?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    Ok(bytes)
}

/// Decodes the entries of a bundle.
///
/// # Errors
/// Returns [`BundleError::Cut`].
pub fn decode_bundle(mut bytes: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>().ok_or(BundleError::Cut)?;
        let (entry, rest) =
            rest.split_at_checked(u16::from_be_bytes(*length).into()).ok_or(BundleError::Cut)?;
        entries.push(entry);
        bytes = rest;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn count(size: u64, kind: TileKind) -> (usize, Vec<u16>) {
        let tiles: Vec<Tile> = new_tiles(0, size).into_iter().filter(|tile| tile.kind == kind).collect();
        let full = tiles.iter().filter(|tile| !tile.is_partial()).count();
        (full, tiles.iter().filter(|tile| tile.is_partial()).map(|tile| tile.width).collect())
    }

    #[test]
    fn the_two_examples_of_the_specification() {
        assert_eq!(count(70_000, TileKind::Hashes(0)), (273, vec![112]));
        assert_eq!(count(70_000, TileKind::Hashes(1)), (1, vec![17]));
        assert_eq!(count(70_000, TileKind::Hashes(2)), (0, vec![1]));
        assert_eq!(count(70_000, TileKind::Hashes(3)), (0, vec![]));
        assert_eq!(count(70_000, TileKind::Entries), (273, vec![112]));
        assert_eq!(count(256, TileKind::Hashes(0)), (1, vec![]));
        assert_eq!(count(256, TileKind::Hashes(1)), (0, vec![1]));
        assert_eq!(new_tiles(256, 256), []);
    }

    #[test]
    fn writes_and_reads_paths() {
        let told = [
            (TileKind::Hashes(0), 1_234_067, 256, "tile/0/x001/x234/067"),
            (TileKind::Hashes(1), 0, 17, "tile/1/000.p/17"),
            (TileKind::Entries, 273, 112, "tile/entries/273.p/112"),
            (TileKind::Entries, 1000, 256, "tile/entries/x001/000"),
        ];
        for (kind, index, width, path) in told {
            let tile = Tile::new(kind, index, width).unwrap();
            assert_eq!(tile.to_string(), path);
            assert_eq!(path.parse(), Ok(tile));
        }
    }

    #[test]
    fn refuses_paths_of_tiles_that_cannot_exist() {
        for path in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "/tile/0/000",
            "tile/0/1",
            "tile/0/x000/001",
            "tile/0/000/001",
            "tile/00/000",
            "tile/8/000",
            "tile/64/000",
            "tile/data/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/0/x001/x234",
            "tile/-1/000",
            "tile/+1/000",
            "tile/0/0000",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
            "tile/0/../000",
            "tile/entries/000/",
            "tile/0/٠٠٠",
        ] {
            assert!(path.parse::<Tile>().is_err(), "{path}");
        }
    }

    #[test]
    fn a_tree_has_exactly_the_tiles_that_were_published_for_it_or_before_in_full() {
        let size = 70_000;
        for tile in new_tiles(0, size) {
            assert!(tile.is_in(size), "{tile}");
            assert!(!Tile::new(tile.kind, tile.index + 300, tile.width).unwrap().is_in(size));
        }
        assert!(!"tile/0/273.p/111".parse::<Tile>().unwrap().is_in(size));
        assert!(!"tile/0/273".parse::<Tile>().unwrap().is_in(size));
        assert!(!"tile/0/272.p/112".parse::<Tile>().unwrap().is_in(size));
    }

    #[test]
    fn bundles_come_back_and_cut_ones_do_not() {
        let entries: [&[u8]; 3] = [b"one", b"", &[7; 300]];
        let bytes = encode_bundle(&entries).unwrap();
        assert_eq!(&bytes[..7], b"\x00\x03one\x00\x00");
        assert_eq!(decode_bundle(&bytes).unwrap(), entries);
        assert_eq!(decode_bundle(&bytes[..bytes.len() - 1]), Err(BundleError::Cut));
        assert_eq!(decode_bundle(&bytes[..1]), Err(BundleError::Cut));
        assert_eq!(encode_bundle(&[vec![0; 65_536]]), Err(BundleError::TooLong(65_536)));
        assert!(encode_bundle(&[vec![0; ENTRY_MAX]]).is_ok());
    }

    proptest! {
        #[test]
        fn paths_come_back(level in 0_u8..9, index in any::<u64>(), shift in 0_u32..64, width in 0_u16..300) {
            let kind = if level == 8 { TileKind::Entries } else { TileKind::Hashes(level) };
            if let Some(tile) = Tile::new(kind, index >> shift, width) {
                prop_assert_eq!(tile.to_string().parse(), Ok(tile));
            }
        }

        #[test]
        fn no_text_panics(path in "(tile/)?[0-9a-z./]{0,24}") {
            if let Ok(tile) = path.parse::<Tile>() {
                prop_assert_eq!(tile.to_string(), path);
            }
        }
    }
}

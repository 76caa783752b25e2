//! Entities of a release, their identifiers and kinds.

use crate::{Code, ReleaseId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// URI of an entity in the MMS linearization; unique within a release. Together with [`ReleaseId`] it identifies a saved code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LinearizationUri(String);

/// URI of an entity in WHO's Foundation; stays the same across releases. Residual categories have none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FoundationUri(String);

/// Number of a chapter: `01` to `26`, `V` (functioning) or `X` (extension codes).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChapterNo(String);

const FOUNDATION: &str = "http://id.who.int/icd/entity/";
const LINEARIZATION: &str = "http://id.who.int/icd/release/11/";

fn is_entity_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit())
}

impl FoundationUri {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        is_entity_id(text.strip_prefix(FOUNDATION)?).then(|| Self(text.to_owned()))
    }

    /// Returns the URI as WHO writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn entity_id(&self) -> &str {
        self.0.strip_prefix(FOUNDATION).unwrap_or_default()
    }
}

impl LinearizationUri {
    /// Parses `.../release/11/mms/{id}[/other|/unspecified]`, with or without the name of the release before `mms`.
    pub(crate) fn parse(text: &str, release: ReleaseId) -> Option<Self> {
        let rest = text.strip_prefix(LINEARIZATION)?;
        let rest = match rest.strip_prefix("mms/") {
            Some(rest) => rest,
            None => rest.strip_prefix(&format!("{release}/mms/"))?,
        };
        let id = rest.strip_suffix("/other").or_else(|| rest.strip_suffix("/unspecified")).unwrap_or(rest);
        is_entity_id(id).then(|| Self(text.to_owned()))
    }

    /// Returns the URI as WHO's file writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the URI of the parent for a residual category; `None` for other entities.
    pub fn residual_of(&self) -> Option<&str> {
        self.0.strip_suffix("/other").or_else(|| self.0.strip_suffix("/unspecified"))
    }

    pub(crate) fn entity_id(&self) -> &str {
        let stem = self.residual_of().unwrap_or(&self.0);
        stem.rsplit('/').next().unwrap_or_default()
    }
}

impl ChapterNo {
    /// Iterates over all chapters in the order of the classification.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=26).map(|n| format!("{n:02}")).chain(["V".to_owned(), "X".to_owned()]).map(Self)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::all().find(|known| known.0 == text)
    }

    /// Returns the number as WHO writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when a service may be offered for codes of this chapter: 01 to 25. Chapter 26 (traditional medicine), V (functioning) and
    /// X (extension codes) are no diagnoses.
    pub fn is_clinical(&self) -> bool {
        self.0.parse::<u8>().is_ok_and(|number| number <= 25)
    }

    /// Returns the first character of the chapter's codes: 1 to 9, then A to S without I and O; V and X for the chapters V and X.
    pub(crate) fn first_of_code(&self) -> Option<char> {
        match self.0.parse::<usize>() {
            Ok(number) => "0123456789ABCDEFGHJKLMNPQRS".chars().nth(number),
            Err(_) => self.0.chars().next(),
        }
    }
}

macro_rules! shown_as_written {
    ($($name:ident),+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}
shown_as_written!(LinearizationUri, FoundationUri, ChapterNo);

/// Kinds of entities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassKind {
    /// A chapter: top level, without code.
    Chapter,
    /// A block: a group, without code.
    Block,
    /// A category: with code.
    Category,
}

impl ClassKind {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "chapter" => Some(Self::Chapter),
            "block" => Some(Self::Block),
            "category" => Some(Self::Category),
            _ => None,
        }
    }

    /// Returns the word in WHO's file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chapter => "chapter",
            Self::Block => "block",
            Self::Category => "category",
        }
    }
}

/// A validated row of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Key within the release.
    pub uri: LinearizationUri,
    /// Key across releases; `None` exactly for residual categories.
    pub foundation_uri: Option<FoundationUri>,
    /// Code; `Some` exactly for categories.
    pub code: Option<Code>,
    /// ID of a block, such as `BlockL1-1A0`; some blocks of chapters V and X have none.
    pub block_id: Option<String>,
    /// Title as WHO writes it, without the level marks before it.
    pub title: String,
    /// Kind: chapter, block or category.
    pub class_kind: ClassKind,
    /// Distance from the chapter; 0 for a chapter.
    pub depth: u8,
    /// True for "other specified" and "unspecified".
    pub is_residual: bool,
    /// True when it has no children in the full release.
    pub is_leaf: bool,
    /// Chapter of the entity.
    pub chapter_no: ChapterNo,
    /// Parent; `None` exactly for chapters.
    pub parent_uri: Option<LinearizationUri>,
    /// Position in WHO's order, from 0.
    pub ordinal: u32,
}

/// A parsed release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Name of the release, taken from the version stamp.
    pub id: ReleaseId,
    /// Version stamp in the header, such as `2025 Jan 24 - 22:30 UTC`.
    pub version_stamp: String,
    /// Entities in WHO's order; parents precede their children.
    pub entities: Vec<Entity>,
}

/// Number of entities of a release by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Number of chapters.
    pub chapters: usize,
    /// Number of blocks.
    pub blocks: usize,
    /// Number of categories, residual ones included.
    pub categories: usize,
    /// Number of residual categories.
    pub residuals: usize,
    /// Number of entities without children.
    pub leaves: usize,
}

impl Release {
    /// Counts the entities by kind.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for entity in &self.entities {
            match entity.class_kind {
                ClassKind::Chapter => counts.chapters += 1,
                ClassKind::Block => counts.blocks += 1,
                ClassKind::Category => counts.categories += 1,
            }
            counts.residuals += usize::from(entity.is_residual);
            counts.leaves += usize::from(entity.is_leaf);
        }
        counts
    }

    /// Finds the entity with a code; the time is proportional to the size of the release.
    pub fn by_code(&self, code: &Code) -> Option<&Entity> {
        self.entities.iter().find(|entity| entity.code.as_ref() == Some(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_those_of_who() {
        let release: ReleaseId = "2025-01".parse().unwrap();
        let good = |text: &str| LinearizationUri::parse(text, release);
        assert_eq!(good("http://id.who.int/icd/release/11/mms/257068234").unwrap().entity_id(), "257068234");
        let residual = good("http://id.who.int/icd/release/11/2025-01/mms/77/other").unwrap();
        assert_eq!(residual.residual_of(), Some("http://id.who.int/icd/release/11/2025-01/mms/77"));
        assert_eq!(residual.entity_id(), "77");
        for bad in [
            "",
            "http://id.who.int/icd/release/11/mms/",
            "http://id.who.int/icd/release/11/mms/12a",
            "http://id.who.int/icd/release/11/2024-01/mms/12",
            "https://id.who.int/icd/release/11/mms/12",
            "http://id.who.int/icd/release/11/mms/12/else",
        ] {
            assert_eq!(good(bad), None, "{bad}");
        }
        assert!(FoundationUri::parse("http://id.who.int/icd/entity/5").is_some());
        assert!(FoundationUri::parse("http://id.who.int/icd/entity/05").is_none());
    }

    #[test]
    fn chapters_know_their_codes() {
        let first = |text: &str| ChapterNo::parse(text).unwrap().first_of_code().unwrap();
        let told = [
            ("01", '1'),
            ("10", 'A'),
            ("18", 'J'),
            ("22", 'N'),
            ("23", 'P'),
            ("26", 'S'),
            ("V", 'V'),
            ("X", 'X'),
        ];
        for (chapter, expected) in told {
            assert_eq!(first(chapter), expected);
        }
        assert_eq!(ChapterNo::all().count(), 28);
        assert!(ChapterNo::parse("27").is_none());
        assert!(ChapterNo::parse("25").unwrap().is_clinical());
        assert!(!ChapterNo::parse("26").unwrap().is_clinical());
        assert!(!ChapterNo::parse("X").unwrap().is_clinical());
    }
}

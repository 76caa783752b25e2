//! Reader of WHO's simple tabulation text, in the layout of 2024 and 2025 and in that of 2026. Begin with [`read_tabulation`].
//!
//! It is strict: medical reference data that was cut or altered must not enter a database.

use crate::entity::{ChapterNo, ClassKind, FoundationUri, LinearizationUri};
use crate::fields::{Columns, Row, split_row};
use crate::tree::Tree;
use crate::{Code, Entity, Reason, Release, ReleaseId, TabulationError, digests};

/// Parts of a release that a file must contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// The whole release: all chapters, children for every row that is no leaf, and the exact text of a known release.
    Whole,
    /// All chapters, and any further rows with all their ancestors.
    Starter,
}

/// Number of rows of the releases that WHO has published in these layouts.
const KNOWN_SIZES: [(&str, usize); 3] = [("2024-01", 36_044), ("2025-01", 36_782), ("2026-01", 37_052)];

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Parses a whole release.
///
/// # Errors
/// Returns the line and the reason; see [`Reason`].
pub fn read_tabulation(bytes: &[u8]) -> Result<Release, TabulationError> {
    read_tabulation_as(bytes, Completeness::Whole)
}

/// Parses a whole release or a part of one.
///
/// # Errors
/// Returns the line and the reason; see [`Reason`].
pub fn read_tabulation_as(bytes: &[u8], completeness: Completeness) -> Result<Release, TabulationError> {
    let whole = std::str::from_utf8(bytes).map_err(|e| {
        Reason::NotUtf8.at(lines_before(bytes.get(..e.valid_up_to()).unwrap_or_default()) + 1)
    })?;
    let text = whole.strip_prefix(BYTE_ORDER_MARK).ok_or_else(|| Reason::NoByteOrderMark.at(1))?;
    let lines = text
        .strip_suffix("\r\n")
        .ok_or_else(|| Reason::NotTerminated.at(lines_before(text.as_bytes()) + 1))?;
    // coding notes of 2026-01 contain lone line feeds, so rows end in CR LF only
    let mut lines = lines.split("\r\n").enumerate().map(|(at, line)| (at + 1, line));
    let (_, header) = lines.next().ok_or_else(|| Reason::NotTerminated.at(1))?;
    let (columns, id, version_stamp) = read_header(header).map_err(|reason| reason.at(1))?;

    let mut tree = Tree::default();
    let mut last = 1;
    for (line, text) in lines {
        last = line;
        read_row(text, &columns, id).and_then(|row| tree.add(row, line)).map_err(|reason| reason.at(line))?;
    }
    let entities = tree.finish(completeness)?;
    if completeness == Completeness::Whole {
        check_size(id, entities.len()).map_err(|reason| reason.at(last))?;
        digests::check(id, whole)?;
    }
    Ok(Release { id, version_stamp, entities })
}

fn lines_before(bytes: &[u8]) -> usize {
    bytes.windows(2).filter(|pair| pair == b"\r\n").count()
}

fn check_size(release: ReleaseId, found: usize) -> Result<(), Reason> {
    let name = release.to_string();
    match KNOWN_SIZES.into_iter().find(|(known, _)| *known == name) {
        Some((_, expected)) if expected != found => Err(Reason::RowCount { release, expected, found }),
        _ => Ok(()),
    }
}

fn read_header(line: &str) -> Result<(Columns, ReleaseId, String), Reason> {
    let cells = split_row(line)?;
    let (last, names) = cells.split_last().ok_or(Reason::NotTerminated)?;
    let columns = Columns::read(names)?;
    let bad = || Reason::Version(last.chars().take(80).collect());
    let stamp = last.strip_prefix("Version:").ok_or_else(bad)?;
    let id = ReleaseId::from_stamp(stamp).ok_or_else(bad)?;
    Ok((columns, id, stamp.to_owned()))
}

/// An entity with the fields of its own row, before its place in the hierarchy is known.
pub(crate) struct Parsed {
    pub(crate) entity: Entity,
    pub(crate) depth_in_kind: u8,
    pub(crate) told_parent: Option<FoundationUri>,
}

fn read_row(line: &str, columns: &Columns, release: ReleaseId) -> Result<Parsed, Reason> {
    let fields = split_row(line)?;
    let row = columns.check(&fields)?;
    let uri = parse(&row, 1, "Linearization URI", |text| LinearizationUri::parse(text, release))?;
    let foundation_uri = parse_optional(&row, 0, "Foundation URI", FoundationUri::parse)?;
    let class_kind = parse(&row, 5, "ClassKind", ClassKind::parse)?;
    let code = match row.get(2) {
        "" => None,
        text => Some(text.parse::<Code>()?),
    };
    let block_id = parse_optional(&row, 3, "BlockId", block_id)?;
    let (depth, title) = parse(&row, 4, "Title", title)?;
    let depth_in_kind = parse(&row, 6, "DepthInKind", small_number)?;
    let is_residual = parse(&row, 7, "IsResidual", truth)?;
    let chapter_no = parse(&row, 8, "ChapterNo", ChapterNo::parse)?;
    let is_leaf = parse(&row, 10, "isLeaf", truth)?;
    parse(&row, 9, "BrowserLink", |text| {
        text.starts_with("=hyperlink(\"https://icd.who.int/").then_some(())
    })?;
    let told_parent = match row.parent() {
        None => None,
        Some(text) => Some(FoundationUri::parse(text).ok_or_else(|| Reason::value("Parent", text))?),
    };
    let entity = Entity {
        uri,
        foundation_uri,
        code,
        block_id,
        title,
        class_kind,
        depth,
        is_residual,
        is_leaf,
        chapter_no,
        parent_uri: None,
        ordinal: 0,
    };
    check_row(&entity)?;
    Ok(Parsed { entity, depth_in_kind, told_parent })
}

fn parse<T>(
    row: &Row<'_>,
    column: usize,
    name: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, Reason> {
    let text = row.get(column);
    read(text).ok_or_else(|| Reason::value(name, text))
}

fn parse_optional<T>(
    row: &Row<'_>,
    column: usize,
    name: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Reason> {
    if row.get(column).is_empty() { Ok(None) } else { parse(row, column, name, read).map(Some) }
}

/// Splits depth and title: the depth is the number of leading `- `.
fn title(text: &str) -> Option<(u8, String)> {
    let mut depth = 0_u8;
    let mut rest = text;
    while let Some(next) = rest.strip_prefix("- ") {
        depth = depth.checked_add(1)?;
        rest = next;
    }
    let is_clean = !rest.is_empty() && rest.trim() == rest && !rest.starts_with('-');
    is_clean.then(|| (depth, rest.to_owned()))
}

fn block_id(text: &str) -> Option<String> {
    let rest = text.strip_prefix("Block")?;
    let is_clean = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_clean.then(|| text.to_owned())
}

fn small_number(text: &str) -> Option<u8> {
    if text.starts_with(['0', '+']) { None } else { text.parse().ok() }
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    }
}

/// Checks that the fields of a row do not contradict each other.
fn check_row(entity: &Entity) -> Result<(), Reason> {
    let is_category = entity.class_kind == ClassKind::Category;
    let first = entity.code.as_ref().and_then(|code| code.as_str().chars().next());
    let told_id = entity.foundation_uri.as_ref().map(FoundationUri::entity_id);
    let rules = [
        (entity.code.is_some() == is_category, "a code belongs to every category and to nothing else"),
        (entity.block_id.is_none() || entity.class_kind == ClassKind::Block, "only a block has a BlockId"),
        (first.is_none() || first == entity.chapter_no.first_of_code(), "the code is not of this chapter"),
        (!entity.is_residual || is_category, "only a category can be residual"),
        (
            entity.is_residual == entity.uri.residual_of().is_some(),
            "IsResidual contradicts the Linearization URI",
        ),
        (entity.is_residual == told_id.is_none(), "exactly the residual categories have no Foundation URI"),
        (
            told_id.is_none_or(|id| id == entity.uri.entity_id()),
            "Foundation URI and Linearization URI name different entities",
        ),
    ];
    match rules.into_iter().find(|(holds, _)| !holds) {
        Some((_, rule)) => Err(Reason::Contradiction(rule)),
        None => Ok(()),
    }
}

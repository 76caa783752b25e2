//! Errors of the reader: the line and the reason why a file is refused.

use crate::{CodeError, ReleaseId};

/// Error of reading a tabulation file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct TabulationError {
    /// Line number, counted by CRLF, the header being line 1. For an error of the whole file, its last line.
    pub line: usize,
    /// Reason.
    pub reason: Reason,
}

/// Reason why a line or a file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The file does not start with the UTF-8 byte order mark WHO writes.
    #[error("the UTF-8 byte order mark is missing")]
    NoByteOrderMark,
    /// The file does not end in CR LF: it was cut, or re-saved with other line ends.
    #[error("the file does not end with a complete line (CR LF): it is cut or was re-saved")]
    NotTerminated,
    /// The bytes are not UTF-8.
    #[error("not UTF-8 text")]
    NotUtf8,
    /// A field contains a control character, such as a lone CR or LF.
    #[error("a control character in the column `{0}`")]
    ControlCharacter(String),
    /// A quotation mark is not closed or misplaced.
    #[error("a misplaced quotation mark in column {0}")]
    Quote(usize),
    /// A required column is missing.
    #[error("the column `{0}` is missing")]
    MissingColumn(&'static str),
    /// A column is neither of the 2024/2025 layout nor of the 2026 one.
    #[error("the column `{0}` is unknown")]
    UnknownColumn(String),
    /// A column occurs twice.
    #[error("the column `{0}` is given twice")]
    RepeatedColumn(String),
    /// The last header cell is no version stamp.
    #[error("`{0}` is not a version stamp such as `Version:2025 Jan 24 - 22:30 UTC`")]
    Version(String),
    /// The row has too few or too many fields.
    #[error("{found} fields where the header has {expected}")]
    FieldCount {
        /// Number of fields of the row.
        found: usize,
        /// Number of columns in the header, without the version stamp.
        expected: usize,
    },
    /// The value is not allowed in its column.
    #[error("`{value}` cannot stand in the column `{column}`")]
    Value {
        /// Name of the column.
        column: &'static str,
        /// Value, cut to 80 characters.
        value: String,
    },
    /// A code violates the grammar.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// A unique value occurs again.
    #[error("`{value}` in the column `{column}` stands in line {first} already")]
    Repeated {
        /// Name of the column.
        column: &'static str,
        /// Value.
        value: String,
        /// Line of the first occurrence.
        first: usize,
    },
    /// Two fields of a row, or a row and its parent, contradict each other.
    #[error("{0}")]
    Contradiction(&'static str),
    /// The row is deeper than the row before it allows: its parent is missing.
    #[error("depth {found} after depth {previous}: a parent is missing")]
    DepthJump {
        /// Depth of the row.
        found: u8,
        /// Depth of the row before.
        previous: u8,
    },
    /// Chapters are missing or out of order.
    #[error("chapter {0} is missing or out of order")]
    Chapter(String),
    /// A known release has another number of rows.
    #[error("release {release} has {expected} rows, this file has {found}")]
    RowCount {
        /// The release.
        release: ReleaseId,
        /// Number of rows that WHO published.
        expected: usize,
        /// Number of rows in the file.
        found: usize,
    },
    /// A known release has lines that differ from those WHO published.
    #[error("lines {first} to {last} are not as WHO published them in release {release}")]
    Altered {
        /// The release.
        release: ReleaseId,
        /// First line of the first differing block.
        first: usize,
        /// Last line of this block, even beyond the end of the file.
        last: usize,
    },
}

impl Reason {
    pub(crate) fn value(column: &'static str, value: &str) -> Self {
        Self::Value { column, value: value.chars().take(80).collect() }
    }

    pub(crate) fn at(self, line: usize) -> TabulationError {
        TabulationError { line, reason: self }
    }
}

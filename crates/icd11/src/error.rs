//! Why a file is refused: the line and the reason.

use crate::{CodeError, ReleaseId};

/// A refused file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct TabulationError {
    /// Line as a text editor that splits on CRLF counts it; the header is line 1. For a fault of the whole file, its last line.
    pub line: usize,
    /// What is wrong.
    pub reason: Reason,
}

/// What is wrong with a line or a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The file does not start with the UTF-8 byte order mark WHO writes.
    #[error("the UTF-8 byte order mark is missing")]
    NoByteOrderMark,
    /// The file does not end in CR LF: it was cut, or re-saved with other line ends.
    #[error("the file does not end with a complete line (CR LF): it is cut or was re-saved")]
    NotTerminated,
    /// Bytes that are no UTF-8.
    #[error("not UTF-8 text")]
    NotUtf8,
    /// A control character, a bare CR or LF among them.
    #[error("a control character in the column `{0}`")]
    ControlCharacter(String),
    /// A quote that is not closed, or that stands where none may.
    #[error("a misplaced quotation mark in column {0}")]
    Quote(usize),
    /// A required column is missing.
    #[error("the column `{0}` is missing")]
    MissingColumn(&'static str),
    /// A column that is neither of the 2024/2025 layout nor of the 2026 one.
    #[error("the column `{0}` is unknown")]
    UnknownColumn(String),
    /// A column given twice.
    #[error("the column `{0}` is given twice")]
    RepeatedColumn(String),
    /// The last header cell is no version stamp.
    #[error("`{0}` is not a version stamp such as `Version:2025 Jan 24 - 22:30 UTC`")]
    Version(String),
    /// Too few or too many fields.
    #[error("{found} fields where the header has {expected}")]
    FieldCount {
        /// Fields in the row.
        found: usize,
        /// Fields the header promises, without the version stamp.
        expected: usize,
    },
    /// A field with a value that cannot stand there.
    #[error("`{value}` cannot stand in the column `{column}`")]
    Value {
        /// Name of the column.
        column: &'static str,
        /// The value, cut to 80 characters.
        value: String,
    },
    /// A code outside the grammar.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// A value that may occur once occurs again.
    #[error("`{value}` in the column `{column}` stands in line {first} already")]
    Repeated {
        /// Name of the column.
        column: &'static str,
        /// The value.
        value: String,
        /// Line of the first.
        first: usize,
    },
    /// Two fields of a row, or a row and its parent, contradict each other.
    #[error("{0}")]
    Contradiction(&'static str),
    /// A row deeper than its predecessor allows: its parent is missing.
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
    /// A release of known size has another number of rows.
    #[error("release {release} has {expected} rows, this file has {found}")]
    RowCount {
        /// The release.
        release: ReleaseId,
        /// Rows WHO published.
        expected: usize,
        /// Rows in the file.
        found: usize,
    },
    /// A known release has other lines.
    #[error("lines {first} to {last} are not as WHO published them in release {release}")]
    Altered {
        /// The release.
        release: ReleaseId,
        /// The first line of the first block that differs.
        first: usize,
        /// Its last line, as far as the file goes.
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

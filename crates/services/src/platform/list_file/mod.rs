//! Lists as files for spreadsheets: one table of typed cells, written as CSV ([`csv`]) or as an Excel workbook ([`xlsx`]). Times are UTC,
//! states and kinds are the words on screen. Begin reading at [`ListFile::of`].

mod csv;
mod xlsx;

use chrono::{DateTime, Utc};
use contracts::{money::Money, page::FileFormat};

use super::Result;

/// Most rows in a file.
pub const MAX_FILE_ROWS: usize = 10_000;

/// The last line of a file that does not hold everything.
const NOTE: &str = "This file contains only the first 10,000 rows. Filter the list to export the rest.";

/// A file to be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListFile {
    /// ASCII without quotes or spaces.
    pub file_name: String,
    /// Media type of the bytes.
    pub media_type: &'static str,
    /// How many rows of the list it holds.
    pub rows: usize,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The heading of a column.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    /// Text, counts or times.
    Plain(&'static str),
    /// Amounts. CSV has two columns of it: whole minor units, which no program misreads, and the amount with its currency.
    Money(&'static str),
}

/// The content of a cell.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    /// Text that stays text, also where it looks like a number, a date or a formula.
    Text(String),
    /// A count.
    Count(u64),
    /// An amount.
    Money(Money),
    /// A point in time.
    Time(DateTime<Utc>),
    /// Nothing.
    Empty,
}

impl Cell {
    /// Returns a cell of text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Returns a cell of text, or an empty one.
    pub(crate) fn optional(text: Option<&str>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }
}

/// A table of cells: what both writers get.
struct Sheet<'a> {
    columns: &'a [Column],
    rows: &'a [Vec<Cell>],
    /// Stands below the rows when the list has more of them.
    note: Option<&'static str>,
    written_at: DateTime<Utc>,
}

impl ListFile {
    /// Returns a file with the first [`MAX_FILE_ROWS`] of `rows`; a row more only says that the list goes on.
    ///
    /// # Errors
    /// `internal` when the workbook cannot be written.
    pub(crate) fn of<T, const N: usize>(
        name: &str,
        (format, written_at): (FileFormat, DateTime<Utc>),
        columns: [Column; N],
        rows: &[T],
        cells: impl Fn(&T) -> [Cell; N],
    ) -> Result<Self> {
        let note = (rows.len() > MAX_FILE_ROWS).then_some(NOTE);
        let cells: Vec<Vec<Cell>> =
            rows.iter().take(MAX_FILE_ROWS).map(|row| Vec::from(cells(row))).collect();
        let sheet = Sheet { columns: &columns, rows: &cells, note, written_at };
        let (media_type, bytes) = match format {
            FileFormat::Csv => ("text/csv; charset=utf-8", csv::write(&sheet)),
            FileFormat::Xlsx => {
                ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx::write(&sheet)?)
            }
        };
        let file_name = format!("{name}-{}.{format}", written_at.format("%Y-%m-%d"));
        Ok(Self { file_name, media_type, rows: cells.len(), bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(count: usize) -> String {
        let at = (FileFormat::Csv, DateTime::UNIX_EPOCH);
        let file =
            ListFile::of("units", at, [Column::Plain("Unit")], &vec![(); count], |()| [Cell::text("x")])
                .unwrap();
        assert_eq!((file.file_name.as_str(), file.rows), ("units-1970-01-01.csv", MAX_FILE_ROWS));
        String::from_utf8(file.bytes).unwrap()
    }

    #[test]
    fn a_file_that_does_not_hold_everything_says_so() {
        assert!(!units(MAX_FILE_ROWS).contains("Only the first"));
        let text = units(MAX_FILE_ROWS + 1);
        assert_eq!(text.lines().count(), MAX_FILE_ROWS + 2);
        assert!(text.ends_with(&format!("\"{NOTE}\"\r\n")));
    }
}

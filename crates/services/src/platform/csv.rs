//! Lists as files for spreadsheets: RFC 4180, with the mark by which they know UTF-8, and without formulas.

use chrono::{DateTime, Utc};

/// Most rows in a file.
pub const MOST_CSV_ROWS: usize = 10_000;

/// The last line of a file that does not hold everything.
const NOTE: &str =
    "Only the first 10,000 rows of the list are in this file. Filter the list to export the others.";

/// A file to be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvFile {
    /// ASCII without quotes or spaces.
    pub file_name: String,
    /// The rows it holds.
    pub rows: usize,
    /// All of it.
    pub text: String,
}

impl CsvFile {
    /// A file with these rows; those above [`MOST_CSV_ROWS`] only tell that there is more.
    pub(crate) fn of<T, const N: usize>(
        name: &str,
        now: DateTime<Utc>,
        columns: [&str; N],
        rows: &[T],
        cells: impl Fn(&T) -> [String; N],
    ) -> Self {
        let mut text = String::from('\u{feff}');
        line(&mut text, &columns);
        for row in rows.iter().take(MOST_CSV_ROWS) {
            line(&mut text, &cells(row));
        }
        if rows.len() > MOST_CSV_ROWS {
            line(&mut text, &[NOTE]);
        }
        let rows = rows.len().min(MOST_CSV_ROWS);
        Self { file_name: format!("{name}-{}.csv", now.format("%Y-%m-%d")), rows, text }
    }
}

/// A point in time as spreadsheets read it; UTC.
pub(crate) fn csv_time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

fn line(out: &mut String, cells: &[impl AsRef<str>]) {
    for (position, cell) in cells.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        cell_into(out, cell.as_ref());
    }
    out.push_str("\r\n");
}

/// Writes a cell. What a spreadsheet would run as a formula gets an apostrophe in front: others choose the names in these lists.
fn cell_into(out: &mut String, cell: &str) {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if cell.contains([',', '"', '\r', '\n', '\t']) {
        out.extend(["\"", guard, &cell.replace('"', "\"\""), "\""]);
    } else {
        out.push_str(guard);
        out.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> String {
        let mut out = String::new();
        cell_into(&mut out, text);
        out
    }

    #[test]
    fn what_would_break_a_row_is_quoted() {
        assert_eq!(cell("Knee scan"), "Knee scan");
        assert_eq!(cell("Knee, left"), "\"Knee, left\"");
        assert_eq!(cell("the \"big\" one"), "\"the \"\"big\"\" one\"");
        assert_eq!(cell("two\nlines"), "\"two\nlines\"");
    }

    #[test]
    fn nothing_is_a_formula() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("+49"), "'+49");
        assert_eq!(cell("-1"), "'-1");
        assert_eq!(cell("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(cell("\t=1"), "\"'\t=1\"");
        assert_eq!(cell("\r=1"), "\"'\r=1\"");
        assert_eq!(cell("=HYPERLINK(\"x\",\"y\")"), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
        assert_eq!(cell("1-2=3"), "1-2=3");
    }

    #[test]
    fn a_file_begins_with_the_mark_and_its_columns() {
        let file = CsvFile::of("units", DateTime::UNIX_EPOCH, ["Number", "Square"], &[1, 2], |number| {
            [number.to_string(), (number * number).to_string()]
        });
        assert_eq!(file.text, "\u{feff}Number,Square\r\n1,1\r\n2,4\r\n");
        assert_eq!((file.file_name.as_str(), file.rows), ("units-1970-01-01.csv", 2));
    }

    #[test]
    fn a_file_that_does_not_hold_everything_says_so() {
        let full = vec![(); MOST_CSV_ROWS];
        let file = CsvFile::of("units", DateTime::UNIX_EPOCH, ["Unit"], &full, |()| ["x".to_owned()]);
        assert!(!file.text.contains("Only the first"));
        let more = vec![(); MOST_CSV_ROWS + 1];
        let file = CsvFile::of("units", DateTime::UNIX_EPOCH, ["Unit"], &more, |()| ["x".to_owned()]);
        assert_eq!(
            (file.rows, file.text.matches('x').count() - NOTE.matches('x').count()),
            (MOST_CSV_ROWS, MOST_CSV_ROWS)
        );
        assert!(file.text.ends_with(&format!("\"{NOTE}\"\r\n")));
    }
}

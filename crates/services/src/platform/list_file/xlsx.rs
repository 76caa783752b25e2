//! Writes an Excel workbook of one sheet. Every cell has a type: text is never computed or converted, amounts and times are shown in the
//! reader's locale.

use contracts::money::Money;
use rust_xlsxwriter::{ColNum, DocProperties, ExcelDateTime, Format, RowNum, Workbook, Worksheet, XlsxError};

use super::{Cell, Column, Sheet};
use crate::{Error, Result};

/// Longest text of a cell, in characters: Excel's own limit.
const MAX_TEXT: usize = 32_767;

/// Largest amount that a cell holds exactly, in minor units: cells are doubles, of which 15 digits are shown.
const MAX_EXACT_MINOR: u64 = 999_999_999_999_999;

/// Returns the file.
pub(super) fn write(sheet: &Sheet<'_>) -> Result<Vec<u8>> {
    workbook(sheet).map_err(Error::internal)
}

fn workbook(sheet: &Sheet<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let written_at = ExcelDateTime::from_timestamp(sheet.written_at.timestamp())?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&written_at));
    let page = workbook.add_worksheet();
    let formats = Formats::new();
    for (column, head) in (0..).zip(sheet.columns) {
        let (Column::Plain(title) | Column::Money(title)) = head;
        page.write_string_with_format(0, column, *title, &formats.head)?;
    }
    for (row, cells) in (1..).zip(sheet.rows) {
        for (column, cell) in (0..).zip(cells) {
            write_cell(page, (row, column), cell, &formats)?;
        }
    }
    if let Some(note) = sheet.note {
        page.write_string(
            RowNum::try_from(sheet.rows.len()).unwrap_or(RowNum::MAX).saturating_add(1),
            0,
            note,
        )?;
    }
    page.set_freeze_panes(1, 0)?;
    page.autofit();
    workbook.save_to_buffer()
}

struct Formats {
    head: Format,
    time: Format,
    /// By the number of decimals.
    amounts: [Format; 4],
}

impl Formats {
    fn new() -> Self {
        let of = |code: &str| Format::new().set_num_format(code);
        Self {
            head: Format::new().set_bold(),
            time: of("yyyy-mm-dd hh:mm:ss"),
            amounts: ["#,##0", "#,##0.0", "#,##0.00", "#,##0.000"].map(of),
        }
    }

    /// Shows the amount with the decimals of its currency.
    fn of_amount(&self, money: Money) -> &Format {
        let decimals = usize::try_from(money.currency.exponent()).unwrap_or_default();
        self.amounts.get(decimals).unwrap_or(&self.head)
    }
}

fn write_cell(
    page: &mut Worksheet,
    (row, column): (RowNum, ColNum),
    cell: &Cell,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) if text.chars().count() > MAX_TEXT => {
            let start: String = text.chars().take(MAX_TEXT - 1).collect();
            page.write_string(row, column, start + "…")
        }
        Cell::Text(text) => page.write_string(row, column, text),
        Cell::Count(count) => match u32::try_from(*count) {
            Ok(number) => page.write_number(row, column, number),
            Err(_) => page.write_string(row, column, count.to_string()),
        },
        Cell::Money(money) => match number_of(*money) {
            Some(number) => page.write_number_with_format(row, column, number, formats.of_amount(*money)),
            None => page.write_string(row, column, money.to_plain()),
        },
        Cell::Time(at) => {
            let at = ExcelDateTime::from_timestamp(at.timestamp())?;
            page.write_datetime_with_format(row, column, &at, &formats.time)
        }
        Cell::Empty => Ok(page),
    }
    .map(|_| ())
}

/// Returns the double nearest to the amount; `None` where it would not be shown to the last digit. The format leaves no other number; nothing
/// is computed with it here.
fn number_of(money: Money) -> Option<f64> {
    let is_exact = money.amount_minor.unsigned_abs() <= MAX_EXACT_MINOR;
    is_exact.then(|| money.to_plain().parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use chrono::DateTime;
    use contracts::money::Currency;

    use super::*;

    fn part(file: &[u8], name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn every_cell_has_its_type() {
        let columns = [
            Column::Plain("Code"),
            Column::Money("Total"),
            Column::Plain("Units"),
            Column::Plain("At (UTC)"),
        ];
        let dinars = Cell::Money(Money::new(37_035, Currency::Kwd));
        let rows = [
            vec![Cell::text("1E50"), dinars, Cell::Count(3), Cell::Time(DateTime::UNIX_EPOCH)],
            vec![
                Cell::text("=1+1"),
                Cell::Money(Money::new(i64::MAX, Currency::Eur)),
                Cell::Empty,
                Cell::Empty,
            ],
        ];
        let sheet = Sheet { columns: &columns, rows: &rows, note: None, written_at: DateTime::UNIX_EPOCH };
        let file = write(&sheet).unwrap();
        let cells = part(&file, "xl/worksheets/sheet1.xml");
        let texts = part(&file, "xl/sharedStrings.xml");
        for text in ["1E50", "=1+1", "92233720368547758.07"] {
            assert!(texts.contains(&format!(">{text}</t>")), "{texts}");
        }
        assert!(!cells.contains("<f>"), "{cells}");
        for (place, value) in [("B2", "37.035"), ("C2", "3"), ("D2", "25569")] {
            let cell = cells.split("<c ").find(|cell| cell.starts_with(&format!("r=\"{place}\""))).unwrap();
            assert!(cell.contains(&format!("<v>{value}</v>")) && !cell.contains("t=\"s\""), "{cell}");
        }
    }
}

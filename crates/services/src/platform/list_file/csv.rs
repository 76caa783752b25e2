//! Writes CSV: RFC 4180 with commas, and the byte order mark by which spreadsheets know UTF-8.
//!
//! Others choose the names in these lists, so no cell may be computed, and none may be converted into another value, by a spreadsheet of
//! any locale. Programs of half of Europe split lines at semicolons and do not honour the quotes of a line split at commas: a cell is
//! therefore made safe at its beginning and after everything that may begin a cell there. An apostrophe in front of a text means "text"
//! to spreadsheets and is written where it is needed. Amounts are whole minor units, and beside them text that begins with the currency.

use super::{Cell, Column, Sheet};

/// Characters by which spreadsheets know a formula, with the full-width forms that some of them read alike.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Characters after which some program begins a new cell.
const SEPARATORS: [char; 4] = [';', '\t', '\r', '\n'];

/// First letters of the months in the languages whose spreadsheets read dates with names.
const MONTHS: [&str; 21] = [
    "jan", "feb", "fév", "mar", "mär", "apr", "avr", "may", "mai", "jun", "jui", "jul", "aug", "aoû", "sep",
    "oct", "okt", "nov", "dec", "dez", "déc",
];

/// Words that become truth values.
const TRUTH: [&str; 6] = ["true", "false", "wahr", "falsch", "vrai", "faux"];

/// Returns the file.
pub(super) fn write(sheet: &Sheet<'_>) -> Vec<u8> {
    let mut out = String::from('\u{feff}');
    let heads = sheet.columns.iter().flat_map(|column| match column {
        Column::Plain(title) => vec![(*title).to_owned()],
        Column::Money(title) => vec![format!("{title} (minor units)"), (*title).to_owned()],
    });
    line(&mut out, heads);
    for row in sheet.rows {
        let cells = row.iter().zip(sheet.columns).flat_map(|(cell, column)| match (cell, column) {
            (Cell::Money(money), _) => {
                vec![money.amount_minor.to_string(), format!("{} {}", money.currency, money.to_plain())]
            }
            (Cell::Empty, Column::Money(_)) => vec![String::new(), String::new()],
            (Cell::Empty, Column::Plain(_)) => vec![String::new()],
            (Cell::Text(text), _) => vec![safe(text)],
            (Cell::Count(count), _) => vec![count.to_string()],
            // every spreadsheet reads this order of year, month and day
            (Cell::Time(at), _) => vec![at.format("%Y-%m-%d %H:%M:%S").to_string()],
        });
        line(&mut out, cells);
    }
    if let Some(note) = sheet.note {
        line(&mut out, [note.to_owned()].into_iter());
    }
    out.into_bytes()
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (position, cell) in cells.enumerate() {
        if position > 0 {
            out.push(',');
        }
        if cell.contains([',', '"', ';', '\r', '\n', '\t']) {
            out.extend(["\"", &cell.replace('"', "\"\""), "\""]);
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

/// Returns the text with apostrophes where a spreadsheet would compute or convert it.
fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    if text.starts_with(['\t', '\r']) || becomes_a_value(text) {
        out.push('\'');
    }
    let mut begins_cell = out.is_empty();
    for character in text.chars() {
        if begins_cell && FORMULA.contains(&character) {
            out.push('\'');
        }
        out.push(character);
        let is_skipped = character == '"' || character == '\'' || character.is_whitespace();
        begins_cell = SEPARATORS.contains(&character) || begins_cell && is_skipped;
    }
    out
}

/// Whether a spreadsheet of some locale may take the text for a number, a date, a time or a truth value: `1E50`, `3-4`, `12.05`, `5 May`.
fn becomes_a_value(text: &str) -> bool {
    // an id has digits and hyphens, and no spreadsheet converts one
    if text.len() == 36 && uuid::Uuid::try_parse(text).is_ok() {
        return false;
    }
    let lower = text.trim().to_lowercase();
    if TRUTH.contains(&lower.as_str()) {
        return true;
    }
    let mut words = lower.split(|character: char| !character.is_alphabetic()).filter(|word| !word.is_empty());
    let is_of_values = |word: &str| {
        matches!(word, "e" | "am" | "pm" | "h" | "t" | "z")
            || MONTHS.iter().any(|month| word.starts_with(month))
    };
    lower.contains(|character: char| character.is_ascii_digit()) && words.all(is_of_values)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use contracts::money::{Currency, Money};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_formula_is_made_text_in_every_locale() {
        for (text, safe_text) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-cmd", "'-cmd"),
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r'=1"),
            (" =x", " '=x"),
            ("Scan;=cmd|x", "Scan;'=cmd|x"),
            ("Scan;\"=cmd|x", "Scan;\"'=cmd|x"),
            ("Scan\n+cmd", "Scan\n'+cmd"),
            ("Scan;; @x", "Scan;; '@x"),
            ("＝1＋1", "'＝1＋1"),
            ("Knee scan", "Knee scan"),
            ("a-b = c", "a-b = c"),
        ] {
            assert_eq!(safe(text), safe_text, "{text:?}");
        }
    }

    #[test]
    fn a_text_that_looks_like_a_value_stays_text() {
        for text in [
            "1E50", "1e+50", "0012", "12.05", "1/2", "3-4", "5 May", "Mär 2", "SEPT2", "12 %", "€ 5", "TRUE",
            "wahr", "10:30 pm",
        ] {
            assert_eq!(safe(text), format!("'{text}"), "{text}");
        }
        for text in [
            "BA00",
            "FA33 BA00",
            "P-2026-7KQ4-MZ2D",
            "57TS-63FP",
            "3 hands",
            "EUR 12.05",
            "May",
            "Scan",
            "00000000-0000-0000-0000-000000000000",
            "",
        ] {
            assert_eq!(safe(text), text);
        }
    }

    #[test]
    fn a_file_begins_with_the_mark_and_amounts_carry_minor_units() {
        let columns = [Column::Plain("Title"), Column::Money("Total"), Column::Plain("At (UTC)")];
        let fils = Cell::Money(Money::new(37_035, Currency::Kwd));
        let rows = [
            vec![Cell::text("Knee, \"left\""), fils, Cell::Time(DateTime::UNIX_EPOCH)],
            vec![Cell::Count(3), Cell::Empty, Cell::Empty],
        ];
        let sheet = Sheet { columns: &columns, rows: &rows, note: None, written_at: DateTime::UNIX_EPOCH };
        let expected = "\u{feff}Title,Total (minor units),Total,At (UTC)\r\n\
            \"Knee, \"\"left\"\"\",37035,KWD 37.035,1970-01-01 00:00:00\r\n3,,,\r\n";
        assert_eq!(String::from_utf8(write(&sheet)).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn no_split_of_a_line_begins_a_cell_with_a_formula(text in "[=+@;,\"' \t\r\na-b1-]{0,16}") {
            let columns = [Column::Plain("A"), Column::Plain("B")];
            let rows = [vec![Cell::text("x"), Cell::text(text.as_str())]];
            let sheet = Sheet { columns: &columns, rows: &rows, note: None, written_at: DateTime::UNIX_EPOCH };
            let file = String::from_utf8(write(&sheet)).unwrap();
            for piece in file.split([';', '\t', '\r', '\n']) {
                let begins = piece.trim_start_matches(|c: char| c == '"' || c.is_whitespace());
                prop_assert!(!begins.starts_with(FORMULA), "{:?} in {:?}", piece, file);
            }
            let mut read = csv::ReaderBuilder::new().flexible(true).from_reader(file.as_bytes());
            for record in read.records() {
                for cell in &record.unwrap() {
                    let begins = cell.trim_start_matches(|c: char| c == '"' || c.is_whitespace());
                    prop_assert!(!begins.starts_with(FORMULA), "{:?} in {:?}", cell, file);
                }
            }
        }
    }
}

//! Splits a row into fields and finds the columns by the names in the header.

use crate::Reason;

/// Splits a row on tabs. A quoted field may contain tabs; a doubled quotation mark stands for one.
pub(crate) fn split_row(row: &str) -> Result<Vec<String>, Reason> {
    let mut fields = Vec::with_capacity(20);
    let mut rest = row;
    loop {
        let column = fields.len() + 1;
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => take_quoted(quoted, column)?,
            None => take_plain(rest, column)?,
        };
        fields.push(field);
        match after {
            Some(next) => rest = next,
            None => return Ok(fields),
        }
    }
}

type Taken<'a> = (String, Option<&'a str>);

fn take_plain(rest: &str, column: usize) -> Result<Taken<'_>, Reason> {
    let (field, after) = match rest.split_once('\t') {
        Some((field, after)) => (field, Some(after)),
        None => (rest, None),
    };
    if field.contains('"') {
        return Err(Reason::Quote(column));
    }
    Ok((field.to_owned(), after))
}

fn take_quoted(mut rest: &str, column: usize) -> Result<Taken<'_>, Reason> {
    let mut field = String::new();
    loop {
        let (part, after) = rest.split_once('"').ok_or(Reason::Quote(column))?;
        field.push_str(part);
        if let Some(more) = after.strip_prefix('"') {
            field.push('"');
            rest = more;
        } else if after.is_empty() {
            return Ok((field, None));
        } else {
            return after.strip_prefix('\t').map(|next| (field, Some(next))).ok_or(Reason::Quote(column));
        }
    }
}

/// Columns that the reader requires, by WHO's names (compared without case).
pub(crate) const REQUIRED: [&str; 11] = [
    "Foundation URI",
    "Linearization URI",
    "Code",
    "BlockId",
    "Title",
    "ClassKind",
    "DepthInKind",
    "IsResidual",
    "ChapterNo",
    "BrowserLink",
    "isLeaf",
];

/// Columns that may be absent. `Parent` is compared with the hierarchy, the others are ignored. `CodingNote` and `Parent` exist since
/// 2026-01.
const OPTIONAL: [&str; 9] = [
    "Primary tabulation",
    "Grouping1",
    "Grouping2",
    "Grouping3",
    "Grouping4",
    "Grouping5",
    "CodingNote",
    PARENT,
    "TitleEN",
];

const PARENT: &str = "Parent";
const CODING_NOTE: &str = "CodingNote";

/// Positions of the columns.
pub(crate) struct Columns {
    names: Vec<String>,
    required: [usize; REQUIRED.len()],
    parent: Option<usize>,
}

impl Columns {
    /// Reads the cells of the header without the last, which is the version stamp.
    pub(crate) fn read(cells: &[String]) -> Result<Self, Reason> {
        for (at, cell) in cells.iter().enumerate() {
            let same = |known: &&str| known.eq_ignore_ascii_case(cell);
            if !REQUIRED.iter().chain(&OPTIONAL).any(same) {
                return Err(Reason::UnknownColumn(cell.chars().take(80).collect()));
            }
            if cells[..at].iter().any(|earlier| earlier.eq_ignore_ascii_case(cell)) {
                return Err(Reason::RepeatedColumn(cell.clone()));
            }
        }
        let find = |name: &str| cells.iter().position(|cell| cell.eq_ignore_ascii_case(name));
        let mut required = [0; REQUIRED.len()];
        for (place, name) in required.iter_mut().zip(REQUIRED) {
            *place = find(name).ok_or(Reason::MissingColumn(name))?;
        }
        Ok(Self { parent: find(PARENT), required, names: cells.to_vec() })
    }

    /// Checks the number of fields, and that only a coding note contains control characters (line feeds).
    pub(crate) fn check<'a>(&'a self, fields: &'a [String]) -> Result<Row<'a>, Reason> {
        let expected = self.names.len();
        let surplus_is_empty = fields.get(expected..).is_some_and(|more| more.iter().all(String::is_empty));
        // the version stamp has its own header cell; rows may have an empty field there
        if fields.len() > expected + 1 || !surplus_is_empty {
            return Err(Reason::FieldCount { found: fields.len(), expected });
        }
        for (name, field) in self.names.iter().zip(fields) {
            if field.contains(char::is_control) && !name.eq_ignore_ascii_case(CODING_NOTE) {
                return Err(Reason::ControlCharacter(name.clone()));
            }
        }
        Ok(Row { columns: self, fields })
    }
}

/// Fields of a row, by column.
pub(crate) struct Row<'a> {
    columns: &'a Columns,
    fields: &'a [String],
}

impl<'a> Row<'a> {
    /// Returns the field of a required column; `column` is its position in [`REQUIRED`].
    pub(crate) fn get(&self, column: usize) -> &'a str {
        let place = self.columns.required.get(column);
        place.and_then(|at| self.fields.get(*at)).map_or("", String::as_str)
    }

    /// Returns the field `Parent`; `None` when the layout lacks it or it is empty.
    pub(crate) fn parent(&self) -> Option<&'a str> {
        let field = self.fields.get(self.columns.parent?)?;
        (!field.is_empty()).then_some(field.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_quoted_and_plain_fields() {
        let split = |row: &str| split_row(row).unwrap();
        assert_eq!(split("a\t\"b\tc\"\t\t\"\"\"d\"\"\"\t"), ["a", "b\tc", "", "\"d\"", ""]);
        assert_eq!(split(""), [""]);
    }

    #[test]
    fn refuses_misplaced_quotes() {
        assert_eq!(split_row("a\t\"b"), Err(Reason::Quote(2)));
        assert_eq!(split_row("a\t\"b\"c"), Err(Reason::Quote(2)));
        assert_eq!(split_row("a\"\tb"), Err(Reason::Quote(1)));
    }

    #[test]
    fn names_the_faulty_column() {
        let cells = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let mut names = REQUIRED.to_vec();
        assert!(Columns::read(&cells(&names)).is_ok());
        names.push("code");
        assert!(matches!(Columns::read(&cells(&names)), Err(Reason::RepeatedColumn(n)) if n == "code"));
        names.pop();
        names.push("Definition");
        assert!(matches!(Columns::read(&cells(&names)), Err(Reason::UnknownColumn(n)) if n == "Definition"));
        names.truncate(10);
        assert!(matches!(Columns::read(&cells(&names)), Err(Reason::MissingColumn("isLeaf"))));
    }
}

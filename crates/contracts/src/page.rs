//! Pages of long lists by keyset pagination: a cursor names the row to continue after, so that no row is skipped or shown twice.

use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;

text_enum! {
    /// Rows per page.
    #[derive(Default)]
    PageSize {
        TwentyFive = "25",
        #[default]
        Fifty = "50",
        Hundred = "100",
    }
}

impl PageSize {
    /// Returns the number of rows.
    pub const fn rows(self) -> u8 {
        match self {
            Self::TwentyFive => 25,
            Self::Fifty => 50,
            Self::Hundred => 100,
        }
    }
}

text_enum! {
    /// File formats of an export.
    #[derive(Default)]
    FileFormat {
        /// Comma-separated values: amounts in minor units, and beside them as text with the currency.
        #[default]
        Csv = "csv",
        /// Excel workbook with typed cells.
        Xlsx = "xlsx",
    }
}

/// Parameters of an export, beside the filters of its list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct ExportChoice {
    /// File format; `csv` by default.
    #[serde(default)]
    pub format: FileFormat,
}

/// Maximum number of rows that are counted; a total above it means "more than this".
pub const MAX_COUNTED: u64 = 10_000;

/// Position of a page in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagePlace {
    /// First page.
    First,
    /// Begins after a row.
    After,
    /// Ends before a row; its rows were read in reverse order.
    Before,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows, in order.
    pub items: Vec<T>,
    /// Cursor to pass as `after` for the next page; `null` on the last page.
    pub next: Option<String>,
    /// Cursor to pass as `before` for the previous page; `null` on the first page.
    #[serde(default)]
    pub previous: Option<String>,
    /// Number of matching rows on all pages; 10,001 means more than 10,000.
    pub total: u64,
}

impl<T> Page<T> {
    /// Returns the page of an empty list.
    pub const fn empty() -> Self {
        Self { items: Vec::new(), next: None, previous: None, total: 0 }
    }

    /// Makes a page from up to `size + 1` rows in the order they were read; the extra row only shows that there are more.
    pub fn from_rows(
        mut rows: Vec<T>,
        size: PageSize,
        total: u64,
        place: PagePlace,
        cursor: impl Fn(&T) -> String,
    ) -> Self {
        let most = usize::from(size.rows());
        let more = rows.len() > most;
        rows.truncate(most);
        if place == PagePlace::Before {
            rows.reverse();
        }
        let (has_previous, has_next) = match place {
            PagePlace::First => (false, more),
            PagePlace::After => (true, more),
            PagePlace::Before => (more, true),
        };
        let next = rows.last().filter(|_| has_next).map(&cursor);
        let previous = rows.first().filter(|_| has_previous).map(&cursor);
        Self { items: rows, next, previous, total }
    }

    /// Returns the page with each row converted.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            next: self.next,
            previous: self.previous,
            total: self.total,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_the_way_on_and_the_way_back() {
        let page = |rows: std::ops::Range<u32>, place| {
            let rows: Vec<u32> =
                if place == PagePlace::Before { rows.rev().collect() } else { rows.collect() };
            let page = Page::from_rows(rows, PageSize::TwentyFive, 100, place, ToString::to_string);
            (page.items.first().copied(), page.items.last().copied(), page.previous, page.next)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(page(0..26, PagePlace::First), (Some(0), Some(24), None, some("24")));
        assert_eq!(page(25..51, PagePlace::After), (Some(25), Some(49), some("25"), some("49")));
        assert_eq!(page(75..100, PagePlace::After), (Some(75), Some(99), some("75"), None));
        assert_eq!(page(24..50, PagePlace::Before), (Some(25), Some(49), some("25"), some("49")));
        assert_eq!(page(0..25, PagePlace::Before), (Some(0), Some(24), None, some("24")));
        assert_eq!(page(0..0, PagePlace::After), (None, None, None, None));
    }
}

//! Pages of long lists, by keyset: the cursor says after which row to go on, so that nothing is skipped or seen twice.

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
    /// The number.
    pub const fn rows(self) -> u8 {
        match self {
            Self::TwentyFive => 25,
            Self::Fifty => 50,
            Self::Hundred => 100,
        }
    }
}

text_enum! {
    /// As which kind of file a list is exported.
    #[derive(Default)]
    FileFormat {
        /// Comma-separated values. Amounts are whole minor units, and beside them text with the currency.
        #[default]
        Csv = "csv",
        /// An Excel workbook with typed cells.
        Xlsx = "xlsx",
    }
}

/// What an export is asked for beside the filters of its list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct ExportChoice {
    /// The kind of file: `csv` unless another is asked for.
    #[serde(default)]
    pub format: FileFormat,
}

/// The rows of a list are counted up to here.
pub const MOST_COUNTED: u64 = 10_000;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows, in order.
    pub items: Vec<T>,
    /// Cursor to pass as `after` for the next page; absent on the last page.
    pub next: Option<String>,
    /// Number of matching rows on all pages; 10,001 means more than 10,000.
    pub total: u64,
}

impl<T> Page<T> {
    /// Makes a page from up to `size + 1` rows: the extra row only tells that there is more.
    pub fn from_rows(mut rows: Vec<T>, size: PageSize, total: u64, cursor: impl Fn(&T) -> String) -> Self {
        let most = usize::from(size.rows());
        let more = rows.len() > most;
        rows.truncate(most);
        let next = if more { rows.last().map(cursor) } else { None };
        Self { items: rows, next, total }
    }

    /// The same page with other rows.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next, total: self.total }
    }
}

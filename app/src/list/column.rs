//! The columns of a list.

use leptos::prelude::*;

use crate::{
    query::Query,
    ui::{SortDirection, SortLink},
};

/// Content of a column's cells, which decides their alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cells {
    /// Names of the rows; always shown.
    Names,
    /// Boxes that select rows; always shown.
    Choices,
    /// Plain text.
    Text,
    /// Numbers, aligned digit by digit.
    Numbers,
}

/// A column: its head, and the function that draws a cell.
pub struct Column<T> {
    pub(super) head: Head,
    pub(super) cell: Box<dyn Fn(&T) -> AnyView>,
}

/// The head of a column, independent of the type of the rows.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) key: &'static str,
    pub(super) label: &'static str,
    pub(super) cells: Cells,
    pub(super) sort: Option<SortLink>,
    pub(super) sorts: Option<Sorts>,
}

impl Head {
    /// True when the column can be hidden.
    pub(super) const fn is_optional(&self) -> bool {
        matches!(self.cells, Cells::Text | Cells::Numbers)
    }

    /// True when the column is shown; all are if the query chooses none.
    pub(super) fn is_shown(&self, query: &Query) -> bool {
        !self.is_optional()
            || query.all("column").next().is_none()
            || query.all("column").any(|key| key == self.key)
    }
}

impl<T> Column<T> {
    fn of(
        key: &'static str,
        label: &'static str,
        cells: Cells,
        cell: impl Fn(&T) -> AnyView + 'static,
    ) -> Self {
        Self { head: Head { key, label, cells, sort: None, sorts: None }, cell: Box::new(cell) }
    }

    /// Creates the first column, which names the rows.
    pub fn name(key: &'static str, label: &'static str, cell: impl Fn(&T) -> AnyView + 'static) -> Self {
        Self::of(key, label, Cells::Names, cell)
    }

    /// Creates a column of texts.
    pub fn text(key: &'static str, label: &'static str, cell: impl Fn(&T) -> AnyView + 'static) -> Self {
        Self::of(key, label, Cells::Text, cell)
    }

    /// Creates a column of numbers.
    pub fn number(key: &'static str, label: &'static str, cell: impl Fn(&T) -> AnyView + 'static) -> Self {
        Self::of(key, label, Cells::Numbers, cell)
    }

    /// Creates the column of checkboxes; `row` returns the row's ID, which the box sends, and its name.
    pub fn choice(row: impl Fn(&T) -> (String, String) + 'static) -> Self {
        Self::of("id", "Select", Cells::Choices, move |one| {
            let (id, name) = row(one);
            view! {
                <label class="toggle">
                    <input type="checkbox" name="id" value=id/>
                    <span class="visually-hidden">{format!("Select {name}")}</span>
                </label>
            }
            .into_any()
        })
    }

    /// True when the column has this key.
    pub fn is(&self, key: &str) -> bool {
        self.head.key == key
    }

    /// Returns the link of a sortable head.
    pub fn sort_link(&self) -> Option<SortLink> {
        self.head.sort.clone()
    }

    /// Makes the head a link that sorts by `up`, or by `down` if the list is sorted by `up`. `default` is the order without a query.
    #[must_use]
    pub fn sortable(mut self, path: &str, query: &Query, by: Sorts) -> Self {
        let now = query.get("sort").unwrap_or_else(|| by.default.to_owned());
        let current = if now == by.up {
            Some(SortDirection::Ascending)
        } else if now == by.down {
            Some(SortDirection::Descending)
        } else {
            None
        };
        let next = if current == Some(SortDirection::Ascending) { by.down } else { by.up };
        let next = if next == by.default { "" } else { next };
        self.head.sorts = Some(by);
        self.head.sort = Some(SortLink { href: query.with("sort", next).at(path), current });
        self
    }
}

/// The two sort orders of a column, and the default of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sorts {
    /// Ascending order.
    pub up: &'static str,
    /// Descending order.
    pub down: &'static str,
    /// Order of a list without `sort` in its query.
    pub default: &'static str,
}

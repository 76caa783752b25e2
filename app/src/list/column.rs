//! The columns of a list.

use leptos::prelude::*;

use crate::{
    query::Query,
    ui::{SortDirection, SortLink},
};

/// How a column's cells stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cells {
    /// They name their rows; always shown.
    Names,
    /// They choose their rows; always shown.
    Choices,
    /// Plain text.
    Text,
    /// Numbers, under each other digit by digit.
    Numbers,
}

/// One column: what it is called, and what it shows of a row.
pub struct Column<T> {
    pub(super) head: Head,
    pub(super) cell: Box<dyn Fn(&T) -> AnyView>,
}

/// What a column is without its rows.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) key: &'static str,
    pub(super) label: &'static str,
    pub(super) cells: Cells,
    pub(super) sort: Option<SortLink>,
    pub(super) sorts: Option<Sorts>,
}

impl Head {
    /// Whether it can be left out.
    pub(super) const fn is_optional(&self) -> bool {
        matches!(self.cells, Cells::Text | Cells::Numbers)
    }

    /// Whether it is shown: all are where none was chosen.
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

    /// The column that names the rows: the first one.
    pub fn name(key: &'static str, label: &'static str, cell: impl Fn(&T) -> AnyView + 'static) -> Self {
        Self::of(key, label, Cells::Names, cell)
    }

    /// A column of texts.
    pub fn text(key: &'static str, label: &'static str, cell: impl Fn(&T) -> AnyView + 'static) -> Self {
        Self::of(key, label, Cells::Text, cell)
    }

    /// A column of numbers.
    pub fn number(key: &'static str, label: &'static str, cell: impl Fn(&T) -> AnyView + 'static) -> Self {
        Self::of(key, label, Cells::Numbers, cell)
    }

    /// A box beside each row, named after it, that sends the row's id.
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

    /// Whether this is its key.
    pub fn is(&self, key: &str) -> bool {
        self.head.key == key
    }

    /// The link in its head, if it sorts.
    pub fn sort_link(&self) -> Option<SortLink> {
        self.head.sort.clone()
    }

    /// Its head becomes a link that sorts by `up`, a second time by `down`. `default` is the order where none is asked for.
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

/// The two orders of a column, and the list's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sorts {
    /// Smallest, oldest, A first.
    pub up: &'static str,
    /// The other way round.
    pub down: &'static str,
    /// The order where none is asked for.
    pub default: &'static str,
}

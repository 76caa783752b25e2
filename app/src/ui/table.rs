//! Tables: semantic and captioned. Where the columns do not fit, each row becomes a card, in which a cell names its column itself.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize};

/// How tall the rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableDensity {
    /// 44 px rows.
    #[default]
    Regular,
    /// 34 px rows: the console.
    Dense,
}

/// A table. Inside: `<thead>` with `ColumnHeader`s and `<tbody>` with plain rows; numbers go in `<td class="num">`,
/// a row's name in `<th scope="row">`. Every `<td>` has its column's name in `data-label`, which a card shows above its content;
/// it is empty where the content speaks for itself, such as a button.
#[component]
pub fn Table(
    /// What the rows are, spoken: a heading above says it to the eye.
    #[prop(into)]
    caption: String,
    /// How tall the rows are.
    #[prop(optional)]
    density: TableDensity,
    /// `<thead>` and `<tbody>`.
    children: Children,
) -> impl IntoView {
    let class = match density {
        TableDensity::Regular => "table",
        TableDensity::Dense => "table table-dense",
    };
    view! {
        <div class="table-scroll">
            <table class=class>
                <caption class="visually-hidden">{caption}</caption>
                {children()}
            </table>
        </div>
    }
}

/// Which way a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortDirection {
    /// Smallest, oldest, A first.
    Ascending,
    /// Largest, newest, Z first.
    Descending,
}

/// The link that sorts by a column, and whether it does so now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortLink {
    /// The address of this list sorted by this column (the other way round if it already is).
    pub href: String,
    /// The order now, if this is the column sorted by.
    pub current: Option<SortDirection>,
}

/// The head of a column.
#[component]
pub fn ColumnHeader(
    /// The words.
    #[prop(into)]
    label: String,
    /// Makes it a link that sorts.
    #[prop(optional, into)]
    sort: Option<SortLink>,
    /// Aligns with a column of numbers.
    #[prop(optional)]
    numeric: bool,
    /// Only speaks the words: the column of row actions.
    #[prop(optional)]
    hide_label: bool,
) -> impl IntoView {
    let current = sort.as_ref().and_then(|sort| sort.current);
    let order = match current {
        Some(SortDirection::Ascending) => Some("ascending"),
        Some(SortDirection::Descending) => Some("descending"),
        None => None,
    };
    let words = match sort {
        Some(SortLink { href, current }) => {
            let icon = match current {
                Some(SortDirection::Ascending) => Icon::ArrowUp,
                Some(SortDirection::Descending) => Icon::ArrowDown,
                None => Icon::ArrowUpDown,
            };
            view! { <a class="sort" href=href>{label}<Glyph icon size=IconSize::Small/></a> }.into_any()
        }
        None if hide_label => view! { <span class="visually-hidden">{label}</span> }.into_any(),
        None => label.into_any(),
    };
    view! { <th scope="col" class=numeric.then_some("num") aria-sort=order>{words}</th> }
}

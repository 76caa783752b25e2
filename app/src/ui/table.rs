//! Tables with captions. Where the columns do not fit, each row becomes a card whose cells show the names of their columns.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize};

/// Height of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableDensity {
    /// 44 px rows.
    #[default]
    Regular,
    /// 34 px rows: the console.
    Dense,
}

/// A table of `<thead>` with `ColumnHeader`s and `<tbody>` with plain rows. Numbers are in `<td class="num">`, a row's name in
/// `<th scope="row">`. Every `<td>` has its column's name in `data-label`, which a card shows above the content; it is empty where the
/// content needs no name, such as a button.
#[component]
pub fn Table(
    /// Description of the rows for screen readers; the visible heading is above the table.
    #[prop(into)]
    caption: String,
    /// Height of the rows.
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

/// Direction of sorting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortDirection {
    /// Smallest, oldest, A first.
    Ascending,
    /// Largest, newest, Z first.
    Descending,
}

/// The link that sorts by a column, with the current direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortLink {
    /// Address of the list sorted by this column, in the other direction if it is sorted by it already.
    pub href: String,
    /// Current direction; `None` if the list is sorted by another column.
    pub current: Option<SortDirection>,
}

/// Head of a column.
#[component]
pub fn ColumnHeader(
    /// Text.
    #[prop(into)]
    label: String,
    /// Link that sorts by the column.
    #[prop(optional, into)]
    sort: Option<SortLink>,
    /// True aligns the head with a column of numbers.
    #[prop(optional)]
    numeric: bool,
    /// True hides the label from the eye, for the column of row actions.
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

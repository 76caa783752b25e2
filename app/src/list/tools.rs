//! Settings of a list: columns and rows per page. Plain forms with method GET, which need no JavaScript.

use contracts::{page::PageSize, views::ListName};
use leptos::prelude::*;

use super::column::{Column, Head};
use crate::{
    features::views::ViewsMenu,
    query::{HiddenQueryFields, Query},
    ui::{Button, Chip, Choice, Icon, Menu, Select},
};

/// Columns that can be hidden, and those that can be sorted by; independent of the type of the rows.
#[derive(Clone, Debug)]
pub struct Choosable {
    columns: Vec<Head>,
    sorted: Vec<Head>,
}

impl<T> From<&[Column<T>]> for Choosable {
    fn from(columns: &[Column<T>]) -> Self {
        let heads = || columns.iter().map(|column| column.head.clone());
        Self {
            columns: heads().filter(Head::is_optional).collect(),
            sorted: heads().filter(|head| head.sorts.is_some()).collect(),
        }
    }
}

/// Saved views and table settings, above a list.
#[component]
pub fn ListTools(
    /// The list.
    list: ListName,
    /// Columns of the list.
    columns: Choosable,
    /// Current query.
    query: Memo<Query>,
) -> impl IntoView {
    view! {
        <div class="list-tools">
            <ViewsMenu list query/>
            <Menu id="list-looks" label="Table settings" icon=Icon::Settings>
                {move || looks(list.path(), &columns, &query.read())}
            </Menu>
        </div>
    }
    .into_any()
}

fn looks(path: &'static str, columns: &Choosable, query: &Query) -> AnyView {
    let boxes: Vec<_> = columns
        .columns
        .iter()
        .map(|head| {
            view! {
                <label class="toggle">
                    <input type="checkbox" name="column" value=head.key checked=head.is_shown(query)/>
                    <span class="toggle-text">{head.label}</span>
                </label>
            }
        })
        .collect();
    let sizes = PageSize::ALL.iter().map(|size| Choice::new(size.as_str(), size.as_str())).collect();
    let size = query.read::<PageSize>("size").unwrap_or_default().to_string();
    let reset = query.with("column", "").with("size", "").with("sort", "").at(path);
    let orders = sort_choices(&columns.sorted);
    let by_default = columns.sorted.iter().find_map(|head| head.sorts).map(|sorts| sorts.default);
    let sort = query.get("sort").or(by_default.map(str::to_owned)).unwrap_or_default();
    // on narrow screens rows are cards, without heads to sort by
    let sort = (!orders.is_empty())
        .then(|| view! { <Select name="sort" id="list-sort" label="Sort by" choices=orders value=sort/> });
    view! {
        <form method="get" action=path class="list-looks">
            <HiddenQueryFields query=query.clone() own=&["column", "size", "sort"]/>
            // marks that columns were chosen, even if none was
            <input type="hidden" name="column" value="none"/>
            <fieldset>
                <legend class="field-label">"Columns"</legend>
                <div class="toggles">{boxes}</div>
            </fieldset>
            {sort}
            <Select name="size" label="Rows per page" choices=sizes value=size/>
            <div class="spread">
                <Button>"Apply"</Button>
                <a href=reset>"Reset"</a>
            </div>
        </form>
    }
    .into_any()
}

/// Returns both sort orders of each sortable column.
fn sort_choices(sorted: &[Head]) -> Vec<Choice> {
    let orders = |head: &Head| {
        head.sorts.map(|sorts| {
            [(sorts.up, ", ascending"), (sorts.down, ", descending")]
                .map(|(word, way)| Choice::new(word, [head.label, way].concat()))
        })
    };
    sorted.iter().filter_map(orders).flatten().collect()
}

/// Chip that says that the list shows the last days only, with a link to all rows.
#[component]
pub fn DaysChip(
    /// Path of the list.
    path: &'static str,
    /// Current query.
    query: Memo<Query>,
) -> impl IntoView {
    move || {
        let query = query.read();
        query.read::<u16>("days").map(|days| {
            let label = format!("Last {days} days");
            view! { <p><Chip label remove=query.with("days", "").at(path)/></p> }
        })
    }
}

//! How a list is shown: its columns, and how many rows stand on a page. Forms that ask for another address, so that they work alone.

use contracts::{page::PageSize, views::ListName};
use leptos::prelude::*;

use super::column::{Column, Head};
use crate::{
    features::views::ViewsMenu,
    query::{HiddenQueryFields, Query},
    ui::{Button, Chip, Choice, Icon, Menu, Select},
};

/// The columns that can be chosen, without their rows.
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

/// What stands above a list.
#[component]
pub fn ListTools(
    /// Which.
    list: ListName,
    /// Its columns.
    columns: Choosable,
    /// What is asked for now.
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
    // cards have no heads to sort by
    let sort = (!orders.is_empty())
        .then(|| view! { <Select name="sort" id="list-sort" label="Sort by" choices=orders value=sort/> });
    view! {
        <form method="get" action=path class="list-looks">
            <HiddenQueryFields query=query.clone() own=&["column", "size", "sort"]/>
            // says that columns were chosen, also where none was
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

/// Both orders of each column that sorts.
fn sort_choices(sorted: &[Head]) -> Vec<Choice> {
    let orders = |head: &Head| {
        head.sorts.map(|sorts| {
            [(sorts.up, ", ascending"), (sorts.down, ", descending")]
                .map(|(word, way)| Choice::new(word, [head.label, way].concat()))
        })
    };
    sorted.iter().filter_map(orders).flatten().collect()
}

/// Says that only the last days are shown, and leads to all of them.
#[component]
pub fn DaysChip(
    /// Where the list is.
    path: &'static str,
    /// What is asked for now.
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

//! A page of a list: number of rows, the rows, links to other pages.

use contracts::{
    page::{FileFormat, MAX_COUNTED, Page},
    query_text::{push_pair, query_pairs},
};
use leptos::prelude::*;

use super::{
    column::{Cells, Column, Head},
    selection::SelectPage,
};
use crate::{
    query::{PageLinks, Query},
    ui::{ColumnHeader, Icon, LinkButton, Pagination, Table, TableDensity, group_digits, time_zone_name},
    viewer::download_address,
};

/// Properties of a list.
#[derive(Clone, Debug)]
pub struct ListLook {
    /// Path of the list.
    pub path: &'static str,
    /// Description of the rows.
    pub caption: &'static str,
    /// Singular and plural for counts.
    pub words: (&'static str, &'static str),
    /// Height of the rows.
    pub density: TableDensity,
    /// Address of the CSV export of the whole list.
    pub export: String,
}

/// Draws a page of rows with the columns that the query chooses.
pub fn list_table<T>(look: ListLook, columns: Vec<Column<T>>, page: Page<T>, query: &Query) -> AnyView {
    let shown: Vec<_> = columns.into_iter().filter(|column| column.head.is_shown(query)).collect();
    let rows: Vec<Vec<AnyView>> =
        page.items.iter().map(|row| shown.iter().map(|column| (column.cell)(row)).collect()).collect();
    let heads = shown.into_iter().map(|column| column.head).collect();
    let links = query.page_links(look.path, page.previous.as_deref(), page.next.as_deref());
    let count = count_text(page.total, look.words);
    draw_table(&look, links, count, heads, rows)
}

/// Returns the number of rows in words; more than [`MAX_COUNTED`] are not counted.
pub fn count_text(total: u64, (one, many): (&str, &str)) -> String {
    match total {
        1 => format!("1 {one}"),
        total if total > MAX_COUNTED => format!("More than {} {many}", group_digits(MAX_COUNTED)),
        total => format!("{} {many}", group_digits(total)),
    }
}

/// Draws the table. It has no type parameters, so that it is compiled once for all lists.
fn draw_table(
    look: &ListLook,
    links: PageLinks,
    count: String,
    heads: Vec<Head>,
    rows: Vec<Vec<AnyView>>,
) -> AnyView {
    let kinds: Vec<_> = heads.iter().map(|head| (head.cells, head.label)).collect();
    let heads: Vec<_> = heads.into_iter().map(head).collect();
    let rows: Vec<_> = rows
        .into_iter()
        .map(|cells| {
            let cells: Vec<_> = kinds.iter().zip(cells).map(|(kind, content)| cell(*kind, content)).collect();
            view! { <tr>{cells}</tr> }
        })
        .collect();
    let export = in_page_zone(&look.export);
    let (export, excel) = (download_address(&export), download_address(&as_excel(&export)));
    view! {
        <div>
            <div class="table-head">
                <p class="table-count" data-announce="">{count}</p>
                <div class="cluster">
                    <LinkButton href=export icon=Icon::Download external=true>"Export as CSV"</LinkButton>
                    <LinkButton href=excel icon=Icon::Download external=true>"Export as Excel"</LinkButton>
                </div>
            </div>
            <Table caption=look.caption density=look.density>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </Table>
            <Pagination links/>
        </div>
    }
    .into_any()
}

/// Returns the address of the export with the page's time zone if it is filtered by days: files know UTC alone, and the rows are to be the
/// same.
fn in_page_zone(export: &str) -> String {
    let (mut export, zone) = (export.to_owned(), time_zone_name());
    let search = export.split_once('?').map_or("", |(_, search)| search);
    let has_days = query_pairs(search).iter().any(|(key, _)| key == "from" || key == "to");
    if has_days && !zone.is_empty() {
        push_pair(&mut export, "time_zone", &zone);
    }
    export
}

/// Returns the address of the export as an Excel workbook.
fn as_excel(export: &str) -> String {
    let mark = if export.contains('?') { "&" } else { "?" };
    [export, mark, "format=", FileFormat::Xlsx.as_str()].concat()
}

fn head(head: Head) -> AnyView {
    let numeric = head.cells == Cells::Numbers;
    match head.sort {
        _ if head.cells == Cells::Choices => {
            view! { <td class="choose" data-label=""><SelectPage/></td> }.into_any()
        }
        Some(sort) => view! { <ColumnHeader label=head.label numeric sort/> }.into_any(),
        None => view! { <ColumnHeader label=head.label numeric/> }.into_any(),
    }
}

fn cell((kind, label): (Cells, &'static str), content: AnyView) -> AnyView {
    match kind {
        Cells::Names => view! { <th scope="row">{content}</th> }.into_any(),
        Cells::Choices => view! { <td class="choose" data-label="">{content}</td> }.into_any(),
        Cells::Text => view! { <td data-label=label>{content}</td> }.into_any(),
        Cells::Numbers => view! { <td class="num" data-label=label>{content}</td> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many_and_what_was_not_counted_is_not_claimed() {
        let words = ("service", "services");
        assert_eq!(
            [0, 1, 1_284, 10_000, 10_001].map(|total| count_text(total, words)),
            ["0 services", "1 service", "1,284 services", "10,000 services", "More than 10,000 services"]
        );
    }
}

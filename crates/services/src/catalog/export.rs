//! Services as a file.

use contracts::{
    catalog::{ServiceListQuery, ServiceRow},
    money,
    page::FileFormat,
    permission::Permission,
};

use super::provider::{list_rows, service_row};
use crate::platform::{
    Cell::{self, Count, Empty, Money, Time},
    Column::{self, Plain},
    ListFile, MAX_FILE_ROWS, OpCtx, Result,
    events::CatalogEvent,
};

/// The caller's own services under a filter, or every provider's for the people of the platform, as the list sorts them;
/// cursors are not looked at.
pub async fn services_export(ctx: &OpCtx, query: ServiceListQuery, format: FileFormat) -> Result<ListFile> {
    let org_id = ctx.org_id()?;
    ctx.tx("catalog.services_export", Permission::ServicesRead, async move |tx| {
        let rows = list_rows(tx, &query, MAX_FILE_ROWS + 1).await?;
        let rows: Vec<ServiceRow> = rows.into_iter().map(service_row).collect();
        let columns = [
            Plain("Title"),
            Plain("Category"),
            Plain("Provider"),
            Plain("Status"),
            Plain("Unpublished changes"),
            Plain("ICD-11 codes"),
            Plain("Currency"),
            Column::Money("Price per unit"),
            Plain("Draft currency"),
            Column::Money("Draft price per unit"),
            Plain("Units sold"),
            Plain("Total units for sale"),
            Plain("Last changed (UTC)"),
            Plain("ID"),
        ];
        let file = ListFile::of("services", (format, tx.ctx().now()), columns, &rows, cells)?;
        let (rows, status) = (file.rows, query.status);
        tx.emit(CatalogEvent::ServicesExported { org_id, rows, format, status }).await?;
        Ok(file)
    })
    .await
}

fn cells(row: &ServiceRow) -> [Cell; 14] {
    let (published, draft) = (row.price.published(), row.price.draft());
    let currency =
        |price: Option<money::Money>| price.map_or(Empty, |price| Cell::text(price.currency.as_str()));
    [
        Cell::text(&row.title),
        Cell::text(row.category.label()),
        Cell::text(&row.provider_name),
        Cell::text(row.status.label()),
        Cell::text(if row.has_unpublished_changes { "Yes" } else { "No" }),
        Cell::text(row.codes.join(" ")),
        currency(published),
        published.map_or(Empty, Money),
        currency(draft),
        draft.map_or(Empty, Money),
        Count(row.committed.into()),
        row.capacity.map_or(Empty, |units| Count(units.into())),
        Time(row.updated_at),
        Cell::text(row.id.to_string()),
    ]
}

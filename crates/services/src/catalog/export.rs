//! Services as a file.

use contracts::{
    catalog::{ServiceListQuery, ServiceRow},
    permission::Permission,
};
use serde_json::json;

use super::provider::{list_rows, service_row};
use crate::platform::{CsvFile, MOST_CSV_ROWS, OpCtx, Result, csv_time};

/// The caller's own services under a filter, or every provider's for the people of the platform, as the list sorts them; the
/// cursor is not looked at.
pub async fn services_export(ctx: &OpCtx, query: ServiceListQuery) -> Result<CsvFile> {
    let org_id = ctx.org_id()?;
    let query = ServiceListQuery { after: None, ..query };
    ctx.tx("catalog.services_export", Permission::ServicesRead, async move |tx| {
        let rows = list_rows(tx, &query, MOST_CSV_ROWS + 1).await?;
        let rows: Vec<ServiceRow> = rows.into_iter().map(service_row).collect();
        let columns = [
            "Title",
            "Category",
            "Provider",
            "State",
            "Unpublished changes",
            "Codes",
            "Currency",
            "Per unit",
            "Sold",
            "Capacity",
            "Changed (UTC)",
            "Id",
        ];
        let file = CsvFile::of("services", tx.ctx().now(), columns, &rows, cells);
        let details = json!({ "rows": file.rows, "status": query.status });
        tx.audit("catalog.services_exported", "organisation", org_id, details).await?;
        Ok(file)
    })
    .await
}

fn cells(row: &ServiceRow) -> [String; 12] {
    [
        row.title.clone(),
        row.category.to_string(),
        row.provider_name.clone(),
        row.status.to_string(),
        if row.has_unpublished_changes { "yes" } else { "no" }.to_owned(),
        row.codes.join(" "),
        row.base_price.currency.to_string(),
        row.base_price.to_plain(),
        row.committed.to_string(),
        row.capacity.map(|units| units.to_string()).unwrap_or_default(),
        csv_time(row.updated_at),
        row.id.to_string(),
    ]
}

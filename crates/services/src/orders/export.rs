//! Purchases and orders as files.

use contracts::{
    orders::{PurchaseFilter, PurchaseSummary, TransactionFilter, TransactionSummary},
    permission::Permission,
};
use serde_json::json;

use super::queries;
use crate::platform::{CsvFile, MOST_CSV_ROWS, OpCtx, Result, csv_time};

/// The organisation's purchases, or everybody's for the people of the platform, under a filter, newest first;
/// the cursor is not looked at.
pub async fn purchases_export(ctx: &OpCtx, filter: PurchaseFilter) -> Result<CsvFile> {
    let (org_id, tenant) = (ctx.org_id()?, ctx.tenant()?);
    let filter = PurchaseFilter { after: None, ..filter };
    ctx.tx("orders.purchases_export", Permission::TransactionsRead, async move |tx| {
        let rows = queries::purchase_rows(tx, tenant, &filter, None, MOST_CSV_ROWS + 1).await?;
        let columns =
            ["Number", "Client", "Buyer", "Made (UTC)", "State", "Sellers", "Units", "Currency", "Total"];
        let file = CsvFile::of("purchases", tx.ctx().now(), columns, &rows, purchase_cells);
        let details = json!({ "rows": file.rows, "status": filter.status, "days": filter.days });
        tx.audit("orders.purchases_exported", "organisation", org_id, details).await?;
        Ok(file)
    })
    .await
}

fn purchase_cells(row: &PurchaseSummary) -> [String; 9] {
    [
        row.number.clone(),
        row.on_behalf_of.clone().unwrap_or_default(),
        row.buyer_name.clone(),
        csv_time(row.created_at),
        row.status.to_string(),
        row.sellers.to_string(),
        row.units.to_string(),
        row.total.currency.to_string(),
        row.total.to_plain(),
    ]
}

/// The transactions the organisation sells or buys in, or all of them for the people of the platform, under a filter, newest first;
/// the cursor is not looked at.
pub async fn transactions_export(ctx: &OpCtx, filter: TransactionFilter) -> Result<CsvFile> {
    let (org_id, tenant) = (ctx.org_id()?, ctx.tenant()?);
    let filter = TransactionFilter { after: None, ..filter };
    ctx.tx("orders.transactions_export", Permission::TransactionsRead, async move |tx| {
        let rows = queries::transaction_rows(tx, tenant, &filter, MOST_CSV_ROWS + 1).await?;
        let columns = [
            "Order",
            "Buyer",
            "Seller",
            "Placed (UTC)",
            "State",
            "Units",
            "Currency",
            "Total",
            "Seller receives",
        ];
        let file = CsvFile::of("orders", tx.ctx().now(), columns, &rows, transaction_cells);
        let details = json!({ "rows": file.rows, "status": filter.status, "days": filter.days });
        tx.audit("orders.transactions_exported", "organisation", org_id, details).await?;
        Ok(file)
    })
    .await
}

fn transaction_cells(row: &TransactionSummary) -> [String; 9] {
    [
        row.id.reference(),
        row.buyer_name.clone(),
        row.seller_name.clone(),
        csv_time(row.created_at),
        row.status.to_string(),
        row.units.to_string(),
        row.gross.currency.to_string(),
        row.gross.to_plain(),
        row.seller_net.to_plain(),
    ]
}

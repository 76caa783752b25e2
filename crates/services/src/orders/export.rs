//! Purchases and orders as files.

use contracts::{
    orders::{PurchaseFilter, PurchaseSummary, TransactionFilter, TransactionSummary},
    page::FileFormat,
    permission::Permission,
};

use super::lists::{self, RowSelection};
use crate::platform::{
    Cell::{self, Count, Money, Time},
    Column::{self, Plain},
    ListFile, MAX_FILE_ROWS, OpCtx, Result,
    events::OrdersEvent,
};

/// The organisation's purchases, or everybody's for the people of the platform, under a filter, in its order;
/// cursors are not looked at.
pub async fn purchases_export(ctx: &OpCtx, filter: PurchaseFilter, format: FileFormat) -> Result<ListFile> {
    let (org_id, tenant) = (ctx.org_id()?, ctx.tenant()?);
    let wanted = RowSelection { tenant, most: MAX_FILE_ROWS + 1 };
    ctx.tx("orders.purchases_export", Permission::TransactionsRead, async move |tx| {
        let rows = lists::purchases(tx, wanted, &filter).await?;
        let columns = [
            Plain("Number"),
            Plain("Client"),
            Plain("Buyer"),
            Plain("Created (UTC)"),
            Plain("Status"),
            Plain("Sellers"),
            Plain("Units"),
            Plain("Currency"),
            Column::Money("Total"),
        ];
        let file = ListFile::of("purchases", (format, tx.ctx().now()), columns, &rows, purchase_cells)?;
        let (rows, status, days) = (file.rows, filter.status, filter.days);
        tx.emit(OrdersEvent::PurchasesExported { org_id, rows, format, status, days }).await?;
        Ok(file)
    })
    .await
}

fn purchase_cells(row: &PurchaseSummary) -> [Cell; 9] {
    [
        Cell::text(&row.number),
        Cell::optional(row.on_behalf_of.as_deref()),
        Cell::text(&row.buyer_name),
        Time(row.created_at),
        Cell::text(row.status.label()),
        Count(row.sellers.into()),
        Count(row.units),
        Cell::text(row.total.currency.as_str()),
        Money(row.total),
    ]
}

/// The transactions the organisation sells or buys in, or all of them for the people of the platform, under a filter, in its order;
/// cursors are not looked at.
pub async fn transactions_export(
    ctx: &OpCtx,
    filter: TransactionFilter,
    format: FileFormat,
) -> Result<ListFile> {
    let (org_id, tenant) = (ctx.org_id()?, ctx.tenant()?);
    let wanted = RowSelection { tenant, most: MAX_FILE_ROWS + 1 };
    ctx.tx("orders.transactions_export", Permission::TransactionsRead, async move |tx| {
        let rows = lists::transactions(tx, wanted, &filter).await?;
        let columns = [
            Plain("Order"),
            Plain("Buyer"),
            Plain("Seller"),
            Plain("Placed (UTC)"),
            Plain("Status"),
            Plain("Units"),
            Plain("Currency"),
            Column::Money("Total"),
            Column::Money("Seller receives"),
        ];
        let file = ListFile::of("orders", (format, tx.ctx().now()), columns, &rows, transaction_cells)?;
        let (rows, status, days) = (file.rows, filter.status, filter.days);
        tx.emit(OrdersEvent::TransactionsExported { org_id, rows, format, status, days }).await?;
        Ok(file)
    })
    .await
}

fn transaction_cells(row: &TransactionSummary) -> [Cell; 9] {
    [
        Cell::text(row.id.reference()),
        Cell::text(&row.buyer_name),
        Cell::text(&row.seller_name),
        Time(row.created_at),
        Cell::text(row.status.label()),
        Count(row.units),
        Cell::text(row.gross.currency.as_str()),
        Money(row.gross),
        if row.status.is_sold() { Money(row.seller_net) } else { Cell::Empty },
    ]
}

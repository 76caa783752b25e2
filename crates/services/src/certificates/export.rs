//! Certificates as a file.

use contracts::{
    certificates::{CertificateQuery, CertificateSummary},
    page::FileFormat,
    permission::Permission,
};

use super::queries;
use crate::platform::{
    Cell::{self, Empty, Time},
    Column::Plain,
    ListFile, MAX_FILE_ROWS, OpCtx, Result,
    events::CertificatesEvent,
};

/// The certificates of the caller's organisation under a filter, in its order; cursors are not looked at.
pub async fn certificates_export(
    ctx: &OpCtx,
    query: CertificateQuery,
    format: FileFormat,
) -> Result<ListFile> {
    let org_id = ctx.org_id()?;
    ctx.tx("certificates.export", Permission::CertificatesRead, async move |tx| {
        let (status, purchase, days) = (query.status, query.purchase_id, query.days);
        let rows = queries::rows(tx, &query, MAX_FILE_ROWS + 1).await?;
        let columns = [
            Plain("Code"),
            Plain("Service"),
            Plain("Counterparty"),
            Plain("Client"),
            Plain("Status"),
            Plain("Issued (UTC)"),
            Plain("Redeem by (UTC)"),
            Plain("Redeemed (UTC)"),
        ];
        let file = ListFile::of("certificates", (format, tx.ctx().now()), columns, &rows, cells)?;
        // the words that were searched for may be anybody's name: the record has the rest
        let rows = file.rows;
        tx.emit(CertificatesEvent::Exported { org_id, rows, format, status, purchase, days }).await?;
        Ok(file)
    })
    .await
}

fn cells(row: &CertificateSummary) -> [Cell; 8] {
    [
        Cell::text(&row.code),
        Cell::text(&row.title),
        Cell::text(&row.counterparty),
        Cell::optional(row.client.as_deref()),
        Cell::text(row.status.label()),
        Time(row.issued_at),
        Time(row.expires_at),
        row.redeemed_at.map_or(Empty, Time),
    ]
}

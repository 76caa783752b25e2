//! Certificates as a file.

use contracts::{
    certificates::{CertificateQuery, CertificateSummary},
    permission::Permission,
};
use serde_json::json;

use super::queries;
use crate::platform::{CsvFile, MOST_CSV_ROWS, OpCtx, Result, csv_time};

/// The certificates of the caller's organisation under a filter, newest first; the cursor is not looked at.
pub async fn certificates_export(ctx: &OpCtx, query: CertificateQuery) -> Result<CsvFile> {
    let org_id = ctx.org_id()?;
    let query = CertificateQuery { after: None, ..query };
    ctx.tx("certificates.export", Permission::CertificatesRead, async move |tx| {
        let (status, purchase, days) = (query.status, query.purchase_id, query.days);
        let rows = queries::rows(tx, query, MOST_CSV_ROWS + 1).await?;
        let columns = [
            "Code",
            "Service",
            "Other party",
            "State",
            "Issued (UTC)",
            "Redeem before (UTC)",
            "Redeemed (UTC)",
        ];
        let file = CsvFile::of("certificates", tx.ctx().now(), columns, &rows, cells);
        // the words that were searched for may be anybody's name: the record has the rest
        let details = json!({ "rows": file.rows, "status": status, "purchase": purchase, "days": days });
        tx.audit("certificates.exported", "organisation", org_id, details).await?;
        Ok(file)
    })
    .await
}

fn cells(row: &CertificateSummary) -> [String; 7] {
    [
        row.code.clone(),
        row.title.clone(),
        row.counterparty.clone(),
        row.status.to_string(),
        csv_time(row.issued_at),
        csv_time(row.expires_at),
        row.redeemed_at.map(csv_time).unwrap_or_default(),
    ]
}

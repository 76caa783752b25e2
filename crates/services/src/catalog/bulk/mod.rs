//! One act on many services: first what would come of it, then the run that does it and keeps what came of each.

mod evaluate;
mod rows;
mod run;

use contracts::{
    catalog::{BulkPreview, BulkRequest, BulkRun},
    ids::BulkRunId,
    permission::Permission,
};

pub use run::service_bulk_apply;

use crate::platform::{Error, OpCtx, Result};

/// Previews a bulk action: for each service in `selection` (a query string), whether the action is allowed now. Changes nothing. Services of another
/// organisation count as unknown, except for the people of the platform.
///
/// # Errors
/// `invalid_input` when nothing is chosen, or too much.
pub async fn service_bulk_preview(ctx: &OpCtx, selection: &str) -> Result<BulkPreview> {
    ctx.require(Permission::ServicesWrite)?;
    let request = BulkRequest::parse(selection).map_err(Error::invalid)?;
    ctx.read(Permission::ServicesWrite, async move |tx| {
        let evaluations = evaluate::evaluate(tx, &request).await?;
        evaluate::preview(&request, evaluations, tx.ctx().tenant()?.is_none())
    })
    .await
}

/// What came of a run of the organisation; of anybody's for the people of the platform.
///
/// # Errors
/// `not_found`.
pub async fn service_bulk_get(ctx: &OpCtx, id: BulkRunId) -> Result<BulkRun> {
    ctx.read(Permission::ServicesWrite, async move |tx| rows::run(tx, id).await).await
}

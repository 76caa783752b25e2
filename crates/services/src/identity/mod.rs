//! People, organisations, memberships, sessions.

use std::sync::Arc;

use contracts::{error::ErrorCode, identity::Viewer};

use crate::{
    Error, OpCtx, Result,
    platform::{Client, Platform, RequestId},
};

/// The caller a session token stands for.
pub async fn authenticate(_: &Arc<Platform>, _: &str, _: RequestId, _: Client) -> Result<OpCtx> {
    Err(Error::new(ErrorCode::SessionExpired))
}

/// Who looks at a page.
pub async fn viewer_get(_: &OpCtx) -> Result<Option<Viewer>> {
    Ok(None)
}

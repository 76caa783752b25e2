//! Server functions of the search.

use contracts::search::Found;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::places::places_named;
#[cfg(feature = "ssr")]
use crate::ssr::ctx;
use crate::{error::UiError, rpc::Rpc};

/// Searches everything the viewer may see, pages and actions included.
#[server(prefix = "/rpc", endpoint = "search", protocol = Rpc)]
pub async fn search(q: String) -> Result<Found, UiError> {
    let ctx = ctx()?;
    let mut found = services::search::search(&ctx, &q).await?;
    found.groups.splice(0..0, places_named(&ctx, &found.q));
    Ok(found)
}

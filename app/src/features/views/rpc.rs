//! Server functions of saved views.

use contracts::{
    ids::SavedViewId,
    permission::Level,
    views::{ListName, SavedView},
};
use leptos::prelude::*;

use crate::{error::UiError, rpc::Rpc};

#[cfg(feature = "ssr")]
use super::parts::saved_address;
#[cfg(feature = "ssr")]
use crate::ssr::{ctx, redirect_plain_form_to, redirect_to};
#[cfg(feature = "ssr")]
use contracts::views as commands;

/// Returns the views of a list that the person may open; of all lists for `None`.
#[server(prefix = "/rpc", endpoint = "views_list", protocol = Rpc)]
pub async fn views_list(#[server(default)] list: Option<ListName>) -> Result<Vec<SavedView>, UiError> {
    Ok(services::views::views_list(&ctx()?, list).await?)
}

/// Saves the current query of a list as a view and redirects to it.
#[server(prefix = "/rpc", endpoint = "view_save", protocol = Rpc)]
pub async fn view_save(
    #[server(default)] list: String,
    #[server(default)] name: String,
    #[server(default)] query: String,
    #[server(default)] shared: bool,
) -> Result<(), UiError> {
    let form = commands::ViewSave { list, name, query, shared };
    let view = services::views::view_save(&ctx()?, form).await?;
    redirect_to(&saved_address(&view));
    Ok(())
}

/// Renames a view, or changes whether it is shared.
#[server(prefix = "/rpc", endpoint = "view_change", protocol = Rpc)]
pub async fn view_change(
    id: SavedViewId,
    #[server(default)] name: String,
    #[server(default)] shared: bool,
) -> Result<(), UiError> {
    services::views::view_change(&ctx()?, commands::ViewChange { id, name, shared }).await?;
    redirect_plain_form_to("/views?done=changed");
    Ok(())
}

/// Sets the levels for which the navigation opens a list with a view.
#[server(prefix = "/rpc", endpoint = "view_open_for", protocol = Rpc)]
pub async fn view_open_for(id: SavedViewId, #[server(default)] levels: Vec<Level>) -> Result<(), UiError> {
    services::views::view_open_for(&ctx()?, commands::ViewOpenFor { id, levels }).await?;
    redirect_plain_form_to("/views?done=changed");
    Ok(())
}

/// Deletes a view.
#[server(prefix = "/rpc", endpoint = "view_delete", protocol = Rpc)]
pub async fn view_delete(id: SavedViewId) -> Result<(), UiError> {
    services::views::view_delete(&ctx()?, id).await?;
    redirect_plain_form_to("/views?done=deleted");
    Ok(())
}

//! Server functions of the console.

use contracts::{
    compliance::{self as console, AuditQuery, AuditView, OrganisationList, OrganisationsQuery},
    ids::{OrgId, UserId},
    page::Page,
};
use leptos::prelude::*;

use crate::{error::UiError, rpc::Rpc};

#[cfg(feature = "ssr")]
use crate::ssr::{ctx, redirect_to};

/// A page of organisations.
#[server(prefix = "/rpc", endpoint = "organisations_list", protocol = Rpc)]
pub async fn organisations_list(query: OrganisationsQuery) -> Result<OrganisationList, UiError> {
    Ok(services::compliance::organisations_list(&ctx()?, query).await?)
}

/// One organisation with its members and history.
#[server(prefix = "/rpc", endpoint = "organisation_detail", protocol = Rpc)]
pub async fn organisation_detail(id: OrgId) -> Result<console::OrganisationDetail, UiError> {
    Ok(services::compliance::organisation_detail(&ctx()?, id).await?)
}

/// Lets an organisation trade, on the facts the page showed.
#[server(prefix = "/rpc", endpoint = "organisation_verify", protocol = Rpc)]
pub async fn organisation_verify(id: OrgId, #[server(default)] facts_digest: String) -> Result<(), UiError> {
    let command = console::OrganisationVerification { id, facts_digest };
    services::compliance::organisation_verify(&ctx()?, command).await?;
    Ok(())
}

/// Turns an organisation down.
#[server(prefix = "/rpc", endpoint = "organisation_reject", protocol = Rpc)]
pub async fn organisation_reject(id: OrgId, #[server(default)] reason: String) -> Result<(), UiError> {
    services::compliance::organisation_reject(&ctx()?, console::OrganisationDecision { id, reason }).await?;
    Ok(())
}

/// Stops an organisation from trading.
#[server(prefix = "/rpc", endpoint = "organisation_suspend", protocol = Rpc)]
pub async fn organisation_suspend(id: OrgId, #[server(default)] reason: String) -> Result<(), UiError> {
    services::compliance::organisation_suspend(&ctx()?, console::OrganisationDecision { id, reason }).await?;
    Ok(())
}

/// Lets a suspended organisation trade again.
#[server(prefix = "/rpc", endpoint = "organisation_resume", protocol = Rpc)]
pub async fn organisation_resume(id: OrgId) -> Result<(), UiError> {
    services::compliance::organisation_resume(&ctx()?, id).await?;
    Ok(())
}

/// Disables an account.
#[server(prefix = "/rpc", endpoint = "user_disable", protocol = Rpc)]
pub async fn user_disable(id: UserId) -> Result<(), UiError> {
    Ok(services::identity::user_disable(&ctx()?, id).await?)
}

/// Lets a disabled account sign in again.
#[server(prefix = "/rpc", endpoint = "user_enable", protocol = Rpc)]
pub async fn user_enable(id: UserId) -> Result<(), UiError> {
    Ok(services::identity::user_enable(&ctx()?, id).await?)
}

/// A page of the audit trail.
#[server(prefix = "/rpc", endpoint = "audit_list", protocol = Rpc)]
pub async fn audit_list(query: AuditQuery) -> Result<Page<AuditView>, UiError> {
    Ok(services::compliance::audit_list(&ctx()?, query).await?)
}

/// Leads to the audit records of the person with this address.
#[server(prefix = "/rpc", endpoint = "audit_actor_find", protocol = Rpc)]
pub async fn audit_actor_find(#[server(default)] email: String) -> Result<(), UiError> {
    let id = services::compliance::audit_actor_find(&ctx()?, &email).await?;
    redirect_to(&format!("/console/audit?actor={id}"));
    Ok(())
}

/// A page of security events.
#[server(prefix = "/rpc", endpoint = "security_events_list", protocol = Rpc)]
pub async fn security_events_list(
    query: console::SecurityEventsQuery,
) -> Result<Page<console::SecurityEventView>, UiError> {
    Ok(services::compliance::security_events_list(&ctx()?, query).await?)
}

/// What is granted now.
#[server(prefix = "/rpc", endpoint = "permission_table", protocol = Rpc)]
pub async fn permission_table() -> Result<console::PermissionTable, UiError> {
    Ok(services::compliance::permission_table(&ctx()?).await?)
}

/// Grants a permission or takes it away: `role/level/permission/granted`, the value of the button that was pressed.
#[server(prefix = "/rpc", endpoint = "permission_change", protocol = Rpc)]
pub async fn permission_change(change: String) -> Result<(), UiError> {
    let command = super::parts::read_change(&change)
        .ok_or_else(|| services::Error::new(contracts::error::ErrorCode::InvalidInput))?;
    services::compliance::permission_change(&ctx()?, command).await?;
    Ok(())
}

/// How the system is.
#[server(prefix = "/rpc", endpoint = "system_status", protocol = Rpc)]
pub async fn system_status() -> Result<console::SystemStatus, UiError> {
    Ok(services::compliance::system_status(&ctx()?).await?)
}

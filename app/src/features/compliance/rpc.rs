//! Server functions of the console.

use contracts::{
    compliance::{self as console, AuditQuery, OrganisationList, OrganisationsQuery},
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
pub async fn audit_list(query: AuditQuery) -> Result<Page<console::AuditView>, UiError> {
    Ok(services::compliance::audit_list(&ctx()?, query).await?)
}

/// The actions that the audit trail can be filtered by.
#[server(prefix = "/rpc", endpoint = "audit_actions", protocol = Rpc)]
pub async fn audit_actions() -> Result<Vec<(String, String)>, UiError> {
    Ok(services::compliance::audit_actions(&ctx()?).await?)
}

/// Leads to the records that fit what was typed.
#[server(prefix = "/rpc", endpoint = "audit_find", protocol = Rpc)]
pub async fn audit_find(
    #[server(flatten)] query: AuditQuery,
    #[server(flatten)] find: console::AuditFind,
) -> Result<(), UiError> {
    let found = services::compliance::audit_find(&ctx()?, query, find).await?;
    redirect_to(&format!("/console/audit?{}", found.to_query_string()));
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

/// Says what the permissions that an address names would change, and whom that reaches.
#[server(prefix = "/rpc", endpoint = "permission_review", protocol = Rpc)]
pub async fn permission_review(
    #[server(default)] selection: String,
) -> Result<console::PermissionReview, UiError> {
    Ok(services::compliance::permission_review(&ctx()?, &selection).await?)
}

/// Changes permissions of a role, and leads to its table.
#[server(prefix = "/rpc", endpoint = "permission_change", protocol = Rpc)]
pub async fn permission_change(
    #[server(default)] role: String,
    #[server(default)] changes: Vec<String>,
    #[server(default)] digest: String,
    #[server(default)] reason: String,
) -> Result<(), UiError> {
    let command = console::PermissionsChange { role: role.clone(), changes, digest, reason };
    let id = services::compliance::permission_change(&ctx()?, command).await?;
    redirect_to(&format!("/console/permissions?role={role}&changed={id}"));
    Ok(())
}

/// How the system is.
#[server(prefix = "/rpc", endpoint = "system_status", protocol = Rpc)]
pub async fn system_status() -> Result<console::SystemStatus, UiError> {
    Ok(services::compliance::system_status(&ctx()?).await?)
}

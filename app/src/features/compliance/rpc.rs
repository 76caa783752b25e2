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

/// Returns a page of organisations.
#[server(prefix = "/rpc", endpoint = "organisations_list", protocol = Rpc)]
pub async fn organisations_list(query: OrganisationsQuery) -> Result<OrganisationList, UiError> {
    Ok(services::compliance::organisations_list(&ctx()?, query).await?)
}

/// Returns an organisation with its members and history.
#[server(prefix = "/rpc", endpoint = "organisation_detail", protocol = Rpc)]
pub async fn organisation_detail(id: OrgId) -> Result<console::OrganisationDetail, UiError> {
    Ok(services::compliance::organisation_detail(&ctx()?, id).await?)
}

/// Verifies an organisation, based on the details that the page showed.
#[server(prefix = "/rpc", endpoint = "organisation_verify", protocol = Rpc)]
pub async fn organisation_verify(id: OrgId, #[server(default)] facts_digest: String) -> Result<(), UiError> {
    let command = console::OrganisationVerification { id, facts_digest };
    services::compliance::organisation_verify(&ctx()?, command).await?;
    Ok(())
}

/// Rejects an organisation.
#[server(prefix = "/rpc", endpoint = "organisation_reject", protocol = Rpc)]
pub async fn organisation_reject(id: OrgId, #[server(default)] reason: String) -> Result<(), UiError> {
    services::compliance::organisation_reject(&ctx()?, console::OrganisationDecision { id, reason }).await?;
    Ok(())
}

/// Suspends an organisation.
#[server(prefix = "/rpc", endpoint = "organisation_suspend", protocol = Rpc)]
pub async fn organisation_suspend(id: OrgId, #[server(default)] reason: String) -> Result<(), UiError> {
    services::compliance::organisation_suspend(&ctx()?, console::OrganisationDecision { id, reason }).await?;
    Ok(())
}

/// Lifts the suspension of an organisation.
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

/// Enables a disabled account.
#[server(prefix = "/rpc", endpoint = "user_enable", protocol = Rpc)]
pub async fn user_enable(id: UserId) -> Result<(), UiError> {
    Ok(services::identity::user_enable(&ctx()?, id).await?)
}

/// Returns a page of the audit trail.
#[server(prefix = "/rpc", endpoint = "audit_list", protocol = Rpc)]
pub async fn audit_list(query: AuditQuery) -> Result<Page<console::AuditView>, UiError> {
    Ok(services::compliance::audit_list(&ctx()?, query).await?)
}

/// Returns the actions that the audit trail can be filtered by, as word and label.
#[server(prefix = "/rpc", endpoint = "audit_actions", protocol = Rpc)]
pub async fn audit_actions() -> Result<Vec<(String, String)>, UiError> {
    Ok(services::compliance::audit_actions(&ctx()?).await?)
}

/// Redirects to the audit records that match the typed names.
#[server(prefix = "/rpc", endpoint = "audit_find", protocol = Rpc)]
pub async fn audit_find(
    #[server(flatten)] query: AuditQuery,
    #[server(flatten)] find: console::AuditFind,
) -> Result<(), UiError> {
    let found = services::compliance::audit_find(&ctx()?, query, find).await?;
    redirect_to(&format!("/console/audit?{}", found.to_query_string()));
    Ok(())
}

/// Returns a page of security events.
#[server(prefix = "/rpc", endpoint = "security_events_list", protocol = Rpc)]
pub async fn security_events_list(
    query: console::SecurityEventsQuery,
) -> Result<Page<console::SecurityEventView>, UiError> {
    Ok(services::compliance::security_events_list(&ctx()?, query).await?)
}

/// Returns the permission table.
#[server(prefix = "/rpc", endpoint = "permission_table", protocol = Rpc)]
pub async fn permission_table() -> Result<console::PermissionTable, UiError> {
    Ok(services::compliance::permission_table(&ctx()?).await?)
}

/// Returns the review of a change of permissions; `selection` is its query string.
#[server(prefix = "/rpc", endpoint = "permission_review", protocol = Rpc)]
pub async fn permission_review(
    #[server(default)] selection: String,
) -> Result<console::PermissionReview, UiError> {
    Ok(services::compliance::permission_review(&ctx()?, &selection).await?)
}

/// Changes permissions of a role and redirects to its table.
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

/// Returns the state of the system.
#[server(prefix = "/rpc", endpoint = "system_status", protocol = Rpc)]
pub async fn system_status() -> Result<console::SystemStatus, UiError> {
    Ok(services::compliance::system_status(&ctx()?).await?)
}

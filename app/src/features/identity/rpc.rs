//! Server functions of identity.

use contracts::{
    identity::{
        self as commands, AccountView, InvitationLink, InvitationOffer, InvitationView, MemberView,
        OrganisationView, TimeZoneSetting,
    },
    ids::{InvitationId, MembershipId, SessionId},
    permission::Level,
};
use leptos::prelude::*;

use crate::{error::UiError, rpc::Rpc};

#[cfg(feature = "ssr")]
use crate::{
    features::identity::session,
    ssr::{ctx, redirect_to},
};

/// Signs in and redirects to `next` or the start page.
#[server(prefix = "/rpc", endpoint = "sign_in", protocol = Rpc)]
pub async fn sign_in(
    #[server(flatten)] form: commands::SignIn,
    #[server(default)] next: String,
) -> Result<(), UiError> {
    let signed_in = services::identity::sign_in(&ctx()?, form).await?;
    session::begin(&signed_in);
    redirect_to(session::after_sign_in(&next, &signed_in));
    Ok(())
}

/// Signs up an organisation with its first member and redirects to its page.
#[server(prefix = "/rpc", endpoint = "sign_up", protocol = Rpc)]
pub async fn sign_up(#[server(flatten)] form: commands::SignUp) -> Result<(), UiError> {
    session::begin(&services::identity::sign_up(&ctx()?, form).await?);
    redirect_to("/organisation");
    Ok(())
}

/// Returns the invitation of a link.
#[server(prefix = "/rpc", endpoint = "invitation_get", protocol = Rpc)]
pub async fn invitation_get(token: String) -> Result<InvitationOffer, UiError> {
    Ok(services::identity::invitation_get(&ctx()?, &token.into()).await?)
}

/// Accepts an invitation, signs in and redirects to the start page.
#[server(prefix = "/rpc", endpoint = "invitation_accept", protocol = Rpc)]
pub async fn invitation_accept(#[server(flatten)] form: commands::InvitationAccept) -> Result<(), UiError> {
    let signed_in = services::identity::invitation_accept(&ctx()?, form).await?;
    session::begin(&signed_in);
    redirect_to(session::after_sign_in("", &signed_in));
    Ok(())
}

/// Returns the active organisation.
#[server(prefix = "/rpc", endpoint = "organisation_get", protocol = Rpc)]
pub async fn organisation_get() -> Result<OrganisationView, UiError> {
    Ok(services::identity::organisation_get(&ctx()?).await?)
}

/// Corrects the details of the active organisation.
#[server(prefix = "/rpc", endpoint = "organisation_update", protocol = Rpc)]
pub async fn organisation_update(
    #[server(flatten)] form: commands::OrganisationUpdate,
) -> Result<OrganisationView, UiError> {
    Ok(services::identity::organisation_update(&ctx()?, form).await?)
}

/// Returns the time zone of the active organisation with the zones to choose from.
#[server(prefix = "/rpc", endpoint = "organisation_time_zone_get", protocol = Rpc)]
pub async fn organisation_time_zone_get() -> Result<TimeZoneSetting, UiError> {
    Ok(services::identity::organisation_time_zone_get(&ctx()?).await?)
}

/// Sets the time zone of the active organisation; empty means that of its country.
#[server(prefix = "/rpc", endpoint = "organisation_time_zone_set", protocol = Rpc)]
pub async fn organisation_time_zone_set(#[server(default)] time_zone: String) -> Result<(), UiError> {
    Ok(services::identity::organisation_time_zone_set(&ctx()?, &time_zone).await?)
}

/// Returns the members of the active organisation.
#[server(prefix = "/rpc", endpoint = "members_list", protocol = Rpc)]
pub async fn members_list() -> Result<Vec<MemberView>, UiError> {
    Ok(services::identity::members_list(&ctx()?).await?)
}

/// Changes the level of a member.
#[server(prefix = "/rpc", endpoint = "member_level_change", protocol = Rpc)]
pub async fn member_level_change(membership_id: MembershipId, level: Level) -> Result<(), UiError> {
    let command = commands::MemberLevelChange { membership_id, level };
    Ok(services::identity::member_level_change(&ctx()?, command).await?)
}

/// Removes a member from the organisation.
#[server(prefix = "/rpc", endpoint = "member_remove", protocol = Rpc)]
pub async fn member_remove(membership_id: MembershipId) -> Result<(), UiError> {
    Ok(services::identity::member_remove(&ctx()?, membership_id).await?)
}

/// Returns the pending invitations.
#[server(prefix = "/rpc", endpoint = "invitations_list", protocol = Rpc)]
pub async fn invitations_list() -> Result<Vec<InvitationView>, UiError> {
    Ok(services::identity::invitations_list(&ctx()?).await?)
}

/// Invites a person. Without JavaScript the next page shows the link.
#[server(prefix = "/rpc", endpoint = "invitation_create", protocol = Rpc)]
pub async fn invitation_create(
    #[server(flatten)] form: commands::InvitationCreate,
) -> Result<InvitationLink, UiError> {
    let link = services::identity::invitation_create(&ctx()?, form).await?;
    session::hand_over(&link);
    Ok(link)
}

/// Returns the link of an invitation that a plain form has just created; `None` on all other pages.
#[server(prefix = "/rpc", endpoint = "invitation_made", protocol = Rpc)]
pub async fn invitation_made() -> Result<Option<String>, UiError> {
    Ok(session::handed_over(&ctx()?))
}

/// Withdraws an invitation.
#[server(prefix = "/rpc", endpoint = "invitation_revoke", protocol = Rpc)]
pub async fn invitation_revoke(id: InvitationId) -> Result<(), UiError> {
    Ok(services::identity::invitation_revoke(&ctx()?, id).await?)
}

/// Returns the account of the signed-in person.
#[server(prefix = "/rpc", endpoint = "account_get", protocol = Rpc)]
pub async fn account_get() -> Result<AccountView, UiError> {
    Ok(services::identity::account_get(&ctx()?).await?)
}

/// Changes the person's name.
#[server(prefix = "/rpc", endpoint = "account_update", protocol = Rpc)]
pub async fn account_update(#[server(default)] name: String) -> Result<(), UiError> {
    Ok(services::identity::account_update(&ctx()?, &name).await?)
}

/// Changes the password; ends all sessions except that of this browser.
#[server(prefix = "/rpc", endpoint = "password_change", protocol = Rpc)]
pub async fn password_change(#[server(flatten)] form: commands::PasswordChange) -> Result<(), UiError> {
    session::begin(&services::identity::password_change(&ctx()?, form).await?);
    Ok(())
}

/// Ends one session.
#[server(prefix = "/rpc", endpoint = "session_end", protocol = Rpc)]
pub async fn session_end(id: SessionId) -> Result<(), UiError> {
    Ok(services::identity::session_end(&ctx()?, id).await?)
}

/// Ends all other sessions; returns their number.
#[server(prefix = "/rpc", endpoint = "sessions_end_others", protocol = Rpc)]
pub async fn sessions_end_others() -> Result<usize, UiError> {
    Ok(services::identity::sessions_end_others(&ctx()?).await?)
}

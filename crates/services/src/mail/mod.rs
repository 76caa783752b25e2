//! E-mail about events that concern an account or an organisation. The events come from the outbox: an e-mail is sent only for what was
//! committed, and sent again until it was accepted.

mod content;
mod queries;
mod templates;

use chrono::{DateTime, Utc};
use contracts::permission::Permission;
use futures::future::BoxFuture;

use crate::platform::{
    Email, Error, OpCtx, Result,
    events::{Letter, OrganisationDecided, PasswordChanged},
};
use content::EmailContent;

/// Writes and sends one letter of the outbox.
pub fn deliver(ctx: &OpCtx, letter: Letter) -> BoxFuture<'_, Result<()>> {
    match letter {
        Letter::PasswordChanged(event) => Box::pin(password_changed(ctx, event)),
        Letter::OrganisationDecided(event) => Box::pin(organisation_decided(ctx, event)),
    }
}

/// Notifies the person whose password was changed (OWASP ASVS 6.3.7).
async fn password_changed(ctx: &OpCtx, event: PasswordChanged) -> Result<()> {
    let PasswordChanged { user_id, at } = event;
    let address =
        ctx.read(Permission::SystemManage, async move |tx| queries::address_of(tx, user_id).await).await?;
    send(ctx, address, &templates::password_changed(at)).await
}

/// Notifies one owner of an organisation of a decision about it; somebody who is no longer an owner gets nothing.
async fn organisation_decided(ctx: &OpCtx, event: OrganisationDecided) -> Result<()> {
    let OrganisationDecided { org_id, user_id, change_id, from, to } = event;
    let (owner, reason) = ctx
        .read(Permission::SystemManage, async move |tx| {
            Ok((queries::owner(tx, org_id, user_id).await?, queries::reason(tx, org_id, change_id).await?))
        })
        .await?;
    let Some((name, address)) = owner else { return Ok(()) };
    let Some(content) = templates::organisation_decided(&name, from, to, reason.as_deref(), origin(ctx))
    else {
        return Ok(());
    };
    send(ctx, address, &content).await
}

fn origin(ctx: &OpCtx) -> &str {
    &ctx.platform().settings.public_url
}

/// Sends to one addressee. An event for several people is published once for each, so that one failing mailbox does not hold up the others.
async fn send(ctx: &OpCtx, to: String, content: &EmailContent) -> Result<()> {
    let email = Email { to, subject: content.subject.clone(), text: content.text(), html: content.html() };
    ctx.platform().mailer.send(&email).await.map_err(Error::internal)
}

/// Formats a time for an e-mail, in UTC.
fn moment(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y, %H:%M UTC").to_string()
}

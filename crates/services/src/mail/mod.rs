//! What people are told by letter, because it happened to their account or their organisation while they may not have been here. News
//! comes from the outbox: a letter leaves only for what was really done, and comes again until it was taken.

mod letter;
mod letters;
mod queries;

use chrono::{DateTime, Utc};
use contracts::permission::Permission;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    compliance::{ORGANISATION_DECIDED, OrganisationDecided},
    identity::{PASSWORD_CHANGED, PasswordChanged},
    platform::{Error, Mail, OpCtx, Result, outbox::Handler},
};
use letter::Letter;

/// Who handles which news.
pub const HANDLERS: &[(&str, Handler)] = &[
    (PASSWORD_CHANGED, |ctx, news| Box::pin(password_changed(ctx, news))),
    (ORGANISATION_DECIDED, |ctx, news| Box::pin(organisation_decided(ctx, news))),
];

fn read<T: DeserializeOwned>(news: &Value) -> Result<T> {
    Ok(serde_json::from_value(news.clone())?)
}

/// To the person whose password it is (OWASP ASVS 6.3.7).
async fn password_changed(ctx: &OpCtx, news: &Value) -> Result<()> {
    let PasswordChanged { user_id, at } = read(news)?;
    let address =
        ctx.read(Permission::SystemManage, async move |tx| queries::address_of(tx, user_id).await).await?;
    send(ctx, address, &letters::password_changed(at)).await
}

/// To one of the organisation's owners, who may be none any more.
async fn organisation_decided(ctx: &OpCtx, news: &Value) -> Result<()> {
    let OrganisationDecided { org_id, user_id, change_id, from, to } = read(news)?;
    let (owner, reason) = ctx
        .read(Permission::SystemManage, async move |tx| {
            Ok((queries::owner(tx, org_id, user_id).await?, queries::reason(tx, org_id, change_id).await?))
        })
        .await?;
    let Some((name, address)) = owner else { return Ok(()) };
    let Some(letter) = letters::organisation_decided(&name, from, to, reason.as_deref(), origin(ctx)) else {
        return Ok(());
    };
    send(ctx, address, &letter).await
}

fn origin(ctx: &OpCtx) -> &str {
    &ctx.platform().settings.public_url
}

/// To one addressee: news for several comes as often, so that a mailbox that takes nothing keeps no letter from the others.
async fn send(ctx: &OpCtx, to: String, letter: &Letter) -> Result<()> {
    let mail = Mail { to, subject: letter.subject.clone(), text: letter.text(), html: letter.html() };
    ctx.platform().mailer.send(&mail).await.map_err(Error::internal)
}

/// A moment, as letters say it.
fn moment(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y, %H:%M UTC").to_string()
}

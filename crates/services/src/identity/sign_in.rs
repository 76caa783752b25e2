//! Signing in with address and password. An unknown account costs the same work and gets the same answer as a wrong password.

use contracts::{
    error::ErrorCode,
    identity::{Secret, SignIn},
    permission::Permission,
};
use serde_json::json;

use super::{
    SignedIn, password,
    people::{UserRow, user_by_email},
    sessions, throttle,
};
use crate::{
    Error, OpCtx, Result,
    platform::{Elevation, SecurityEvent},
};

/// Demo accounts have addresses of this domain, which belongs to nobody (RFC 2606). Their password is public.
pub const DEMO_DOMAIN: &str = "@demo.hcts.example";

/// So many failures before a success are worth an entry.
const SUSPICIOUS_FAILURES: i32 = 3;

/// Signs a person in; the caller's earlier session ends.
///
/// # Errors
/// `wrong_credentials`, `too_many_attempts`, `account_disabled` (only to who knows the password).
pub async fn sign_in(ctx: &OpCtx, command: SignIn) -> Result<SignedIn> {
    let (email, password) = command.checked().map_err(Error::invalid)?;
    let user = prove(ctx, &email, password).await?;
    sessions::begin(ctx, user.id).await
}

/// The user whose address and password these are, counted against guessing.
pub(super) async fn prove(ctx: &OpCtx, email: &str, password: Secret) -> Result<UserRow> {
    let counted = throttle::count(ctx, email).await?;
    let address = email.to_owned();
    let user = ctx
        .elevate(Elevation::ProveIdentity)
        .read(Permission::SystemManage, async move |tx| user_by_email(tx.conn()?, &address).await)
        .await?;
    let stored = user.as_ref().and_then(|user| user.password_hash.clone());
    // the work is done either way: the answer takes as long for a demo account
    let fits = password::verify(password, stored).await? && may_sign_in(ctx, email);
    match user {
        Some(user) if fits && user.disabled_at.is_none() => {
            let before = throttle::forgive(ctx, counted).await?;
            if before >= SUSPICIOUS_FAILURES {
                report(ctx, "authn_login_successafterfail", &user, json!({ "failures": before })).await?;
            }
            Ok(user)
        }
        Some(user) => {
            let why = if fits { "disabled" } else { "password" };
            report(ctx, "authn_login_fail", &user, json!({ "cause": why })).await?;
            Err(Error::new(if fits { ErrorCode::AccountDisabled } else { ErrorCode::WrongCredentials }))
        }
        None => {
            ctx.security_event(SecurityEvent {
                kind: "authn_login_fail",
                severity: "low",
                user_id: None,
                details: json!({ "cause": "unknown" }),
            })
            .await?;
            Err(Error::new(ErrorCode::WrongCredentials))
        }
    }
}

/// Demo accounts are refused like a wrong password where they are not wanted.
fn may_sign_in(ctx: &OpCtx, email: &str) -> bool {
    ctx.platform().settings.demo_accounts || !email.ends_with(DEMO_DOMAIN)
}

async fn report(ctx: &OpCtx, kind: &'static str, user: &UserRow, details: serde_json::Value) -> Result<()> {
    ctx.security_event(SecurityEvent { kind, severity: "low", user_id: Some(user.id), details }).await
}

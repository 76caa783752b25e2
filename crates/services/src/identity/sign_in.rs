//! Signing in with address and password. An unknown account costs the same work and gets the same answer as a wrong password.

use contracts::{
    error::ErrorCode,
    identity::{Secret, SignIn},
    permission::Permission,
};
use tracing::Instrument;

use super::{
    SignedIn, password,
    people::{UserRow, claims_of},
    sessions,
    throttle::{self, Attempt},
};
use crate::{
    Error, OpCtx, Result,
    platform::{
        Elevation,
        events::{Alert, SignInFailure},
    },
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
    let (email, password) = command.parse().map_err(Error::invalid)?;
    let user = verify_credentials(ctx, &email, password).await?;
    sessions::start_session(ctx, user.id).await
}

/// Returns the user whose address and password these are; failures are counted. Runs in a task of its own, so that it ends even when the
/// client disconnects: an attempt that is never ended would count as a failure.
///
/// # Errors
/// `wrong_credentials`, `too_many_attempts`, `account_disabled`.
pub(super) async fn verify_credentials(ctx: &OpCtx, email: &str, password: Secret) -> Result<UserRow> {
    let (ctx, email) = (ctx.clone(), email.to_owned());
    tokio::spawn(async move { verify_and_record(&ctx, &email, password).await }.in_current_span()).await?
}

async fn verify_and_record(ctx: &OpCtx, email: &str, password: Secret) -> Result<UserRow> {
    let attempt = throttle::begin_attempt(ctx, email).await?;
    let (claims, found) = match compare(ctx, &attempt, email, password).await {
        Ok(compared) => compared,
        Err(error) => {
            attempt.release(ctx).await;
            return Err(error);
        }
    };
    match found.and_then(|position| claims.get(position)) {
        Some(user) if user.disabled_at.is_none() => {
            let before = attempt.record_success(ctx).await?;
            if before >= SUSPICIOUS_FAILURES {
                ctx.raise(Alert::SignedInAfterFailures { user_id: user.id, failures: before }).await?;
            }
            Ok(user.clone())
        }
        found => {
            attempt.record_failure(ctx).await?;
            let cause = match found {
                Some(_) => SignInFailure::Disabled,
                None if claims.is_empty() => SignInFailure::Unknown,
                None => SignInFailure::Password,
            };
            let user_id = found.or(claims.first()).map(|user| user.id);
            ctx.raise(Alert::SignInFailed { user_id, cause }).await?;
            let is_disabled = found.is_some();
            Err(Error::new(if is_disabled {
                ErrorCode::AccountDisabled
            } else {
                ErrorCode::WrongCredentials
            }))
        }
    }
}

/// The accounts that may be meant, and which of them the password belongs to. The work is done either way: the answer takes as long
/// for an unknown address and for a demo account.
async fn compare(
    ctx: &OpCtx,
    attempt: &Attempt,
    email: &str,
    password: Secret,
) -> Result<(Vec<UserRow>, Option<usize>)> {
    let address = email.to_owned();
    let mut claims = ctx
        .elevate(Elevation::ProveIdentity)
        .read(Permission::SystemManage, async move |tx| claims_of(tx.conn()?, &address).await)
        .await?;
    claims.retain(|user| attempt.admits(user.id) && user.password_hash.is_some());
    let stored = claims.iter().filter_map(|user| user.password_hash.clone()).collect();
    let found = password::find_match(password, stored).await?;
    Ok((claims, found.filter(|_| may_sign_in(ctx, email))))
}

/// Demo accounts are refused like a wrong password where they are not wanted.
fn may_sign_in(ctx: &OpCtx, email: &str) -> bool {
    ctx.platform().settings.demo_accounts || !email.ends_with(DEMO_DOMAIN)
}

//! SQL of letters: who is written to.

use contracts::{
    ids::{OrgId, UserId},
    permission::Level,
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{memberships, organisations, users};

use crate::platform::{Result, Tx};

/// The address of a person.
pub(super) async fn address_of(tx: &mut Tx, user_id: UserId) -> Result<String> {
    Ok(users::table.find(user_id).select(users::email).first(tx.conn()?).await?)
}

/// An organisation's name, and the addresses of its owners who can sign in.
pub(super) async fn name_and_owners(tx: &mut Tx, org_id: OrgId) -> Result<(String, Vec<String>)> {
    let name = organisations::table.find(org_id).select(organisations::name).first(tx.conn()?).await?;
    let owners = memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(memberships::org_id.eq(org_id).and(memberships::level.eq(Level::Owner)))
        .filter(memberships::removed_at.is_null().and(users::disabled_at.is_null()))
        .order(users::email)
        .select(users::email)
        .load(tx.conn()?)
        .await?;
    Ok((name, owners))
}

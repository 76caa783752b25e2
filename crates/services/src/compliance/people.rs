//! Who the people in records are.

use std::collections::BTreeMap;

use contracts::ids::UserId;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::users;

use crate::{Result, platform::Conn};

/// The sign-in addresses of these people.
pub(super) async fn addresses_of(conn: &mut Conn, people: Vec<UserId>) -> Result<BTreeMap<UserId, String>> {
    let found = users::table
        .filter(users::id.eq_any(people))
        .select((users::id, users::email))
        .load::<(UserId, String)>(conn)
        .await?;
    Ok(found.into_iter().collect())
}

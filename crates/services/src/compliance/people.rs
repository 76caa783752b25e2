//! Who the people in records are.

use std::collections::BTreeMap;

use contracts::ids::UserId;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::users;

use crate::{Result, platform::Conn};

/// How a person is named.
#[derive(Clone, Queryable)]
pub(super) struct Person {
    /// The sign-in address.
    pub(super) email: String,
    /// The name.
    pub(super) name: String,
}

/// Names and sign-in addresses of these people.
pub(super) async fn people_of(conn: &mut Conn, people: Vec<UserId>) -> Result<BTreeMap<UserId, Person>> {
    let found = users::table
        .filter(users::id.eq_any(people))
        .select((users::id, (users::email, users::name)))
        .load::<(UserId, Person)>(conn)
        .await?;
    Ok(found.into_iter().collect())
}

//! The laws of the domain as queries that return no row (`migrations/replaceable/90_laws.sql`).

use diesel::{QueryableByName, sql_types};
use diesel_async::RunQueryDsl;

use super::{Result, connect};

/// One broken law.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Breach {
    /// `I1` to `I15`.
    #[diesel(sql_type = sql_types::Text)]
    pub law: String,
    /// What broke it: an id.
    #[diesel(sql_type = sql_types::Text)]
    pub subject: String,
    /// How.
    #[diesel(sql_type = sql_types::Text)]
    pub detail: String,
}

/// Every breach in the database at `owner_url`. Laws look across all organisations, so the owner asks.
pub async fn breaches(owner_url: &str) -> Result<Vec<Breach>> {
    let mut conn = connect(owner_url).await?;
    Ok(diesel::sql_query(
        "SELECT law, coalesce(subject, '') AS subject, detail FROM laws ORDER BY law, subject LIMIT 1000",
    )
    .load(&mut conn)
    .await?)
}

/// A law that cannot be judged in this database.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct NotApplied {
    /// `I9`.
    #[diesel(sql_type = sql_types::Text)]
    pub law: String,
    /// Why, and what to do.
    #[diesel(sql_type = sql_types::Text)]
    pub reason: String,
}

/// The laws that cannot be judged in the database at `owner_url`.
pub async fn not_applied(owner_url: &str) -> Result<Vec<NotApplied>> {
    let mut conn = connect(owner_url).await?;
    Ok(diesel::sql_query("SELECT law, reason FROM laws_not_applied ORDER BY law").load(&mut conn).await?)
}

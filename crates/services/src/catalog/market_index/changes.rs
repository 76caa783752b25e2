//! The queries by which the index follows the database.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::{QueryableByName, sql_types};
use diesel_async::RunQueryDsl;
use futures::TryStreamExt;
use uuid::Uuid;

use super::index::{Index, Listing};
use crate::platform::{Conn, Prepare, Result};

#[derive(QueryableByName)]
struct Generation {
    #[diesel(sql_type = sql_types::BigInt)]
    generation: i64,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Ranked {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = sql_types::Float)]
    rank: f32,
}

#[derive(QueryableByName)]
struct ListingRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = sql_types::Timestamptz)]
    listed_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::BigInt)]
    price_minor: i64,
    #[diesel(sql_type = sql_types::Text)]
    title: String,
    #[diesel(sql_type = sql_types::Text)]
    provider_name: String,
    #[diesel(sql_type = sql_types::Array<sql_types::Text>)]
    single: Vec<String>,
    #[diesel(sql_type = sql_types::Array<sql_types::Text>)]
    chapters: Vec<String>,
    #[diesel(sql_type = sql_types::Array<sql_types::Text>)]
    blocks: Vec<String>,
    #[diesel(sql_type = sql_types::Array<sql_types::Text>)]
    codes: Vec<String>,
}

impl ListingRow {
    fn into_listing(self) -> Listing {
        let mut single = self.single.into_iter();
        Listing {
            id: self.id,
            listed_at_micros: self.listed_at.timestamp_micros(),
            price_minor: self.price_minor,
            title: self.title,
            provider_name: self.provider_name,
            values: std::array::from_fn(|_| single.next().unwrap_or_default()),
            chapters: self.chapters,
            blocks: self.blocks,
            codes: self.codes,
        }
    }
}

/// The single values stand in the order of [`super::index::SINGLE`].
const LISTINGS: &str = "
    SELECT l.service_id AS id, l.listed_at, l.base_price_minor AS price_minor, lower(l.title) AS title, l.provider_name,
           ARRAY[l.category, l.modality, l.country::text, l.city, l.provider_org_id::text, l.currency::text] AS single,
           l.chapters, l.blocks, l.code_list AS codes
    FROM market_listings l JOIN market_changes c USING (service_id) WHERE c.generation > $1";

/// Returns the number of the last change.
pub(super) async fn generation(conn: &mut Conn) -> Result<i64> {
    let last: Generation =
        diesel::sql_query("SELECT generation FROM market_state").prepared().get_result(conn).await?;
    Ok(last.generation)
}

/// Applies the changes since generation `since` to the index, or everything for `None`. [`Index::arrange`] must follow.
pub(super) async fn apply(conn: &mut Conn, since: Option<i64>, mut index: Index) -> Result<Index> {
    let mut gone = HashSet::new();
    if let Some(since) = since {
        let changed: Vec<Id> =
            diesel::sql_query("SELECT service_id AS id FROM market_changes WHERE generation > $1")
                .bind::<sql_types::BigInt, _>(since)
                .prepared()
                .load(conn)
                .await?;
        gone.extend(changed.into_iter().map(|row| row.id));
    }
    let mut fresh = Vec::new();
    let mut rows = diesel::sql_query(LISTINGS)
        .bind::<sql_types::BigInt, _>(since.unwrap_or(-1))
        .load_stream::<ListingRow>(conn)
        .await?;
    while let Some(row) = rows.try_next().await? {
        let listing = row.into_listing();
        // all of them at once would take ten times the room of what is kept of them
        if since.is_none() {
            index.add(&listing);
        } else {
            fresh.push(listing);
        }
    }
    // one that changed between the two statements is in the second alone
    gone.extend(fresh.iter().map(|listing| listing.id));
    index.remove(&gone);
    for listing in &fresh {
        index.add(listing);
    }
    Ok(index)
}

/// Returns the services that match the words.
pub(super) async fn with_words(conn: &mut Conn, tsquery: &str) -> Result<Vec<Uuid>> {
    let found: Vec<Id> =
        diesel::sql_query("SELECT l.service_id AS id FROM market_listings l WHERE l.search @@ $1::tsquery")
            .bind::<sql_types::Text, _>(tsquery)
            .prepared()
            .load(conn)
            .await?;
    Ok(found.into_iter().map(|row| row.id).collect())
}

/// Returns how well these services match the words (`ts_rank`).
pub(super) async fn ranks(conn: &mut Conn, tsquery: &str, ids: Vec<Uuid>) -> Result<Vec<(Uuid, f32)>> {
    let ranked: Vec<Ranked> = diesel::sql_query(
        "SELECT l.service_id AS id, ts_rank(l.search, $1::tsquery) AS rank FROM market_listings l WHERE l.service_id = ANY ($2)",
    )
    .bind::<sql_types::Text, _>(tsquery)
    .bind::<sql_types::Array<sql_types::Uuid>, _>(ids)
    .prepared()
    .load(conn)
    .await?;
    Ok(ranked.into_iter().map(|row| (row.id, row.rank)).collect())
}

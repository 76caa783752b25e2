//! Digests of all tables, to prove that a refused request changed nothing.

use std::collections::BTreeMap;

use contracts::ids::OrgId;
use diesel::{QueryableByName, sql_types};
use diesel_async::RunQueryDsl;

use crate::TestApp;

/// Digest of the rows of each table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<String, String>);

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = sql_types::Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Digest {
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    #[diesel(sql_type = sql_types::Text)]
    digest: String,
}

/// Tables left out: those that record every request, refused ones included, and the ICD-11 catalogue, which no request changes.
const LEFT_OUT: &str =
    "'security_events', 'sessions', 'sign_in_throttle', 'icd11_releases', 'icd11_entities'";

impl Snapshot {
    /// Returns the tables that differ.
    pub fn changed_since(&self, before: &Self) -> Vec<&str> {
        let differs = |name: &str, digest: &String| before.0.get(name) != Some(digest);
        self.0.iter().filter(|(name, digest)| differs(name, digest)).map(|(name, _)| name.as_str()).collect()
    }
}

impl TestApp {
    /// Returns the digests of all tables.
    pub async fn snapshot(&self) -> Snapshot {
        self.digests("true", "").await
    }

    /// Returns the digests of one organisation's rows, in the tables that have an `org_id`.
    pub async fn snapshot_of(&self, org_id: OrgId) -> Snapshot {
        let has_org = "EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id')";
        self.digests(has_org, &format!("WHERE t.org_id = '{org_id}'")).await
    }

    async fn digests(&self, tables: &str, rows: &str) -> Snapshot {
        let mut owner = self.database.owner().await;
        let names: Vec<Name> = diesel::sql_query(format!(
            "SELECT c.relname::text AS name FROM pg_class c
             WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ({LEFT_OUT}) AND {tables}"
        ))
        .load(&mut owner)
        .await
        .expect("tables");
        let digests: Vec<String> = names
            .iter()
            .map(|Name { name }| {
                format!("SELECT '{name}' AS name, md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), '')) AS digest FROM {name} t {rows}")
            })
            .collect();
        let digests: Vec<Digest> =
            diesel::sql_query(digests.join(" UNION ALL ")).load(&mut owner).await.expect("rows");
        Snapshot(digests.into_iter().map(|row| (row.name, row.digest)).collect())
    }
}

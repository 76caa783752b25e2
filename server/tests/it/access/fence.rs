//! The second fence: what row-level security shows and lets change when a rule above it has been forgotten.

use contracts::identity::OrganisationKind;
use diesel::{QueryableByName, sql_types};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use testkit::TestApp;

use super::world::World;

/// What is published is for everybody to read: a service that was on sale, with all that belongs to its versions.
const PUBLISHED: [&str; 6] = [
    "services",
    "service_versions",
    "service_price_steps",
    "service_codes",
    "service_components",
    "service_capacity",
];

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    /// A column the application may write; none for a table it only adds to.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    writable: Option<String>,
    #[diesel(sql_type = sql_types::Bool)]
    deletable: bool,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = sql_types::BigInt)]
    n: i64,
}

async fn tables(app: &TestApp) -> Vec<Table> {
    diesel::sql_query(
        "SELECT c.relname::text AS name, has_table_privilege('hcts_app', c.oid, 'DELETE') AS deletable,
           (SELECT min(w.attname::text) FROM pg_attribute w WHERE w.attrelid = c.oid AND w.attnum > 0 AND NOT w.attisdropped
              AND w.attgenerated = '' AND w.attidentity = '' AND has_column_privilege('hcts_app', c.oid, w.attnum, 'UPDATE')) AS writable
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id'
         WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1",
    )
    .load(&mut app.database.owner().await)
    .await
    .unwrap()
}

async fn count(conn: &mut AsyncPgConnection, sql: &str) -> i64 {
    diesel::sql_query(sql)
        .get_result::<Count>(conn)
        .await
        .unwrap_or_else(|cause| panic!("{cause} in {sql}"))
        .n
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_sees_only_what_is_published_and_changes_nothing() {
    let world = World::start().await;
    let tables = tables(&world.app).await;
    let mut filled = 0;
    for Table { name, .. } in &tables {
        let rows =
            count(&mut world.app.database.owner().await, &format!("SELECT count(*) AS n FROM {name}")).await;
        filled += usize::from(rows > 0);
    }
    assert!(filled > 20, "only {filled} tables have something to hide");
    let mut strangers = vec![String::new()];
    for kind in [OrganisationKind::Provider, OrganisationKind::Insurer, OrganisationKind::Intermediary] {
        strangers.push(world.app.organisation(kind).await.org_id.to_string());
    }
    let mut conn = AsyncPgConnection::establish(&world.app.database.app_url()).await.unwrap();
    let mut wrong = Vec::new();
    for stranger in &strangers {
        conn.batch_execute(&format!("SELECT set_config('hcts.org_id', '{stranger}', false)")).await.unwrap();
        for table in &tables {
            wrong.extend(reached(&mut conn, table, stranger).await);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let unpublished = "SELECT count(*) AS n FROM services WHERE published_version_id IS NULL";
    assert_eq!(count(&mut conn, unpublished).await, 0);
    let unpublished = "SELECT count(*) AS n FROM service_versions WHERE published_at IS NULL";
    assert_eq!(count(&mut conn, unpublished).await, 0);
    world.finish().await;
}

/// What the organisation reaches of other organisations' rows.
async fn reached(conn: &mut AsyncPgConnection, table: &Table, stranger: &str) -> Vec<String> {
    let name = &table.name;
    let foreign = format!("org_id IS DISTINCT FROM nullif('{stranger}', '')::uuid");
    let mut wrong = Vec::new();
    let seen = count(conn, &format!("SELECT count(*) AS n FROM {name} WHERE {foreign}")).await;
    if seen > 0 && !PUBLISHED.contains(&name.as_str()) {
        wrong.push(format!("{stranger:?} sees {seen} rows of {name}"));
    }
    let update =
        table.writable.iter().map(|column| format!("UPDATE {name} SET {column} = {column} WHERE {foreign}"));
    let delete = table.deletable.then(|| format!("DELETE FROM {name} WHERE {foreign}"));
    for statement in update.chain(delete) {
        let changed = diesel::sql_query(&statement).execute(conn).await;
        if !matches!(changed, Ok(0)) {
            wrong.push(format!("{stranger:?}: {changed:?} from {statement}"));
        }
    }
    wrong
}

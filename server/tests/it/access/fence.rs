//! The second fence: what row-level security shows and lets change when a rule above it has been forgotten.

use contracts::identity::OrganisationKind;
use diesel::{
    OptionalExtension, QueryableByName,
    result::{DatabaseErrorKind, Error::DatabaseError},
    sql_types,
};
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

/// Anybody leaves traces, whoever they are about.
const TRACES: [&str; 3] = ["audit_records", "security_events", "state_changes"];

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    /// A column the application may write; none for a table it only adds to.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    writable: Option<String>,
    #[diesel(sql_type = sql_types::Bool)]
    deletable: bool,
    /// The columns of a new row; none for a table the application adds nothing to.
    #[diesel(sql_type = sql_types::Array<sql_types::Text>)]
    insertable: Vec<String>,
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
              AND w.attgenerated = '' AND w.attidentity = '' AND has_column_privilege('hcts_app', c.oid, w.attnum, 'UPDATE')) AS writable,
           ARRAY(SELECT w.attname::text FROM pg_attribute w WHERE w.attrelid = c.oid AND w.attnum > 0 AND NOT w.attisdropped
             AND w.attgenerated = '' AND w.attidentity = '' AND has_column_privilege('hcts_app', c.oid, w.attnum, 'INSERT')) AS insertable
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
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for stranger in &strangers {
        conn.batch_execute(&format!("SELECT set_config('hcts.org_id', '{stranger}', false)")).await.unwrap();
        for table in &tables {
            wrong.extend(reached(&mut conn, table, stranger).await);
            for statement in forgeries(&world.app, table, stranger).await {
                tried += 1;
                wrong.extend(slipped_in(&mut conn, &statement, stranger).await);
            }
        }
    }
    assert!(tried > 80, "only {tried} rows were made up");
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

#[derive(QueryableByName)]
struct Sample {
    #[diesel(sql_type = sql_types::Text)]
    row: String,
}

/// Rows the stranger makes up after one that is there: for its organisation, and with itself as one of the other parties.
async fn forgeries(app: &TestApp, table: &Table, stranger: &str) -> Vec<String> {
    let Table { name, insertable, .. } = table;
    if insertable.is_empty() || TRACES.contains(&name.as_str()) {
        return Vec::new();
    }
    let sql = format!("SELECT to_jsonb(t)::text AS row FROM {name} t WHERE org_id IS NOT NULL LIMIT 1");
    let sample: Option<Sample> =
        diesel::sql_query(sql).get_result(&mut app.database.owner().await).await.optional().unwrap();
    let Some(Sample { row }) = sample else { return Vec::new() };
    let row = row.replace('\'', "''");
    let parties = insertable.iter().filter(|column| column.ends_with("_org_id") && !stranger.is_empty());
    let mut forged = vec![""];
    forged.extend(parties.map(String::as_str));
    forged
        .into_iter()
        .map(|party| {
            let value = |column: &String| match column.as_str() {
                "id" => "gen_random_uuid()".to_owned(),
                column if column == party => format!("'{stranger}'::uuid"),
                column => format!("r.{column}"),
            };
            let values: Vec<String> = insertable.iter().map(value).collect();
            let (columns, values) = (insertable.join(", "), values.join(", "));
            format!("INSERT INTO {name} ({columns}) SELECT {values} FROM jsonb_populate_record(NULL::{name}, '{row}') r")
        })
        .collect()
}

/// The row must stumble over a fence or over the key that ties its parties together, and over nothing else by chance.
async fn slipped_in(conn: &mut AsyncPgConnection, statement: &str, stranger: &str) -> Option<String> {
    let outcome = diesel::sql_query(statement).execute(conn).await;
    let refused = match &outcome {
        Err(DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => true,
        Err(DatabaseError(_, cause)) => cause.message().contains("row-level security policy"),
        _ => false,
    };
    (!refused).then(|| format!("{stranger:?}: {outcome:?} from {statement}"))
}

//! The second fence: what row-level security shows and lets change when a rule above it has been forgotten.

use contracts::identity::OrganisationKind;
use diesel::{
    OptionalExtension, QueryableByName,
    result::{DatabaseErrorKind, Error::DatabaseError},
    sql_types,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use testkit::{TestApp, TestDb};

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
            wrong.extend(find_reached_rows(&mut conn, table, stranger).await);
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
async fn find_reached_rows(conn: &mut AsyncPgConnection, table: &Table, stranger: &str) -> Vec<String> {
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

/// Tables that everybody may read whole, each with the reason. The application writes to none of them.
const OPEN: [(&str, &str); 11] = [
    ("__diesel_schema_migrations", "the console names the migrations that ran"),
    ("database_origin", "the owner's alone"),
    ("icd11_entities", "WHO's catalogue"),
    ("icd11_releases", "WHO's catalogue"),
    ("market_changes", "numbers of what is on the market"),
    ("market_listings", "what is on the market"),
    ("market_state", "the last of these numbers"),
    ("market_words", "the words of what is on the market"),
    ("replaced_files", "the owner's alone"),
    ("signing_keys", "public keys, which verifiers load"),
    ("state_transitions", "which moves there are"),
];

#[derive(QueryableByName)]
struct Fence {
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    #[diesel(sql_type = sql_types::Bool)]
    is_fenced: bool,
    #[diesel(sql_type = sql_types::Bool)]
    is_writable: bool,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_is_fenced_or_open_for_a_reason_and_written_by_the_owner_alone() {
    let database = TestDb::start().await;
    let tables: Vec<Fence> = diesel::sql_query(
        "SELECT c.relname::text AS name, c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS is_fenced,
           has_any_column_privilege('hcts_app', c.oid, 'INSERT, UPDATE') OR has_table_privilege('hcts_app', c.oid, 'DELETE, TRUNCATE') AS is_writable
         FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1",
    )
    .load(&mut database.owner().await)
    .await
    .unwrap();
    let unfenced: Vec<&str> =
        tables.iter().filter(|table| !table.is_fenced).map(|table| table.name.as_str()).collect();
    assert_eq!(unfenced, OPEN.map(|(name, _)| name), "row-level security and a policy, or a reason");
    let writable: Vec<&str> = tables
        .iter()
        .filter(|table| !table.is_fenced && table.is_writable)
        .map(|table| table.name.as_str())
        .collect();
    assert_eq!(writable, [""; 0], "open to all and written by the application");
}

/// Something to reach for in every table that belongs to nobody.
const PLANTED: &str = "
    INSERT INTO outbox (id, topic, payload) VALUES (gen_random_uuid(), 'testkit.planted', '{}');
    INSERT INTO sign_in_throttle (key_hash, failures, window_started_at) VALUES (sha256('somebody'), 1, now());
    INSERT INTO log_queue (log_entry_id) SELECT id FROM log_entries LIMIT 1 ON CONFLICT DO NOTHING;
    UPDATE users SET password_hash = 'a hash', password_changed_at = now();
    INSERT INTO market_words (word, listings) VALUES ('knee', 1);";

/// What an organisation would like to do with rights that are not its own. `{me}` is the person and `{org}` the organisation.
const REACHED_FOR: [&str; 33] = [
    "SELECT FROM users WHERE id <> '{me}'",
    "SELECT password_hash FROM users",
    "SELECT FROM users u WHERE u.id <> '{me}' AND password_hash_of(u.id) IS NOT NULL",
    "UPDATE users SET password_hash = 'mine' WHERE id <> '{me}'",
    "UPDATE users SET disabled_at = now()",
    "INSERT INTO users (id, email, name) VALUES (gen_random_uuid(), 'planted@example.org', 'Planted')",
    "UPDATE organisations SET status = 'verified', verified_at = now()",
    "UPDATE organisations SET status = 'verified', verified_at = now() WHERE id = '{org}'",
    "UPDATE organisations SET kind = 'platform' WHERE id = '{org}'",
    "UPDATE organisations SET name = 'Charité' WHERE id = '{org}' AND status = 'verified'",
    "INSERT INTO role_permissions (role, level, permission) VALUES ('insurance', 'owner', 'system.manage')",
    "DELETE FROM role_permissions",
    "UPDATE market_listings SET base_price_minor = 1",
    "DELETE FROM market_listings",
    "UPDATE market_words SET listings = 0",
    "UPDATE market_state SET generation = 0",
    "DELETE FROM market_changes",
    "UPDATE certificates SET status = 'redeemed', redeemed_at = now(), redeemed_by = '{me}' WHERE org_id = '{org}'",
    "UPDATE certificates SET status = 'revoked', status_reason = 'mine' WHERE seller_org_id = '{org}'",
    "UPDATE certificates SET status = 'redeemed', redeemed_at = now() WHERE seller_org_id = '{org}'",
    "INSERT INTO certificate_events (id, org_id, seller_org_id, certificate_id, kind)
     SELECT gen_random_uuid(), org_id, seller_org_id, id, 'revoked' FROM certificates",
    "UPDATE payments SET captured_minor = amount_minor, authorised_minor = amount_minor",
    "UPDATE payments SET refunded_minor = captured_minor",
    "UPDATE purchases SET status = 'paid' WHERE org_id = '{org}'",
    "INSERT INTO ledger_transfers (id, kind) VALUES (gen_random_uuid(), 'payout')",
    "INSERT INTO ledger_entries (transfer_id, account_id, org_id, currency, side, amount_minor)
     SELECT transfer_id, account_id, org_id, currency, side, 1 FROM ledger_entries",
    "SELECT FROM outbox",
    "UPDATE outbox SET done_at = now()",
    "SELECT FROM sign_in_throttle",
    "DELETE FROM sign_in_throttle",
    "DELETE FROM log_queue",
    "INSERT INTO log_leaves (leaf_index, log_entry_id, leaf_hash) VALUES (99, gen_random_uuid(), sha256('leaf'))",
    "INSERT INTO log_checkpoints (tree_size, root_hash, signed_note) VALUES (99, sha256('root'), 'note')",
];

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_cannot_reach_past_itself_whatever_it_asks_the_database() {
    let app = TestApp::start().await;
    let trade = crate::certificates::trade(&app, 1).await;
    let newcomer = app.unverified(OrganisationKind::Insurer).await;
    app.database.owner().await.batch_execute(PLANTED).await.unwrap();
    let mut conn = AsyncPgConnection::establish(&app.database.app_url()).await.unwrap();
    let mut reached = Vec::new();
    for member in [&trade.buyer, &trade.seller, &newcomer] {
        let (me, org) = (member.user_id.to_string(), member.org_id.to_string());
        for statement in REACHED_FOR {
            let statement = statement.replace("{me}", &me).replace("{org}", &org);
            let caller = format!(
                "BEGIN; SELECT set_config('hcts.org_id', '{org}', true), set_config('hcts.actor_id', '{me}', true),
                 set_config('hcts.scope', '', true)"
            );
            conn.batch_execute(&caller).await.unwrap();
            let outcome = diesel::sql_query(&statement).execute(&mut conn).await;
            let is_refused = match &outcome {
                Ok(rows) => *rows == 0,
                Err(DatabaseError(_, cause)) => {
                    let said = cause.message();
                    said.contains("permission denied")
                        || said.contains("row-level security policy")
                        || cause.constraint_name() == Some("organisation_facts")
                }
                Err(_) => false,
            };
            if !is_refused {
                reached.push(format!("{} {statement}: {outcome:?}", member.email));
            }
            conn.batch_execute("ROLLBACK").await.unwrap();
        }
    }
    assert!(reached.is_empty(), "{reached:#?}");
}

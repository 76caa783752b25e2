//! The rules of the house, read from its sources and its database: whoever breaks one is told here.

mod events;
mod formats;
mod inputs;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use contracts::states::{
    CertificateStatus, OrganisationStatus, PaymentStatus, PurchaseStatus, ServiceStatus, StateMachine,
    TransactionStatus,
};
use diesel::{QueryableByName, sql_types};
use diesel_async::RunQueryDsl;
use http::{Method, StatusCode};
use serde_json::Value;
use testkit::{TestApp, TestDb};

/// From left to right: a domain calls only to its left.
const LADDER: &[&str] = &[
    "platform",
    "views",
    "identity",
    "catalog",
    "cart",
    "payments",
    "orders",
    "certificates",
    "settlement",
    "compliance",
    "analytics",
    "search",
    "mail",
];

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(crate) fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The first names behind `crate::` in a source, wherever in a line they stand and also within braces: `crate::{orders, mail::Letter}` names two.
fn crate_names(source: &str) -> BTreeSet<String> {
    let code: String =
        source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let name_at = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            names.insert(name_at(rest));
            continue;
        };
        let mut depth = 0_u32;
        let mut starts = vec![0];
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => starts.push(at + 1),
                _ => {}
            }
        }
        names.extend(starts.into_iter().map(|start| name_at(&group[start..])));
    }
    names
}

#[test]
fn names_behind_crate_are_found_wherever_they_stand() {
    let source = "use crate::{\n    catalog::{self, market_index::Index}, orders, platform::{Error, OpCtx},\n    mail,\n};\n\
                  fn pay() { crate::settlement::apply(); } // crate::analytics\nuse crate::views;";
    let names: Vec<String> = crate_names(source).into_iter().filter(|name| !name.is_empty()).collect();
    assert_eq!(names, ["catalog", "mail", "orders", "platform", "settlement", "views"]);
}

#[test]
fn domains_call_only_to_their_left() {
    let services = root().join("crates/services/src");
    let mut breaches = Vec::new();
    for (rung, domain) in LADDER.iter().enumerate() {
        let single = services.join(format!("{domain}.rs"));
        let files = if single.exists() { vec![single] } else { sources(&services.join(domain)) };
        assert!(!files.is_empty(), "{domain} has sources");
        for file in files {
            let names = crate_names(&fs::read_to_string(&file).unwrap());
            let right = LADDER[rung + 1..].iter().filter(|right| names.contains(**right));
            breaches.extend(right.map(|right| format!("{} calls {right}", file.display())));
        }
    }
    assert!(breaches.is_empty(), "{breaches:#?}");
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = sql_types::Text)]
    table_name: String,
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    #[diesel(sql_type = sql_types::Text)]
    type_name: String,
    #[diesel(sql_type = sql_types::Bool)]
    nullable: bool,
}

/// What Diesel calls PostgreSQL's types; none for those that only SQL touches.
fn diesel_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "uuid" => "Uuid",
        "text" => "Text",
        "bpchar" => "Bpchar",
        "timestamptz" => "Timestamptz",
        "int2" => "Int2",
        "int4" => "Int4",
        "int8" => "Int8",
        "bool" => "Bool",
        "bytea" => "Bytea",
        "jsonb" => "Jsonb",
        "_text" => "Array<Text>",
        "tsvector" | "xid8" => return None,
        other => panic!("schema.rs has no word for {other}"),
    })
}

fn declared_columns() -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(root().join("crates/schema/src/schema.rs")).unwrap();
    let mut tables = BTreeMap::new();
    for block in text.split("diesel::table! {").skip(1) {
        let (head, rest) = block.split_once('{').unwrap();
        let table = head.split_whitespace().next().unwrap().to_owned();
        let body = rest.split_once('}').unwrap().0;
        tables.insert(
            table,
            body.lines()
                .map(|line| line.trim().trim_end_matches(',').to_owned())
                .filter(|line| !line.is_empty())
                .collect(),
        );
    }
    tables
}

#[tokio::test(flavor = "multi_thread")]
async fn schema_rs_is_the_database() {
    let database = TestDb::start().await;
    let columns: Vec<Column> = diesel::sql_query(
        "SELECT c.relname::text AS table_name, a.attname::text AS name, t.typname::text AS type_name, NOT a.attnotnull AS nullable
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
         WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> '__diesel_schema_migrations'
           AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum",
    )
    .load(&mut database.owner().await)
    .await
    .unwrap();
    let mut actual: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for column in columns {
        let Some(kind) = diesel_type(&column.type_name) else { continue };
        let kind = if column.nullable { format!("Nullable<{kind}>") } else { kind.to_owned() };
        actual.entry(column.table_name).or_default().push(format!("{} -> {kind}", column.name));
    }
    assert_eq!(actual, declared_columns());
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = sql_types::Text)]
    name: String,
}

async fn names(database: &TestDb, query: &str) -> BTreeSet<String> {
    let rows: Vec<Name> = diesel::sql_query(query).load(&mut database.owner().await).await.unwrap();
    rows.into_iter().map(|row| row.name).collect()
}

fn moves<S: StateMachine + std::fmt::Display>() -> Vec<String> {
    let initial = S::INITIAL.iter().map(|state| format!("{}:>{state}", S::MACHINE));
    initial.chain(S::TRANSITIONS.iter().map(|(from, to)| format!("{}:{from}>{to}", S::MACHINE))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn code_and_database_know_the_same_transitions() {
    let database = TestDb::start().await;
    let in_code: BTreeSet<String> = [
        moves::<OrganisationStatus>(),
        moves::<ServiceStatus>(),
        moves::<PurchaseStatus>(),
        moves::<TransactionStatus>(),
        moves::<PaymentStatus>(),
        moves::<CertificateStatus>(),
    ]
    .concat()
    .into_iter()
    .collect();
    let in_database = names(
        &database,
        "SELECT machine || ':' || from_state || '>' || to_state AS name FROM state_transitions",
    )
    .await;
    assert_eq!(in_code, in_database);
}

#[tokio::test(flavor = "multi_thread")]
async fn code_and_database_know_the_same_open_payments() {
    let database = TestDb::start().await;
    let open: Vec<String> = PaymentStatus::ALL
        .iter()
        .filter(|status| status.is_open())
        .map(|status| format!("'{status}'::text"))
        .collect();
    let indexed =
        names(&database, "SELECT indexdef AS name FROM pg_indexes WHERE indexname = 'payments_unsettled'")
            .await;
    let list = format!("ARRAY[{}]", open.join(", "));
    assert!(indexed.iter().any(|index| index.contains(&list)), "{list} in {indexed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_point_at_people_say_so() {
    let database = TestDb::start().await;
    let silent = names(
        &database,
        "SELECT a.attrelid::regclass || '.' || a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
         WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
           AND (a.attname IN ('user_id', 'actor_user_id', 'on_behalf_of', 'place', 'redeemed_place')
                -- the reason of a bulk item is a code
                OR a.attname IN ('reason', 'status_reason') AND c.relname <> 'service_bulk_items'
                OR EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.confrelid = 'users'::regclass AND a.attnum = ANY (k.conkey)))
           AND coalesce(col_description(c.oid, a.attnum), '') NOT LIKE 'personal data: %'",
    )
    .await;
    assert_eq!(silent, BTreeSet::new(), "a comment that starts with 'personal data: '");
}

#[tokio::test(flavor = "multi_thread")]
async fn tenant_tables_are_fenced_and_the_application_owns_nothing() {
    let database = TestDb::start().await;
    let unfenced = names(
        &database,
        "SELECT c.relname::text AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id'
         WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
           AND (NOT c.relrowsecurity OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
                OR NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND a.attnum = i.indkey[0]))",
    )
    .await;
    assert_eq!(
        unfenced,
        BTreeSet::new(),
        "row-level security, a policy and an index that starts with org_id"
    );
    let owned = names(&database, "SELECT c.relname::text AS name FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'hcts_app'").await;
    assert_eq!(owned, BTreeSet::new());
    let powers = names(
        &database,
        "SELECT rolname::text AS name FROM pg_roles WHERE rolname = 'hcts_app' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)",
    )
    .await;
    assert_eq!(powers, BTreeSet::new());
}

/// Tables the application adds rows to and whose rows an owner may take out again, each with the reason.
const ADDED_TO_AND_TAKEN_OUT: [(&str, &str); 2] = [
    ("organisation_reasons", "the words may name a person, who can ask for their erasure"),
    ("ledger_accounts", "an account records nothing; its entries do"),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_cannot_be_rewritten() {
    let database = TestDb::start().await;
    let guarded = names(
        &database,
        "SELECT g.tgrelid::regclass::text AS name FROM pg_trigger g WHERE g.tgname = 'append_only' AND g.tgenabled = 'O'
           -- before update, delete and truncate, for the statement
           AND g.tgtype = 2 | 8 | 16 | 32",
    )
    .await;
    let listed = fs::read_to_string(root().join("migrations/replaceable/20_append_only.sql")).unwrap();
    let listed = listed.split_once("ARRAY[").unwrap().1.split_once(']').unwrap().0;
    let listed: BTreeSet<String> =
        listed.split(',').map(|name| name.trim().trim_matches('\'').to_owned()).collect();
    assert_eq!(guarded, listed, "the trigger stands where the list says");
    let rewritable = names(
        &database,
        "SELECT g.tgrelid::regclass::text AS name FROM pg_trigger g WHERE g.tgname = 'append_only'
         AND (has_any_column_privilege('hcts_app', g.tgrelid, 'UPDATE') OR has_table_privilege('hcts_app', g.tgrelid, 'DELETE')
              OR has_table_privilege('hcts_app', g.tgrelid, 'TRUNCATE'))",
    )
    .await;
    assert_eq!(rewritable, BTreeSet::new());
    let mut only_added_to = names(
        &database,
        "SELECT c.oid::regclass::text AS name FROM pg_class c
         WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
           AND has_any_column_privilege('hcts_app', c.oid, 'INSERT') AND NOT has_any_column_privilege('hcts_app', c.oid, 'UPDATE')
           AND NOT has_table_privilege('hcts_app', c.oid, 'DELETE')",
    )
    .await;
    for (name, reason) in ADDED_TO_AND_TAKEN_OUT {
        assert!(only_added_to.remove(name), "{name} needs no exception: {reason}");
    }
    assert_eq!(only_added_to, guarded, "what the application only adds to stays as it was added");
    assert!(guarded.len() >= 17, "{guarded:?}");
}

#[test]
fn nothing_of_the_server_reaches_the_browser() {
    let output = std::process::Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package",
            "frontend",
            "--target",
            "wasm32-unknown-unknown",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8_lossy(&output.stdout);
    let crates: BTreeSet<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(crates.contains("app"), "the list is of the browser's crates");
    for server_only in
        ["axum", "tokio", "diesel", "diesel-async", "hyper", "services", "schema", "server", "argon2"]
    {
        assert!(!crates.contains(server_only), "{server_only} is in the browser's bundle");
    }
}

/// What the browser sends by itself says for whom its page was made, but where nothing is done in anybody's name: signing out, and
/// the public check.
#[test]
fn a_form_says_for_whom_its_page_was_made() {
    for file in sources(&root().join("app/src")) {
        let text = fs::read_to_string(&file).unwrap();
        let forms = text.lines().filter(|line| line.contains("<form") && line.contains("method=\"post\""));
        let silent = |line: &&str| line.contains("SIGN_OUT") || line.contains("action=\"/check\"");
        let forms = forms.filter(|line| !silent(line)).count();
        let said = text.matches("<MadeForField/>").count() + text.matches("name=\"made_for\"").count();
        assert_eq!(forms, said, "{} has a form without <MadeForField/>", file.display());
    }
}

/// A GET passes the cross-site defence and may be repeated by anybody: a page loads data by POST like it changes data.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_function_is_reached_by_post_alone() {
    let app = TestApp::start().await;
    let functions: Vec<_> = server_fn::axum::server_fn_paths().collect();
    assert!(functions.len() > 50, "the functions are linked in");
    for (path, method) in functions {
        assert_eq!(method, Method::POST, "{path} is encoded as {method}");
        for door in [path, &format!("{path}?id=1")] {
            assert_eq!(app.get(door).await.status(), StatusCode::METHOD_NOT_ALLOWED, "{door}");
        }
    }
}

/// Declared dependency of the workspace: whose, and how far.
struct Declared {
    package: String,
    name: String,
    optional: bool,
}

/// What each package of ours declares, but for its tests.
fn load_dependencies() -> Vec<Declared> {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let of_package = |package: &Value| -> Vec<Declared> {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        dependencies
            .filter(|one| one["kind"].is_null())
            .map(|one| Declared {
                package: package["name"].as_str().unwrap().to_owned(),
                name: one["name"].as_str().unwrap().to_owned(),
                optional: one["optional"].as_bool().unwrap(),
            })
            .collect()
    };
    metadata["packages"].as_array().unwrap().iter().flat_map(of_package).collect()
}

const OURS: &[&str] = &[
    "app",
    "certificate",
    "contracts",
    "frontend",
    "icd11",
    "sandbox-gateway",
    "schema",
    "server",
    "services",
    "testkit",
    "tlog",
];
const WEB: &[&str] =
    &["axum", "axum-extra", "http", "hyper", "leptos", "leptos_axum", "leptos_router", "tower", "tower-http"];

/// Room, the rooms it may depend on, and what never enters it.
const ROOMS: [(&str, &[&str], &[&str]); 9] = [
    ("contracts", &[], &["tokio", "diesel-async", "reqwest"]),
    ("schema", &[], &["diesel-async"]),
    ("services", &["contracts", "schema", "certificate", "icd11", "tlog"], WEB),
    ("app", &["contracts", "services"], &["diesel", "diesel-async", "tokio", "reqwest"]),
    ("frontend", &["app"], &["server_fn", "gloo-net"]),
    ("server", &["app", "contracts", "services", "icd11", "sandbox-gateway"], &["testkit"]),
    ("certificate", &["icd11"], &["tokio", "diesel", "reqwest"]),
    ("tlog", &[], &["tokio", "diesel", "reqwest"]),
    ("icd11", &[], &["tokio", "diesel", "reqwest"]),
];

#[test]
fn a_room_depends_on_what_it_may_depend_on() {
    let declared = load_dependencies();
    let mut breaches = Vec::new();
    for (room, may, never) in ROOMS {
        let of_room: Vec<&Declared> = declared.iter().filter(|one| one.package == room).collect();
        assert!(!of_room.is_empty(), "{room} is a package");
        for one in of_room {
            let name = one.name.as_str();
            let is_web = room == "contracts" && WEB.contains(&name);
            if never.contains(&name) || is_web || OURS.contains(&name) && !may.contains(&name) {
                breaches.push(format!("{room} depends on {name}"));
            }
        }
    }
    // what is carried for one door only is behind its feature
    for (room, optional) in [
        ("contracts", &["diesel", "unicode-normalization", "unicode-properties", "utoipa"][..]),
        ("app", &["axum", "http", "leptos_axum", "services", "web-sys", "gloo-net"]),
    ] {
        let carried = |one: &&Declared| one.package == room && optional.contains(&one.name.as_str());
        for one in declared.iter().filter(carried).filter(|one| !one.optional) {
            breaches.push(format!("{room} always carries {}", one.name));
        }
    }
    let beside_diesel =
        declared.iter().filter(|one| one.package == "schema" && one.name != "diesel").map(|one| &one.name);
    breaches.extend(beside_diesel.map(|name| format!("schema depends on {name}")));
    assert!(breaches.is_empty(), "{breaches:#?}");
}

#[test]
fn services_read_no_environment_and_answer_no_status() {
    // the client of the payment provider reads the statuses of an outside system
    const CLIENT: &str = "payments/gateways/sandbox.rs";
    let mut breaches = Vec::new();
    for file in sources(&root().join("crates/services/src")) {
        let text = fs::read_to_string(&file).unwrap();
        for word in ["env::var", "StatusCode"] {
            if text.contains(word) && !file.ends_with(CLIENT) {
                breaches.push(format!("{} has {word}", file.display()));
            }
        }
    }
    assert!(breaches.is_empty(), "{breaches:#?}");
}

/// Maximum length of the body of a door, in lines: what is longer is a rule in the wrong room.
const MAX_DOOR_LINES: usize = 6;

/// The functions that stand at the margin below a line that starts with one of `marks`, each with the lines of its body.
fn marked_functions(text: &str, marks: &[&str]) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut marked = false;
    for (place, line) in lines.iter().enumerate() {
        marked |= marks.iter().any(|mark| line.starts_with(mark));
        let head = line.trim_start_matches("pub ").trim_start_matches("pub(super) ");
        let Some(rest) = head.strip_prefix("async fn ").or_else(|| head.strip_prefix("fn ")) else {
            continue;
        };
        if !std::mem::take(&mut marked) {
            continue;
        }
        let name = rest.split(['(', '<']).next().unwrap_or_default().to_owned();
        let body = lines[place..].iter().skip_while(|line| !line.ends_with('{')).skip(1);
        let length = body.take_while(|line| **line != "}").filter(|line| !line.trim().is_empty()).count();
        found.push((name, length));
    }
    found
}

/// The functions at the margin of a file of doors that are no door: they stand below no mark and no route leads to them.
fn helpers_in(text: &str, marks: &[&str]) -> Vec<String> {
    let doors: BTreeSet<String> = marked_functions(text, marks).into_iter().map(|(name, _)| name).collect();
    let all = marked_functions(text, &[""]).into_iter().map(|(name, _)| name);
    let is_routed =
        |name: &str| ["get", "post"].iter().any(|verb| text.contains(&format!(" {verb}({name})")));
    all.filter(|name| !doors.contains(name) && !name.ends_with("router") && !is_routed(name)).collect()
}

#[test]
fn helpers_among_doors_are_found() {
    let text = "#[server(x)]\npub async fn buy() {\n}\nfn price_of() {\n}\nfn router() {\n .route(\"/a\", get(log))\n}\nasync fn log() {\n}";
    assert_eq!(helpers_in(text, &["#[server"]), ["price_of"]);
}

#[test]
fn a_door_parses_calls_and_maps() {
    let mut doors = Vec::new();
    let mut helpers = Vec::new();
    for (folder, marks) in
        [("server/src/rest", &["#[utoipa::path("][..]), ("app/src", &["#[server", "#[leptos::server"])]
    {
        for file in sources(&root().join(folder)) {
            let text = fs::read_to_string(&file).unwrap();
            let found = marked_functions(&text, marks);
            let is_of_doors = !found.is_empty() && (folder == "server/src/rest" || file.ends_with("rpc.rs"));
            if is_of_doors {
                helpers.extend(helpers_in(&text, marks).into_iter().map(|name| (file.clone(), name)));
            }
            doors.extend(found);
        }
    }
    assert!(doors.len() > 60, "the doors are found: {}", doors.len());
    let long: Vec<_> = doors.iter().filter(|(_, lines)| *lines > MAX_DOOR_LINES).collect();
    assert!(long.is_empty(), "rules in a door: {long:?}");
    assert!(helpers.is_empty(), "rules beside the doors: {helpers:?}");
}

#[test]
fn every_cell_of_a_table_names_its_column() {
    let silent: Vec<String> = sources(&root().join("app/src"))
        .into_iter()
        .filter_map(|file| fs::read_to_string(&file).ok().map(|text| (file, text)))
        .flat_map(|(file, text)| {
            let cells = text.split("<td").skip(1).filter(|cell| cell.starts_with([' ', '>', '\n']));
            let unnamed =
                cells.filter(|cell| !cell.split('>').next().unwrap_or_default().contains("data-label="));
            unnamed
                .map(|cell| format!("{}: {}", file.display(), &cell[..cell.len().min(40)]))
                .collect::<Vec<_>>()
        })
        .filter(|cell| !cell.contains("ui/table.rs"))
        .collect();
    assert!(silent.is_empty(), "a card shows the name above the cell (`data-label`): {silent:#?}");
}

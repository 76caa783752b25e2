//! Facts are told as events: nothing but `platform/events` adds rows to the tables that tell of them.

use std::fs;

use super::{root, sources};

/// Tables that events are stored in.
const TABLES: [&str; 3] = ["audit_records", "security_events", "outbox"];
/// Files that add rows all the same, each with the reason.
const EXCEPTIONS: [(&str, &str); 2] = [
    ("certificates/keys.rs", "the owner of the database registers keys, on a connection without a caller"),
    ("catalog/icd11.rs", "the owner of the database imports codes, on a connection without a caller"),
];
/// Functions that took these names as texts before there were events.
const FORMER: [&str; 6] = [
    ".audit(",
    ".audit_for(",
    ".publish(",
    ".security_event(",
    ".security_event_once(",
    ".security_event_rarely(",
];

/// Returns the breaches of one source: each table it adds rows to, and each former function it calls.
fn breaches_in(source: &str) -> Vec<String> {
    let code: String =
        source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join(" ");
    let code = code.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let adds_to = |table: &str| {
        let through_diesel = code.split("insert_into(").skip(1).any(|rest| {
            let target = rest.split([')', ',']).next().unwrap_or_default().trim();
            target.trim_end_matches("::table").rsplit("::").next() == Some(table)
        });
        let as_row = code.split("#[derive(").skip(1).any(|rest| {
            let head = rest.split("struct ").next().unwrap_or_default();
            head.contains("insertable") && head.contains(&format!("table_name = {table}"))
        });
        let in_sql = code.split("insert into ").skip(1).any(|rest| {
            let target: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            target == table
        });
        through_diesel || as_row || in_sql
    };
    let added = TABLES.iter().filter(|table| adds_to(table)).map(|table| format!("adds to {table}"));
    let called = FORMER.iter().filter(|name| code.contains(**name)).map(|name| format!("calls {name}"));
    added.chain(called).collect()
}

#[test]
fn a_row_added_beside_the_events_is_found() {
    for planted in [
        "diesel::insert_into(audit_records::table).values(row)",
        "diesel::insert_into(\n    schema::audit_records::table,\n).values(row)",
        "#[derive(Insertable)]\n#[diesel(table_name = audit_records)]\nstruct AuditRow { id: Uuid }",
        "diesel::sql_query(\"INSERT INTO audit_records (id) VALUES ($1)\")",
    ] {
        assert_eq!(breaches_in(planted), ["adds to audit_records"], "{planted}");
    }
    assert_eq!(breaches_in("insert_into(outbox::table)"), ["adds to outbox"]);
    assert_eq!(breaches_in("insert_into(security_events::table)"), ["adds to security_events"]);
    assert_eq!(breaches_in("tx.audit(\"orders.purchase_placed\", id)"), ["calls .audit("]);
    for harmless in [
        "diesel::insert_into(purchases::table) // not insert_into(outbox::table)",
        "diesel::update(outbox::table.find(id))",
        "\"SELECT id FROM audit_records\"",
        "#[derive(QueryableByName)]\n#[diesel(table_name = audit_records)]\nstruct AuditRow { id: Uuid }",
        "tx.emit(OrdersEvent::PurchasePlaced { purchase_id })",
    ] {
        assert!(breaches_in(harmless).is_empty(), "{harmless}");
    }
}

#[test]
fn services_tell_facts_as_events() {
    let services = root().join("crates/services/src");
    let mut breaches = Vec::new();
    let mut excepted = 0;
    for file in sources(&services) {
        if file.starts_with(services.join("platform/events")) {
            continue;
        }
        let found = breaches_in(&fs::read_to_string(&file).unwrap());
        if EXCEPTIONS.iter().any(|(name, _)| file.ends_with(name)) {
            excepted += usize::from(!found.is_empty());
            continue;
        }
        breaches.extend(found.into_iter().map(|breach| format!("{} {breach}", file.display())));
    }
    assert!(breaches.is_empty(), "tx.emit(event) tells a fact: {breaches:#?}");
    assert_eq!(excepted, EXCEPTIONS.len(), "each exception is needed");
}

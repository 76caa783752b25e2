//! The access table: every door, tried by everybody who should not pass it and by those who should.

mod drive;
mod fence;
mod made_for;
pub(crate) mod table;
mod world;
mod wrong_input;

use std::{collections::BTreeSet, fs};

use crate::house_rules::{root, sources};

/// Every documented operation and every server function.
fn doors() -> BTreeSet<String> {
    let document = serde_json::to_value(server::rest::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    let functions = server_fn::axum::server_fn_paths().map(|(path, method)| format!("{method} {path}"));
    operations.chain(functions).collect()
}

/// Every address that is routed by hand: none of them is documented, and none is a server function.
fn addresses() -> BTreeSet<String> {
    let texts = sources(&root().join("server/src")).into_iter().map(|file| fs::read_to_string(file).unwrap());
    let mut found = BTreeSet::new();
    for text in texts {
        let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
        for route in shipped.split(".route(\"").skip(1) {
            let (path, handler) = route.split_once("\", ").unwrap();
            let method = if handler.starts_with("get(") { "GET" } else { "POST" };
            found.insert(format!("{method} {}", path.replace("{*", "{")));
        }
    }
    // its functions have a row each
    assert!(found.remove("POST /rpc/{function}"), "routes are found: {found:?}");
    found
}

#[test]
fn every_door_has_its_row() {
    let rows: Vec<String> =
        table::sections().into_iter().flat_map(table::section).map(|row| row.door).collect();
    let known: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(known.len(), rows.len(), "a door has two rows");
    let doors: BTreeSet<String> = doors().union(&addresses()).cloned().collect();
    let missing: Vec<&String> = doors.difference(&known).collect();
    let stale: Vec<&String> = known.difference(&doors).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "server/tests/it/access/table.md lacks a row for {missing:#?} and has one without a door for {stale:#?}"
    );
    assert_eq!(
        table::sections(),
        ["Identity", "Views", "Catalog", "Trade", "Certificates", "Console", "Addresses"],
        "a section nobody drives"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn identity_opens_for_those_it_should() {
    drive::section("Identity").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn saved_views_open_for_those_they_should() {
    drive::section("Views").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalog_opens_for_those_it_should() {
    drive::section("Catalog").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trade_opens_for_those_it_should() {
    drive::section("Trade").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_open_for_those_they_should() {
    drive::section("Certificates").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_opens_for_those_it_should() {
    drive::section("Console").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_addresses_open_for_those_they_should() {
    drive::section("Addresses").await;
}

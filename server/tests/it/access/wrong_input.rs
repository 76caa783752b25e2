//! The table of wrong input beside this file, driven.

use std::collections::BTreeSet;

use contracts::{identity::OrganisationKind, permission::Level};
use http::StatusCode;
use serde_json::Value;

use super::{addresses, doors, drive::Ask, table, world::World};

const TABLE: &str = include_str!("wrong_input.md");

/// Doors that change something without being told anything or by a button of the frame alone, and the one that only the
/// provider's signature opens.
const NOTHING_TO_SAY: [&str; 6] = [
    "POST /rpc/cart_clear",
    "POST /rpc/cart_confirm_changes",
    "POST /rpc/sessions_end_others",
    "POST /api/payments/webhook",
    "GET /api/account/records/export",
    "POST /sign-out",
];

struct Wrong<'a> {
    door: &'a str,
    who: &'a str,
    request: &'a str,
    fields: BTreeSet<String>,
}

fn rows() -> Vec<Wrong<'static>> {
    let lines = TABLE.lines().filter(|line| line.starts_with("| POST ") || line.starts_with("| GET "));
    lines.map(read).collect()
}

fn read(line: &str) -> Wrong<'_> {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [door, who, request, fields] = cells[..] else { panic!("four cells: {line}") };
    let fields = fields.split_whitespace().filter(|field| *field != "-").map(ToOwned::to_owned).collect();
    Wrong { door, who, request, fields }
}

impl World {
    fn cookie_of(&self, who: &str) -> Option<&str> {
        match who {
            "visitor" => None,
            "newcomer" => Some(&self.newcomer.cookie),
            kind => {
                let kind: OrganisationKind = kind.parse().unwrap();
                let owner = |one: &&super::world::Caller| one.kind == kind && one.level == Level::Owner;
                Some(&self.members.iter().find(owner).unwrap().cookie)
            }
        }
    }
}

#[test]
fn every_door_that_writes_is_tried_with_wrong_input() {
    let tried: BTreeSet<&str> = rows().into_iter().map(|row| row.door).collect();
    let written = table::sections().into_iter().flat_map(table::section).filter(|row| row.writes);
    let missing: Vec<String> = written
        .map(|row| row.door)
        .filter(|door| !tried.contains(door.as_str()) && !NOTHING_TO_SAY.contains(&door.as_str()))
        .collect();
    assert!(missing.is_empty(), "server/tests/it/access/wrong_input.md lacks a row for {missing:#?}");
    let doors = &doors() | &addresses();
    let stale: Vec<&&str> = tried.iter().filter(|door| !doors.contains(**door)).collect();
    assert!(stale.is_empty(), "no such door: {stale:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_input_is_named_and_writes_nothing() {
    let world = World::start().await;
    let before = world.app.snapshot().await;
    let mut wrong = Vec::new();
    for row in rows() {
        let (door, request) = (row.door, row.request);
        let answer = world.send(&world.ask(door, request), world.cookie_of(row.who), "same-origin").await;
        let text = answer.text();
        let told: Value = serde_json::from_str(&text).unwrap_or_default();
        let named: BTreeSet<String> =
            told["fields"].as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default();
        let fits = answer.status() == StatusCode::UNPROCESSABLE_ENTITY && told["code"] == "invalid_input";
        let fields: BTreeSet<String> = row.fields.iter().map(|field| world.fill_in(field)).collect();
        if !fits || named != fields {
            wrong.push(format!("{door} {request}: {} {text}", answer.status()));
        }
        let changed = world.app.snapshot().await;
        let changed = changed.changed_since(&before);
        if !changed.is_empty() {
            wrong.push(format!("{door} {request}: changed {changed:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    world.finish().await;
}

/// Whatever is sent: no failure of ours, and problem details from the API.
#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_answered_at_every_door() {
    let world = World::start().await;
    let mut wrong = Vec::new();
    for door in &doors() | &addresses() {
        let (method, path) = door.split_once(' ').unwrap();
        let path = path.replace('{', "nonsense-").replace('}', "");
        for (content_type, body) in [
            ("application/json", "{"),
            ("application/json", "[1]"),
            ("text/plain", "{}"),
            ("application/x-www-form-urlencoded", "%FF=%00&a[b"),
        ] {
            // who signs out could be nobody else afterwards
            let path = format!("{path}?after=nonsense&status=%00&switch=nonsense");
            let method = if method == "GET" { "GET" } else { "POST" };
            let ask = Ask { method, path, content_type, body: body.to_owned(), headers: Vec::new() };
            for who in ["visitor", "insurer", "platform"] {
                let answer = world.send(&ask, world.cookie_of(who), "same-origin").await;
                let is_problem = answer
                    .headers()
                    .get("content-type")
                    .is_some_and(|kind| kind == "application/problem+json");
                let is_done = answer.status().is_success() || answer.status().is_redirection();
                // functions answer in their own words, and no browser reads what its report is answered with
                let speaks_otherwise = door.starts_with("POST /rpc/") || door == "POST /csp-reports";
                let fits = is_done || is_problem || speaks_otherwise;
                if answer.status().is_server_error() || !fits {
                    wrong.push(format!("{door} {body} {who}: {} {}", answer.status(), answer.text()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

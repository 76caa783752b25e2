//! Every server function, asked by a page that was made for somebody else than who acts now.

use contracts::identity::{MadeFor, OrganisationKind};
use http::StatusCode;
use serde_json::Value;

use super::{
    table::{self, Row},
    world::World,
};

impl World {
    /// Who could do what a row asks for, by cookie.
    fn somebody_for(&self, row: &Row) -> &str {
        if row.parties.iter().any(|party| party == "newcomer") {
            return &self.newcomer.cookie;
        }
        let party = row.parties.first().and_then(|party| party.parse().ok());
        let kind = party.unwrap_or(OrganisationKind::Insurer);
        &self.members.iter().find(|caller| caller.kind == kind).unwrap().cookie
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_of_another_sends_is_refused_at_every_server_function_and_does_nothing() {
    let world = World::start().await;
    let stranger = world.app.made_for(&world.rivals[0].cookie).await;
    let before = world.app.snapshot().await;
    let rows = table::sections().into_iter().flat_map(table::section);
    let rows: Vec<Row> = rows.filter(|row| row.door.starts_with("POST /rpc/")).collect();
    assert_eq!(rows.len(), server_fn::axum::server_fn_paths().count());
    let mut wrong = Vec::new();
    for row in rows {
        let cookie = world.somebody_for(&row);
        let now = world.app.made_for(cookie).await;
        for page in [
            // the same person, for another organisation or for none
            MadeFor { organisation: stranger.organisation, ..now },
            MadeFor { organisation: None, ..now },
            // somebody else, for the same organisation
            MadeFor { person: stranger.person, ..now },
            // a visitor, or a page that does not say
            MadeFor::default(),
        ] {
            let ask = world.ask(&row.door, &row.request);
            let answer = world.send_from(page, &ask, Some(cookie), "same-origin").await;
            let told: Value = serde_json::from_str(&answer.text()).unwrap_or_default();
            let is_told = told["code"] == "made_for_another" && !told["facts"]["organisation"].is_null();
            if answer.status() != StatusCode::CONFLICT || !is_told {
                wrong.push(format!("{} from {page}: {} {}", row.door, answer.status(), answer.text()));
            }
        }
    }
    let after = world.app.snapshot().await;
    let changed = after.changed_since(&before);
    assert!(wrong.is_empty() && changed.is_empty(), "{changed:?} {wrong:#?}");
}

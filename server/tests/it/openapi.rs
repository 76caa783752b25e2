//! The API's promise, word for word: a change of it shows in the change's own diff.

use std::{fs, path::Path};

use serde_json::Value;
use testkit::TestApp;

const RENEW: &str = "cargo run --package server -- openapi > docs/openapi.json";

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_the_documented_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let written = fs::read_to_string(&path).unwrap_or_default();
    let present = server::rest::openapi().to_pretty_json().unwrap();
    let differs = written.lines().zip(present.lines()).position(|(old, new)| old != new);
    assert!(
        written.trim_end() == present,
        "docs/openapi.json is not what the server offers, from line {}; if the change is meant: {RENEW}",
        differs.unwrap_or(written.lines().count().min(present.lines().count())) + 1
    );
    let served: Value = TestApp::start().await.get("/api/openapi.json").await.json();
    assert_eq!(served, serde_json::from_str::<Value>(&present).unwrap());
}

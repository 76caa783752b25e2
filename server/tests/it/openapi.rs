//! The API's promise, word for word: a change of it shows in the change's own diff.

use std::{fs, path::Path};

use serde_json::Value;
use testkit::TestApp;

use crate::house_rules::{root, sources};

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

fn document() -> Value {
    serde_json::to_value(server::rest::openapi()).unwrap()
}

#[test]
fn an_operation_is_called_like_the_service_behind_it() {
    let files = sources(&root().join("crates/services/src"));
    let services: String = files.into_iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let document = document();
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap());
    let strange: Vec<&str> = operations
        .map(|(_, operation)| operation["operationId"].as_str().unwrap())
        .filter(|name| !services.contains(&format!("pub async fn {name}(")))
        .collect();
    assert!(strange.is_empty(), "no service is called {strange:?}");
}

#[test]
fn what_is_referred_to_is_there_and_what_is_in_the_path_is_in_the_address() {
    let document = document();
    let known = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for name in text.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(known.contains_key(name), "{name} is nowhere");
    }
    for (path, operations) in document["paths"].as_object().unwrap() {
        let parameters =
            operations.as_object().unwrap().values().filter_map(|one| one["parameters"].as_array());
        for parameter in parameters.flatten().filter(|one| one["in"] == "path") {
            let name = parameter["name"].as_str().unwrap();
            assert!(path.contains(&format!("{{{name}}}")), "{path} has no {name}");
        }
    }
}

#[test]
fn certificates_tell_who_may_ask_and_how_they_refuse() {
    let document = document();
    let scheme = &document["components"]["securitySchemes"]["session"];
    assert_eq!((&scheme["type"], &scheme["in"]), (&"apiKey".into(), &"cookie".into()));
    assert_eq!(scheme["name"], server::web::SESSION_COOKIE);
    let paths = document["paths"].as_object().unwrap();
    let ours = paths.iter().filter(|(path, _)| path.starts_with("/api/certificates"));
    let mut seen = 0;
    for (path, operation) in ours.flat_map(|(path, operations)| {
        operations.as_object().unwrap().values().map(move |operation| (path, operation))
    }) {
        seen += 1;
        let refusal = &operation["responses"]["default"]["content"]["application/json"]["schema"]["$ref"];
        assert_eq!(refusal, "#/components/schemas/ProblemBody", "{path}");
        let is_public = path.contains("/verify/");
        let asked = operation["security"][0]["session"].is_array();
        assert_ne!(is_public, asked, "{path}");
    }
    assert_eq!(seen, 7, "the operations are found");
}

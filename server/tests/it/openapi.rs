//! The API's promise, word for word: a change of it shows in the change's own diff.

use std::{fs, path::Path};

use axum::body::Body;
use contracts::{error::ErrorCode, identity::OrganisationKind, money::Currency, page::PageSize};
use http::{Request, StatusCode, header};
use serde_json::Value;
use testkit::TestApp;

use crate::{
    access::table::{self, Right},
    house_rules::{root, sources},
};

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

#[test]
fn words_of_the_document_are_those_on_the_wire() {
    let document = document();
    let words = |name: &str| document["components"]["schemas"][name]["enum"].clone();
    assert_eq!(words("Currency"), serde_json::to_value(Currency::ALL).unwrap());
    assert_eq!(words("PageSize"), serde_json::to_value(PageSize::ALL).unwrap());
    assert_eq!(words("ErrorCode"), serde_json::to_value(ErrorCode::ALL).unwrap());
    let answers = document["paths"].as_object().unwrap().iter().flat_map(|(path, methods)| {
        let operations = methods.as_object().unwrap().values();
        operations.flat_map(move |one| {
            one["responses"].as_object().unwrap().values().map(move |answer| (path, answer))
        })
    });
    for (path, answer) in answers {
        assert!(answer["description"].is_string(), "{path} has an answer without a description");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_command_is_refused_by_its_name() {
    let app = TestApp::start().await;
    let path = "/api/purchase/complete";
    let send = async |request: http::request::Builder, body: &'static str| {
        app.send(request.body(Body::from(body)).unwrap()).await
    };
    for kind in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let answer = send(Request::post(path).header(header::CONTENT_TYPE, kind), "{}").await;
        assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
        assert_eq!(answer.json::<Value>()["code"], "wrong_media_type");
    }
    let json = || Request::post(path).header(header::CONTENT_TYPE, "application/json; charset=utf-8");
    for body in ["[]", r#"["019385a0-0000-7000-8000-000000000000"]"#, "null", "7"] {
        let answer = send(json(), body).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(answer.json::<Value>()["fields"]["body"], "This must be an object.", "{body}");
    }
    for (request, allowed) in [
        (Request::get(path), "POST"),
        (Request::delete("/api/certificates"), "GET,HEAD"),
        (Request::post("/market"), "GET, HEAD"),
    ] {
        let answer = send(request, "").await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.headers()[header::ALLOW], allowed);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(answer.json::<Value>()["code"], "wrong_method");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_pages_that_hold_nothing_of_anybody_are_compressed() {
    let app = TestApp::start().await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let packing = async |path: &str, cookie: &str| {
        let request = Request::get(path).header("accept", "text/html").header("accept-encoding", "br, gzip");
        let answer = app.send(request.header("cookie", cookie).body(Body::empty()).unwrap()).await;
        answer.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(packing("/market?q=knee", "theme=dark").await.as_deref(), Some("br"));
    assert_eq!(packing("/market?q=knee", insurer.cookie()).await, None);
    assert_eq!(packing("/market", "__Host-session=over").await, None, "whatever it stands for");
    assert_eq!(packing("/invitations/s3cret", "").await, None, "its address is a secret");
    assert_eq!(packing("/api/certificates", "").await, None);
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
fn operations_tell_who_may_ask_and_how_they_refuse() {
    let document = document();
    let scheme = &document["components"]["securitySchemes"]["session"];
    assert_eq!((&scheme["type"], &scheme["in"]), (&"apiKey".into(), &"cookie".into()));
    assert_eq!(scheme["name"], server::web::SESSION_COOKIE);
    let mut seen = 0;
    for row in table::sections().into_iter().flat_map(table::section) {
        let (method, path) = row.door.split_once(' ').unwrap();
        let operation = &document["paths"][path][method.to_lowercase()];
        if operation.is_null() {
            continue;
        }
        seen += 1;
        let refusal = &operation["responses"]["default"]["content"]["application/problem+json"]["schema"];
        assert_eq!(refusal["$ref"], "#/components/schemas/ProblemBody", "{}", row.door);
        let is_open = matches!(row.right, Right::Anybody | Right::Signature);
        assert_ne!(operation["security"][0]["session"].is_array(), is_open, "{}", row.door);
    }
    assert_eq!(seen, document["paths"].as_object().unwrap().len(), "each has its row");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_api_has_the_chosen_theme_a_way_home_and_every_schema() {
    let app = TestApp::start().await;
    let page = Request::get("/api").header(header::COOKIE, "theme=dark").body(Body::empty()).unwrap();
    let page = app.send(page).await.text();
    for part in [
        "data-theme=\"dark\"",
        "name=\"color-scheme\"",
        "class=\"brand\"",
        "<code>POST /api/purchase/initiate</code>",
    ] {
        assert!(page.contains(part), "{part} is missing: {page}");
    }
    for name in document()["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("id=\"schema-{name}\"")), "{name} is not described");
    }
}

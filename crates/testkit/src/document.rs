//! Compares each answer that a test receives with the API's document, so that the whole test suite checks the document.

use std::{collections::HashMap, sync::LazyLock};

use http::{HeaderMap, Method, StatusCode, header};
use jsonschema::Validator;
use serde_json::{Value, json};

/// Documented media types of a status, or of all other statuses (`default`), each with a validator if it is JSON; empty for an answer
/// without a body.
type Promise = HashMap<String, Option<Validator>>;

/// A documented operation.
struct Operation {
    method: String,
    /// Segments of the path; `None` stands for a parameter.
    path: Vec<Option<String>>,
    answers: HashMap<String, Promise>,
}

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let document = serde_json::to_value(server::rest::openapi()).expect("a document");
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            operations.push(Operation {
                method: method.to_uppercase(),
                path: parts(path).map(|part| (!part.starts_with('{')).then(|| part.to_owned())).collect(),
                answers: answers(&document, operation),
            });
        }
    }
    operations
});

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

fn answers(document: &Value, operation: &Value) -> HashMap<String, Promise> {
    let shape = |media: &Value| {
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": document["components"],
            "allOf": [media["schema"]],
        });
        jsonschema::options().should_validate_formats(true).build(&whole).expect("a schema")
    };
    let promise = |answer: &Value| {
        let content = answer["content"].as_object().into_iter().flatten();
        content.map(|(kind, media)| (kind.clone(), kind.contains("json").then(|| shape(media)))).collect()
    };
    let answers = operation["responses"].as_object().expect("responses");
    answers.iter().map(|(status, answer)| (status.clone(), promise(answer))).collect()
}

impl Operation {
    fn is_asked(&self, method: &Method, path: &str) -> bool {
        let asked: Vec<&str> = parts(path).collect();
        let fits =
            |(part, asked): (&Option<String>, &&str)| part.as_deref().is_none_or(|part| part == *asked);
        self.method == method.as_str()
            && self.path.len() == asked.len()
            && self.path.iter().zip(&asked).all(fits)
    }
}

/// Fails the test if the answer of a documented operation differs from the document.
pub(crate) fn check(method: &Method, path: &str, status: StatusCode, headers: &HeaderMap, body: &[u8]) {
    // if two paths match, the one with fewer parameters is meant
    let asked = OPERATIONS.iter().filter(|operation| operation.is_asked(method, path));
    let Some(operation) =
        asked.min_by_key(|operation| operation.path.iter().filter(|part| part.is_none()).count())
    else {
        return;
    };
    let promise = operation.answers.get(status.as_str()).or(operation.answers.get("default"));
    let promise =
        promise.unwrap_or_else(|| panic!("{method} {path} answers {status}, which is not documented"));
    let sent = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let Some(sent) = sent.map(|kind| kind.split(';').next().unwrap_or_default()) else {
        assert!(promise.is_empty(), "{method} {path} answers {status} without a body");
        return;
    };
    let shape = promise.get(sent);
    let shape = shape
        .unwrap_or_else(|| panic!("{method} {path} answers {status} as {sent}, which is not documented"));
    if let Some(shape) = shape {
        let value: Value = serde_json::from_slice(body).expect("JSON");
        let faults: Vec<String> =
            shape.iter_errors(&value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(faults.is_empty(), "{method} {path} answers {status} otherwise than documented: {faults:#?}");
    }
}

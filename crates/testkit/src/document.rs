//! Compares each request that a test sends and each answer that it receives with the API's document, so that the whole test suite checks
//! the document.

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
    /// What is asked of a JSON body; `None` for an operation without one.
    body: Option<Validator>,
    /// Each parameter of the query.
    query: HashMap<String, Parameter>,
}

/// A documented parameter of a query.
struct Parameter {
    shape: Validator,
    is_required: bool,
}

/// What was sent, kept until its answer is known.
pub(crate) struct SentRequest {
    /// The method.
    pub(crate) method: Method,
    /// The path, without the query.
    pub(crate) path: String,
    /// The query, without `?`.
    pub(crate) query: Option<String>,
    /// The body; `None` when it is no JSON.
    pub(crate) json: Option<Vec<u8>>,
}

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let document = serde_json::to_value(server::rest::openapi()).expect("a document");
    operations(&document)
});

fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            operations.push(Operation {
                method: method.to_uppercase(),
                path: parts(path).map(|part| (!part.starts_with('{')).then(|| part.to_owned())).collect(),
                answers: answers(document, operation),
                body: (!body.is_null()).then(|| validator(document, body)),
                query: query(document, operation),
            });
        }
    }
    operations
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

fn validator(document: &Value, schema: &Value) -> Validator {
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "components": document["components"],
        "allOf": [schema],
    });
    jsonschema::options().should_validate_formats(true).build(&whole).expect("a schema")
}

fn answers(document: &Value, operation: &Value) -> HashMap<String, Promise> {
    let promise = |answer: &Value| {
        let content = answer["content"].as_object().into_iter().flatten();
        let shape = |media: &Value| validator(document, &media["schema"]);
        content.map(|(kind, media)| (kind.clone(), kind.contains("json").then(|| shape(media)))).collect()
    };
    let answers = operation["responses"].as_object().expect("responses");
    answers.iter().map(|(status, answer)| (status.clone(), promise(answer))).collect()
}

fn query(document: &Value, operation: &Value) -> HashMap<String, Parameter> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let of_query = parameters.filter(|one| one["in"] == "query").map(|one| {
        let name = one["name"].as_str().expect("a name").to_owned();
        let shape = validator(document, &one["schema"]);
        (name, Parameter { shape, is_required: one["required"] == true })
    });
    of_query.collect()
}

/// Describes each way in which `value` is not what `shape` asks for.
fn faults(shape: &Validator, value: &Value) -> Vec<String> {
    shape.iter_errors(value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

impl Parameter {
    /// A query is text: what it says may also be meant as a number or a truth value.
    fn accepts(&self, text: &str) -> bool {
        let meant = serde_json::from_str::<Value>(text);
        self.shape.is_valid(&Value::String(text.to_owned()))
            || meant.is_ok_and(|value| self.shape.is_valid(&value))
    }
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

    /// Describes each way in which a request is not what the document asks for.
    fn request_faults(&self, sent: &SentRequest) -> Vec<String> {
        let mut found = match (&self.body, &sent.json) {
            (Some(shape), Some(body)) => match serde_json::from_slice(body) {
                Ok(value) => faults(shape, &value),
                Err(cause) => vec![format!("the body is no JSON: {cause}")],
            },
            (Some(_), None) => vec!["the body is missing".to_owned()],
            (None, _) => Vec::new(),
        };
        let pairs = contracts::query_text::query_pairs(sent.query.as_deref().unwrap_or_default());
        for (name, text) in &pairs {
            match self.query.get(name) {
                Some(parameter) if !text.is_empty() && !parameter.accepts(text) => {
                    found.push(format!("?{name}={text} is not what the parameter takes"));
                }
                // an empty value stands for none, and what no operation knows is ignored
                _ => {}
            }
        }
        let is_sent = |name: &str| pairs.iter().any(|(sent, _)| sent == name);
        let missing = self.query.iter().filter(|(name, one)| one.is_required && !is_sent(name));
        found.extend(missing.map(|(name, _)| format!("?{name} is required")));
        found
    }
}

/// Fails the test if a documented operation answers otherwise than documented, or accepts a request that its document refuses.
pub(crate) fn check(sent: &SentRequest, status: StatusCode, headers: &HeaderMap, body: &[u8]) {
    let SentRequest { method, path, .. } = sent;
    // if two paths match, the one with fewer parameters is meant
    let asked = OPERATIONS.iter().filter(|operation| operation.is_asked(method, path));
    let Some(operation) =
        asked.min_by_key(|operation| operation.path.iter().filter(|part| part.is_none()).count())
    else {
        return;
    };
    if status.is_success() {
        let faults = operation.request_faults(sent);
        assert!(faults.is_empty(), "{method} {path} accepts what is not documented: {faults:#?}");
    }
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
        let faults = faults(shape, &value);
        assert!(faults.is_empty(), "{method} {path} answers {status} otherwise than documented: {faults:#?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(method: Method, target: &str, json: Option<&str>) -> SentRequest {
        let (path, query) =
            target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        SentRequest {
            method,
            path: path.to_owned(),
            query: query.map(str::to_owned),
            json: json.map(|json| json.as_bytes().to_vec()),
        }
    }

    fn found(request: &SentRequest, operations: &[Operation]) -> usize {
        let operation = operations.iter().find(|one| one.is_asked(&request.method, &request.path)).unwrap();
        operation.request_faults(request).len()
    }

    #[test]
    fn a_request_that_the_document_refuses_is_found() {
        let mut document = serde_json::to_value(server::rest::openapi()).unwrap();
        let buy = r#"{"idempotency_key":"long-enough","confirmed_totals":[{"amount_minor":100,"currency":"EUR"}],"confirmed_digests":["x"]}"#;
        let good = [
            sent(Method::POST, "/api/purchase/initiate", Some(buy)),
            sent(Method::GET, "/api/marketplace/services?currency=EUR&sort=price&q=a%20knee&city=", None),
        ];
        let bad = [
            sent(Method::POST, "/api/purchase/initiate", Some(&buy.replace("EUR", "Eur"))),
            sent(Method::POST, "/api/purchase/initiate", Some("[]")),
            sent(Method::POST, "/api/purchase/initiate", None),
            sent(Method::GET, "/api/marketplace/services?currency=Eur", None),
            sent(Method::GET, "/api/marketplace/services?sort=cheapest", None),
        ];
        let known = operations(&document);
        assert_eq!(good.each_ref().map(|request| found(request, &known)), [0, 0]);
        assert_eq!(bad.each_ref().map(|request| found(request, &known) > 0), [true; 5]);
        // a document that names Rust's variants refuses what the server accepts
        document["components"]["schemas"]["Currency"]["enum"] = json!(["Eur", "Usd"]);
        let wrong = operations(&document);
        assert_eq!(good.each_ref().map(|request| found(request, &wrong) > 0), [true; 2]);
    }
}

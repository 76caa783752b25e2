//! The OpenAPI document as a page a person can read. Made from the document itself, so that it cannot drift from it.

use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, header};
use serde_json::{Map, Value};

use crate::web::AppState;

/// For pages outside the application: no script at all; styles are the site's own.
pub(crate) const STYLED_POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) async fn reference_page(State(state): State<AppState>) -> Response {
    let document = serde_json::to_value(super::openapi()).unwrap_or_default();
    let mut response = Html(page(state.site.styles(), &document)).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(STYLED_POLICY));
    response
}

fn page(styles: &str, document: &Value) -> String {
    let operations: Vec<String> = document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(path, methods)| {
            methods
                .as_object()
                .into_iter()
                .flatten()
                .map(move |(method, operation)| (path, method, operation))
        })
        .map(|(path, method, operation)| section(path, method, operation))
        .collect();
    let operations = operations.concat();
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>API reference · HCTS</title>{styles}</head><body><main class=\"page reading prose\"><h1>API reference</h1><p>{}</p>\
         <p>The same as a machine reads it: <a href=\"/api/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>{operations}</main></body></html>",
        text(&document["info"]["description"])
    )
}

fn section(path: &str, method: &str, operation: &Value) -> String {
    let parameters: Vec<String> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| {
            let required = if parameter["required"] == Value::Bool(true) { ", required" } else { "" };
            format!(
                "<li><code>{}</code> ({}{required}): {}</li>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                text(&parameter["description"])
            )
        })
        .collect();
    let body = operation["requestBody"]["content"]
        .as_object()
        .map(|content| format!("<p>Takes {}.</p>", shapes(content)))
        .unwrap_or_default();
    let answers: Vec<String> = operation["responses"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(status, answer)| {
            let shape = answer["content"]
                .as_object()
                .map(|content| format!(" ({})", shapes(content)))
                .unwrap_or_default();
            format!("<li><strong>{}</strong>: {}{shape}</li>", escape(status), text(&answer["description"]))
        })
        .collect();
    format!(
        "<section><h2 id=\"{id}\"><code>{} {}</code></h2><p>{}</p><p>{}</p>{body}<ul>{parameters}</ul><h3>Answers</h3><ul>{answers}</ul></section>",
        escape(&method.to_uppercase()),
        escape(path),
        text(&operation["summary"]),
        text(&operation["description"]),
        id = text(&operation["operationId"]),
        parameters = parameters.concat(),
        answers = answers.concat(),
    )
}

/// Media types with the name of what they carry.
fn shapes(content: &Map<String, Value>) -> String {
    let named = |(media, shape): (&String, &Value)| {
        let reference = shape["schema"]["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        reference
            .map_or_else(|| escape(media), |name| format!("{}: <code>{}</code>", escape(media), escape(name)))
    };
    content.iter().map(named).collect::<Vec<_>>().join(", ")
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_each_operation_and_escapes_its_words() {
        let document = json!({ "info": { "description": "a <b>" }, "paths": { "/api/x/{id}": { "get": {
            "operationId": "x_get", "summary": "One & only", "responses": { "200": { "description": "Fine" } } } } } });
        let html = page("", &document);
        assert!(
            html.contains("GET /api/x/{id}")
                && html.contains("One &amp; only")
                && html.contains("a &lt;b&gt;")
        );
    }
}

//! The OpenAPI document as a page a person can read. Made from the document itself, so that it cannot drift from it.

use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use crate::web::{AppState, static_page_answer, static_page_html, theme_of};

pub(super) async fn reference_page(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let document = serde_json::to_value(super::openapi()).unwrap_or_default();
    let page = static_page_html((&state).into(), theme_of(&headers), "API reference", &content(&document));
    static_page_answer(StatusCode::OK, page)
}

fn content(document: &Value) -> String {
    let operations: String = fields(&document["paths"])
        .flat_map(|(path, methods)| fields(methods).map(move |(method, operation)| (path, method, operation)))
        .map(|(path, method, operation)| section(path, method, operation))
        .collect();
    let schemas: String =
        fields(&document["components"]["schemas"]).map(|(name, schema)| describe(name, schema)).collect();
    format!(
        "<div class=\"reading prose\"><h1>API reference</h1><p>{}</p>\
         <p>Machine-readable version: <a href=\"/api/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>\
         <p><a href=\"#schemas\">Schemas</a></p>{operations}\
         <h2 id=\"schemas\">Schemas</h2>{schemas}</div>",
        words(&document["info"]["description"])
    )
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn section(path: &str, method: &str, operation: &Value) -> String {
    let parameters: Vec<String> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| {
            let required = if parameter["required"] == Value::Bool(true) { ", required" } else { "" };
            format!(
                "<li><code>{}</code> ({}, {}{required}): {}</li>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                kind(&parameter["schema"]),
                words(&parameter["description"])
            )
        })
        .collect();
    let body = operation["requestBody"]["content"]
        .as_object()
        .map(|content| format!("<p>Request body: {}.</p>", shapes(content)))
        .unwrap_or_default();
    let answers: Vec<String> = fields(&operation["responses"])
        .map(|(status, answer)| {
            let shape = answer["content"]
                .as_object()
                .map(|content| format!(" ({})", shapes(content)))
                .unwrap_or_default();
            format!("<li><strong>{}</strong>: {}{shape}</li>", escape(status), words(&answer["description"]))
        })
        .collect();
    let session = if operation["security"].is_array() { "<p>Requires sign-in.</p>" } else { "" };
    format!(
        "<section class=\"stack-sm\"><h2 id=\"{id}\"><code>{} {}</code></h2>{}{}{session}{body}{}<h3>Responses</h3>{}</section>",
        escape(&method.to_uppercase()),
        escape(path),
        paragraph(&words(&operation["summary"])),
        paragraph(&words(&operation["description"])),
        list(&parameters.concat()),
        list(&answers.concat()),
        id = text(&operation["operationId"]),
    )
}

/// Media types with what they carry.
fn shapes(content: &Map<String, Value>) -> String {
    let named = |(media, shape): (&String, &Value)| match &shape["schema"] {
        Value::Null => escape(media),
        schema => format!("{}: {}", escape(media), kind(schema)),
    };
    content.iter().map(named).collect::<Vec<_>>().join(", ")
}

/// Returns the section of a schema: its description, its words or its fields.
fn describe(name: &str, schema: &Value) -> String {
    let required = schema["required"].as_array();
    let rows: String = fields(&schema["properties"])
        .map(|(field, shape)| {
            let is_required = required.is_some_and(|names| names.iter().any(|name| name == field));
            let needed = if is_required { ", required" } else { "" };
            let about = words(find_description(shape));
            format!("<li><code>{}</code> ({}{needed}): {about}</li>", escape(field), kind(shape))
        })
        .collect();
    let what = if rows.is_empty() { paragraph(&kind(schema)) } else { list(&rows) };
    let name = escape(name);
    let about = paragraph(&words(&schema["description"]));
    format!(
        "<section class=\"stack-sm\"><h3 id=\"schema-{name}\"><code>{name}</code></h3>{about}{what}</section>"
    )
}

/// Returns the description of a field; that of an optional field is on one of its alternatives.
fn find_description(shape: &Value) -> &Value {
    let own = &shape["description"];
    let chosen = shape["oneOf"].as_array().into_iter().flatten().map(|one| &one["description"]);
    std::iter::once(own).chain(chosen).find(|words| words.is_string()).unwrap_or(own)
}

/// The type of a value in words, with a link where it is described.
fn kind(schema: &Value) -> String {
    let reference = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    if let Some(name) = reference.map(escape) {
        return format!("<a href=\"#schema-{name}\"><code>{name}</code></a>");
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    if let Some(words) = schema["enum"].as_array() {
        let words = words.iter().map(|word| format!("<code>{}</code>", text(word)));
        return format!("one of {}", words.collect::<Vec<_>>().join(", "));
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    let format = schema["format"].as_str().map(|format| format!(" ({})", escape(format))).unwrap_or_default();
    match (kinds.join(" or "), &schema["items"], &schema["additionalProperties"]) {
        (list, Value::Object(_), _) => format!("{} of {}", escape(&list), kind(&schema["items"])),
        (map, _, Value::Object(_)) => {
            format!("{} of {}", escape(&map), kind(&schema["additionalProperties"]))
        }
        (plain, ..) if plain.is_empty() => "any JSON value".to_owned(),
        (plain, ..) => escape(&plain) + &format,
    }
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

/// Words for people, with what stands between backticks as code.
fn words(value: &Value) -> String {
    let parts = value.as_str().unwrap_or_default().split('`').map(escape);
    let marked =
        |(place, part): (usize, String)| if place % 2 == 1 { format!("<code>{part}</code>") } else { part };
    parts.enumerate().map(marked).collect()
}

/// A paragraph, where there is something to say.
fn paragraph(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("<p>{words}</p>") }
}

/// A list, where there is something in it.
fn list(rows: &str) -> String {
    if rows.is_empty() { String::new() } else { format!("<ul>{rows}</ul>") }
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
            "operationId": "x_get", "summary": "One & only", "responses": { "200": { "description": "Fine: `x<y`" } } } } } });
        let html = content(&document);
        assert!(
            html.contains("GET /api/x/{id}")
                && html.contains("One &amp; only")
                && html.contains("a &lt;b&gt;")
                && html.contains("Fine: <code>x&lt;y</code>")
        );
    }

    #[test]
    fn tells_what_a_request_carries() {
        let document = json!({ "components": { "schemas": {
            "Order": { "description": "What is ordered.", "required": ["kind"], "properties": {
                "kind": { "$ref": "#/components/schemas/Kind", "description": "Which." },
                "units": { "type": ["integer", "null"], "format": "int32" },
                "notes": { "type": "array", "items": { "type": "string" } },
                "also": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Kind", "description": "Another." }] } } },
            "Kind": { "type": "string", "enum": ["scan", "visit"] } } } });
        let html = content(&document);
        for part in [
            "<h3 id=\"schema-Order\">",
            "<code>kind</code> (<a href=\"#schema-Kind\"><code>Kind</code></a>, required): Which.",
            "<code>units</code> (integer or null (int32)): ",
            "<code>notes</code> (array of string): ",
            "<code>also</code> (null or <a href=\"#schema-Kind\"><code>Kind</code></a>): Another.",
            "one of <code>scan</code>, <code>visit</code>",
        ] {
            assert!(html.contains(part), "{part} is missing: {html}");
        }
    }
}

//! Reads request bodies field by field, so that the answer can name every invalid field.

use std::collections::BTreeMap;

use axum::body::Bytes;
use reqwest::Url;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{ApiError, FieldError};
use crate::money;

/// Reader of a JSON object; collects the errors.
pub(crate) struct Fields {
    map: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// Parses a body; an empty one is read as `{}`.
    pub(crate) fn parse(body: &Bytes) -> Result<(Value, Self), ApiError> {
        let value: Value = match body.as_ref() {
            [] => Value::Object(Map::new()),
            bytes => serde_json::from_slice(bytes)
                .map_err(|error| ApiError::malformed(format!("The body is not JSON: {error}.")))?,
        };
        let Value::Object(map) = value.clone() else {
            return Err(ApiError::malformed("The body is not a JSON object."));
        };
        Ok((value, Self { map, errors: Vec::new() }))
    }

    /// Adds an error.
    pub(crate) fn refuse(&mut self, field: &str, reason: impl Into<String>) {
        self.errors.push(FieldError { field: field.into(), reason: reason.into() });
    }

    /// Returns an error if any field was invalid or unknown.
    pub(crate) fn finish(mut self) -> Result<(), ApiError> {
        for name in std::mem::take(&mut self.map).keys() {
            self.refuse(name, "is not a known field");
        }
        if self.errors.is_empty() { Ok(()) } else { Err(ApiError::fields(self.errors)) }
    }

    fn take(&mut self, field: &str) -> Option<Value> {
        self.map.remove(field).filter(|value| !value.is_null())
    }

    /// Reads an integer in `range`; a missing one is an error unless there is a default.
    pub(crate) fn integer(
        &mut self,
        field: &str,
        range: std::ops::RangeInclusive<i64>,
        default: Option<i64>,
    ) -> i64 {
        let fallback = default.unwrap_or(*range.start());
        match self.take(field) {
            None if default.is_some() => {}
            None => self.refuse(field, "is missing"),
            Some(value) => match value.as_i64() {
                Some(number) if range.contains(&number) => return number,
                Some(_) => {
                    self.refuse(field, format!("must be from {} to {}", range.start(), range.end()));
                }
                None => self.refuse(field, "must be an integer"),
            },
        }
        fallback
    }

    /// Reads a text of 1 to `max` characters without control characters.
    pub(crate) fn text(&mut self, field: &str, max: usize) -> String {
        match self.take(field) {
            None => self.refuse(field, "is missing"),
            Some(Value::String(text)) => {
                let text = text.trim();
                if text.is_empty() {
                    self.refuse(field, "must not be empty");
                } else if text.chars().count() > max {
                    self.refuse(field, format!("must not be longer than {max} characters"));
                } else if text.chars().any(char::is_control) {
                    self.refuse(field, "must not have control characters");
                } else {
                    return text.to_owned();
                }
            }
            Some(_) => self.refuse(field, "must be text"),
        }
        String::new()
    }

    /// Reads a currency that the provider supports.
    pub(crate) fn currency(&mut self, field: &str) -> String {
        let currency = self.text(field, 3);
        if !currency.is_empty() && money::exponent(&currency).is_none() {
            self.refuse(field, "is not a currency this provider takes (ISO 4217, capital letters)");
        }
        currency
    }

    /// Reads an absolute http or https address without user name.
    pub(crate) fn address(&mut self, field: &str) -> String {
        let text = self.text(field, 2048);
        if text.is_empty() {
            return text;
        }
        let good = Url::parse(&text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
        });
        if !good {
            self.refuse(field, "must be an absolute http or https address");
        }
        text
    }

    /// Reads at most 20 short texts by name.
    pub(crate) fn metadata(&mut self, field: &str) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        match self.take(field) {
            None => {}
            Some(Value::Object(map)) if map.len() <= 20 => {
                for (key, value) in map {
                    match value {
                        Value::String(text) if key.len() <= 40 && text.len() <= 500 => {
                            out.insert(key, text);
                        }
                        _ => self.refuse(
                            &format!("{field}.{key}"),
                            "must be text of at most 500 bytes under a name of at most 40",
                        ),
                    }
                }
            }
            Some(_) => self.refuse(field, "must be an object of at most 20 texts"),
        }
        out
    }

    /// Reads a value of a closed set; `None` if absent.
    pub(crate) fn choice<T: DeserializeOwned>(&mut self, field: &str) -> Option<T> {
        match serde_json::from_value(self.take(field)?) {
            Ok(value) => Some(value),
            Err(error) => {
                self.refuse(field, error.to_string());
                None
            }
        }
    }
}

//! Reads commands and queries from what a request brings, and says in plain words what is wrong with which field. serde's own
//! readers would answer in Rust's words ("invalid type: map, expected struct …"), and take a list for a command.

use std::fmt;

use contracts::validate::FieldErrors;
use serde::de::{
    self, DeserializeOwned, Deserializer, Expected, IntoDeserializer, Unexpected, Visitor,
    value::{MapDeserializer, SeqDeserializer},
};
use serde_json::Value;

/// What is wrong with one value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The field that is missing or unknown, below the place that was read.
    field: Option<&'static str>,
    unknown: Option<String>,
    reason: String,
}

impl Wrong {
    fn because(reason: impl Into<String>) -> Self {
        Self { field: None, unknown: None, reason: reason.into() }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    /// What a type of ours says of a text it cannot read; it is written for people.
    fn custom<T: fmt::Display>(reason: T) -> Self {
        let reason = reason.to_string();
        // the one type of another house that speaks for itself
        if reason.contains("UUID") {
            Self::because(describe_expected(&reason))
        } else {
            Self::because(format!("This value is not accepted: {reason}."))
        }
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::because(describe_expected(&expected.to_string()))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::because(describe_expected(&expected.to_string()))
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::because(describe_expected(&expected.to_string()))
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Self::because(format!("Send one of {}.", known.join(", ")))
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        let reason = format!("Unknown field. The known fields are {}.", known.join(", "));
        Self { unknown: Some(field.to_owned()), ..Self::because(reason) }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { field: Some(field), ..Self::because("This field is required.") }
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self { field: Some(field), ..Self::because("Send this field only once.") }
    }
}

/// What to send, from serde's words for what a type expects.
fn describe_expected(expected: &str) -> String {
    let what = match expected {
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a string" | "a borrowed string" => "text",
        "a sequence" => "a list",
        text if text.starts_with("struct ") || text == "a map" => "an object",
        text if text.contains("UUID") => "an ID such as 019385a0-0000-7000-8000-000000000000",
        _ => "a different type of value",
    };
    format!("This must be {what}.")
}

/// A value on its way into a type of ours.
enum Source {
    /// A part of a JSON document.
    Json(Value),
    /// The text of a query or a form, in which numbers and truth values are written out.
    Text(String),
}

impl IntoDeserializer<'_, Wrong> for Source {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A number or a truth value that is written out in a text.
macro_rules! written_out {
    ($($method:ident $visit:ident $kind:ty),+ $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            match &self {
                Self::Text(text) => match text.parse::<$kind>() {
                    Ok(value) => visitor.$visit(value),
                    Err(_) => Err(de::Error::invalid_type(Unexpected::Str(text), &visitor)),
                },
                Self::Json(_) => self.deserialize_any(visitor),
            }
        }
    )+};
}

impl<'de> Deserializer<'de> for Source {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self {
            Self::Text(text) | Self::Json(Value::String(text)) => visitor.visit_string(text),
            Self::Json(Value::Null) => visitor.visit_unit(),
            Self::Json(Value::Bool(value)) => visitor.visit_bool(value),
            Self::Json(Value::Number(number)) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(value), ..) => visitor.visit_u64(value),
                (_, Some(value), _) => visitor.visit_i64(value),
                (.., value) => visitor.visit_f64(value.unwrap_or(f64::NAN)),
            },
            Self::Json(Value::Array(values)) => {
                visitor.visit_seq(SeqDeserializer::new(values.into_iter().map(Self::Json)))
            }
            Self::Json(Value::Object(fields)) => {
                let fields = fields.into_iter().map(|(name, value)| (name, Self::Json(value)));
                visitor.visit_map(MapDeserializer::new(fields))
            }
        }
    }

    written_out! {
        deserialize_bool visit_bool bool,
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64,
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64,
        deserialize_f32 visit_f32 f32, deserialize_f64 visit_f64 f64,
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self {
            Self::Json(Value::Null) => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    /// A command is an object: its fields in a row, which serde would take as well, are not accepted.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self {
            Self::Json(Value::Array(_)) => Err(de::Error::invalid_type(Unexpected::Seq, &visitor)),
            value => value.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self {
            Self::Text(word) | Self::Json(Value::String(word)) => {
                visitor.visit_enum(IntoDeserializer::<Wrong>::into_deserializer(word))
            }
            Self::Json(value) => value
                .deserialize_enum(name, variants, visitor)
                .map_err(|_| Wrong::because(format!("Send one of {}.", variants.join(", ")))),
        }
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

/// Reads a value from JSON.
///
/// # Errors
/// Which field is wrong, and why; `body` where it is the whole.
pub(super) fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, FieldErrors> {
    let value = serde_json::from_slice(body).map_err(|cause| {
        let place = format!("line {}, column {}", cause.line(), cause.column());
        FieldErrors::one("body", format!("The request body is not valid JSON (at {place})."))
    })?;
    read(Source::Json(value), "body")
}

/// Reads a value from the pairs of a query or of a form; `whole` names them together.
///
/// # Errors
/// Which field is wrong, and why.
pub(super) fn from_pairs<T: DeserializeOwned>(
    pairs: Vec<(String, String)>,
    whole: &str,
) -> Result<T, FieldErrors> {
    let pairs = pairs.into_iter().map(|(name, value)| (name, Source::Text(value)));
    read(MapDeserializer::new(pairs), whole)
}

fn read<'de, T: de::Deserialize<'de>>(
    source: impl Deserializer<'de, Error = Wrong>,
    whole: &str,
) -> Result<T, FieldErrors> {
    serde_path_to_error::deserialize(source).map_err(|error| {
        let path = Some(error.path().to_string()).filter(|path| !matches!(path.as_str(), "." | "?"));
        let Wrong { field, unknown, reason } = error.into_inner();
        // the path of an unknown field ends in it already, that of a missing one at its parent
        let below = field.map(str::to_owned).or(unknown.filter(|_| path.is_none()));
        let place = path.into_iter().chain(below).collect::<Vec<_>>().join(".");
        FieldErrors::one(if place.is_empty() { whole } else { &place }, reason)
    })
}

#[cfg(test)]
mod tests {
    use contracts::{certificates::CertificateQuery, orders::PurchaseInitiate};

    use super::*;

    fn errors_of(body: &str) -> Vec<(String, String)> {
        let errors = from_json::<PurchaseInitiate>(body.as_bytes()).err().unwrap_or_default();
        errors.0.into_iter().map(|(field, reason)| (field.clone(), reason.clone())).collect()
    }

    #[test]
    fn each_wrong_field_is_named_in_words_of_no_programming_language() {
        let money = |amount: &str, currency: &str| {
            format!(
                r#"{{"idempotency_key":"long-enough","confirmed_totals":[{{"amount_minor":{amount},"currency":{currency}}}]}}"#
            )
        };
        for (body, field, reason) in [
            ("{", "body", "The request body is not valid JSON (at line 1, column 1)."),
            ("[]", "body", "This must be an object."),
            (r#"["long-enough",[],[]]"#, "body", "This must be an object."),
            ("null", "body", "This must be an object."),
            ("{}", "idempotency_key", "This field is required."),
            (r#"{"idempotency_key":7}"#, "idempotency_key", "This must be text."),
            (
                r#"{"idempotency_key":"long-enough","confirmed_totals":{}}"#,
                "confirmed_totals",
                "This must be a list.",
            ),
            (&money("0.5", r#""EUR""#), "confirmed_totals[0].amount_minor", "This must be a whole number."),
            (&money("\"1\"", r#""EUR""#), "confirmed_totals[0].amount_minor", "This must be a whole number."),
            (
                &money("1", r#""XXX""#),
                "confirmed_totals[0].currency",
                "Send one of EUR, USD, GBP, CHF, JPY, KWD.",
            ),
            (&money("1", "7"), "confirmed_totals[0].currency", "Send one of EUR, USD, GBP, CHF, JPY, KWD."),
        ] {
            assert_eq!(errors_of(body), [(field.to_owned(), reason.to_owned())], "{body}");
        }
        let [(field, reason)] = &errors_of(r#"{"idempotency_key":"long-enough","price":1}"#)[..] else {
            panic!()
        };
        assert_eq!(field, "price");
        assert!(reason.starts_with("Unknown field. The known fields are idempotency_key,"), "{reason}");
        assert!(errors_of(&money("1", r#""EUR""#)).is_empty());
    }

    #[test]
    fn a_query_is_read_from_text() {
        let pairs = |text: &str| contracts::query_text::query_pairs(text);
        let query: CertificateQuery = from_pairs(pairs("size=50&q=knee"), "query").unwrap();
        assert_eq!(query.size.as_str(), "50");
        let wrong = from_pairs::<CertificateQuery>(pairs("size=7"), "query").unwrap_err();
        assert_eq!(wrong.get("size"), Some("Send one of 25, 50, 100."));
    }
}

//! Checks of single fields. Each error is a sentence that names its field by its [`field_label`] and says what to do, so that it can
//! stand alone in a summary above the form.

use std::{collections::BTreeMap, ops::RangeInclusive};

pub use crate::field_label::field_label;
use crate::{
    characters::{self, Refused},
    money::{Currency, Money},
    typed_number::{read_amount, read_whole},
};

/// Errors of a form: name of the field and reason, collected while a command is validated.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(pub BTreeMap<String, String>);

impl FieldErrors {
    /// Returns an empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a collection with one error.
    pub fn one(field: &str, reason: impl Into<String>) -> Self {
        let mut errors = Self::new();
        errors.add(field, reason);
        errors
    }

    /// Adds an error; the first reason for a field stays.
    pub fn add(&mut self, field: &str, reason: impl Into<String>) {
        self.0.entry(field.to_owned()).or_insert_with(|| reason.into());
    }

    /// Adds the first of these reasons for `field`, whatever field they were found under.
    pub fn add_of(&mut self, field: &str, refused: Self) {
        if let Some(reason) = refused.0.into_values().next() {
            self.add(field, reason);
        }
    }

    /// Adds an error unless `holds` is true.
    pub fn check(&mut self, holds: bool, field: &str, reason: &str) {
        if !holds {
            self.add(field, reason);
        }
    }

    /// Returns the reason for `field`; `None` when it is valid.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// True when there are no errors.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Returns a name or title in NFC, on one line; adds an error under `field` unless it has `min` to `max` characters and all are allowed.
pub fn name(errors: &mut FieldErrors, field: &str, value: &str, min: usize, max: usize) -> String {
    let name = characters::tidy_name(value);
    check_characters(errors, field, &name, (min, max), characters::refused_in_name(&name));
    name
}

/// Returns a text in NFC that may have several lines; adds an error under `field` unless it has `min` to `max` characters and all are
/// allowed.
pub fn text(errors: &mut FieldErrors, field: &str, value: &str, min: usize, max: usize) -> String {
    let text = characters::tidy_text(value);
    check_characters(errors, field, &text, (min, max), characters::refused_in_text(&text));
    text
}

fn check_characters(
    errors: &mut FieldErrors,
    field: &str,
    text: &str,
    (min, max): (usize, usize),
    refused: Option<Refused>,
) {
    let length = text.chars().count();
    if length < min {
        errors.add(field, if length == 0 { missing(field) } else { too_short(field, min) });
    } else if length > max {
        errors.add(field, too_long(field, max));
    } else if let Some(refused) = refused {
        errors.add(field, format!("{}: {refused}", field_label(field)));
    }
}

/// Returns the message for an empty field: "Enter an organisation name."
fn missing(field: &str) -> String {
    let label = field_label(field);
    let (first, rest) = label.split_at(label.chars().next().map_or(0, char::len_utf8));
    let first = first.to_lowercase();
    let article = if matches!(first.as_str(), "a" | "e" | "i" | "o") { "an" } else { "a" };
    format!("Enter {article} {first}{rest}.")
}

fn too_short(field: &str, min: usize) -> String {
    format!("{} must be at least {min} characters.", field_label(field))
}

/// Returns the message for a text of more than `max` characters.
pub fn too_long(field: &str, max: usize) -> String {
    format!("{} must be at most {max} characters.", field_label(field))
}

/// Returns the message for a word that is not among the options.
pub fn not_an_option(field: &str) -> String {
    about(field, "Choose an option from the list.")
}

/// Returns a sentence with the label of its field: "Price per unit: enter an amount such as 1200.50."
fn about(field: &str, sentence: &str) -> String {
    let (first, rest) = sentence.split_at(sentence.chars().next().map_or(0, char::len_utf8));
    format!("{}: {}{rest}", field_label(field), first.to_lowercase())
}

/// Returns a search text, trimmed and with each control character replaced by a space, because no stored text contains one.
pub fn words(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.trim().to_owned()
}

/// Returns an e-mail address in lower case; adds an error unless it has one `@`, text on both sides, a dot in the domain and at
/// most 254 octets (RFC 5321 §4.5.3.1).
pub fn email(errors: &mut FieldErrors, field: &str, value: &str) -> String {
    let address = value.trim().to_lowercase();
    let shaped = address.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && local.len() <= 64
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !domain.contains('@')
            && address.len() <= 254
            && !address.chars().any(|c| c.is_whitespace() || c.is_control())
    });
    errors.check(shaped, field, "Enter an e-mail address such as name@example.org.");
    address
}

/// Parses an amount as a person types it; adds an error and returns `None` when it is refused.
pub fn amount(errors: &mut FieldErrors, field: &str, text: &str, currency: Currency) -> Option<Money> {
    read_amount(text, currency).map_err(|cause| errors.add(field, about(field, &cause.to_string()))).ok()
}

/// Parses a whole number in `range`, in digits only; adds an error and returns `None` when it is refused.
pub fn whole(errors: &mut FieldErrors, field: &str, text: &str, range: RangeInclusive<u32>) -> Option<u32> {
    let number = read_whole(text).filter(|number| range.contains(number));
    if number.is_none() {
        let (least, most) = range.into_inner();
        let label = field_label(field);
        errors.add(field, format!("{label} must be a whole number from {least} to {most}, in digits only."));
    }
    number
}

/// Returns a country code in upper case (ISO 3166-1 alpha-2); adds an error for an unknown one.
pub fn country(errors: &mut FieldErrors, field: &str, value: &str) -> String {
    let code = value.trim().to_ascii_uppercase();
    errors.check(crate::country::name_of(&code).is_some(), field, "Choose a country.");
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_field_and_why() {
        let mut errors = FieldErrors::new();
        text(&mut errors, "title", " x ", 3, 120);
        email(&mut errors, "email", "nobody");
        country(&mut errors, "country", "Spain");
        country(&mut errors, "of_nobody", "ZZ");
        text(&mut errors, "organisation", " ", 2, 120);
        text(&mut errors, "reason", "", 5, 300);
        assert_eq!(errors.get("title"), Some("Title must be at least 3 characters."));
        assert!(errors.get("email").is_some() && errors.get("country").is_some());
        assert_eq!(errors.get("of_nobody"), Some("Choose a country."));
        assert_eq!(errors.get("organisation"), Some("Enter an organisation name."));
        assert_eq!(errors.get("reason"), Some("Enter a reason."));
    }

    #[test]
    fn words_hold_no_control_characters() {
        assert_eq!(words(" hip\u{0}pain\t"), "hip pain");
        assert_eq!(words("\u{0}"), "");
    }

    #[test]
    fn accepts_and_tidies_good_values() {
        let mut errors = FieldErrors::new();
        assert_eq!(email(&mut errors, "email", " Ada@Example.ORG "), "ada@example.org");
        assert_eq!(country(&mut errors, "country", "de"), "DE");
        assert!(errors.is_empty());
    }
}

//! The grammar of ICD-11 codes (ICD-11 Reference Guide, coding scheme): stem codes and chapter X extension codes.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An ICD-11 code, such as `BA00`, `5C80.0` or the extension code `XA0G74`.
///
/// Stem code: a character, a letter, a digit, a character, and optionally a dot with one or two further characters. Extension code:
/// `X`, a letter, two to four characters. Letters are upper-case without `I` and `O`, which could be mistaken for 1 and 0.
/// A cluster (`1B12.2&XA0G74`) consists of several codes and does not parse as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(String);

/// Kinds of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// A code that can be used alone.
    Stem,
    /// A code that adds detail to a stem code (chapter X) and is no diagnosis by itself.
    Extension,
}

/// Reason why a text is no ICD-11 code. Positions count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The text is empty.
    #[error("the code is empty")]
    Empty,
    /// The text ends where a code cannot end.
    #[error("the code `{code}` is too short: {expected} is missing at position {position}")]
    TooShort {
        /// The text.
        code: String,
        /// Position of the first missing character.
        position: usize,
        /// Description of the missing character.
        expected: &'static str,
    },
    /// A character is not allowed at its position.
    #[error("`{found}` at position {position} of `{code}` is not {expected}")]
    Unexpected {
        /// The text.
        code: String,
        /// Position of the character.
        position: usize,
        /// The character.
        found: char,
        /// Description of the characters that are allowed there.
        expected: &'static str,
    },
    /// The text consists of several codes, joined with `&` or `/`.
    #[error("`{0}` is a cluster of several codes; give one code")]
    Cluster(String),
}

const LETTER: &str = "a capital letter other than I and O";
const DIGIT: &str = "a digit";
const CHARACTER: &str = "a digit or a capital letter other than I and O";
const DOT_OR_END: &str = "a dot or the end of the code";
const END: &str = "the end of the code";

fn is_letter(c: char) -> bool {
    c.is_ascii_uppercase() && c != 'I' && c != 'O'
}

fn is_character(c: char) -> bool {
    c.is_ascii_digit() || is_letter(c)
}

impl Code {
    /// Returns the code as written, with its dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether it is a stem code or an extension code.
    pub fn kind(&self) -> CodeKind {
        if self.0.starts_with('X') { CodeKind::Extension } else { CodeKind::Stem }
    }

    /// True when the spelling suggests a residual category: "other specified" ends in `Y`, "unspecified" in `Z`. Only
    /// [`crate::Entity::is_residual`], which WHO's file states, is reliable.
    pub fn looks_residual(&self) -> bool {
        self.kind() == CodeKind::Stem && self.0.ends_with(['Y', 'Z'])
    }
}

/// Returns the rule for a position (from 0) of a code: the allowed characters, their description, and whether the code may end before.
fn rule(extension: bool, position: usize) -> (fn(char) -> bool, &'static str, bool) {
    let letter: fn(char) -> bool = is_letter;
    let never: fn(char) -> bool = |_| false;
    match (extension, position) {
        (_, 1) => (letter, LETTER, false),
        (false, 2) => (|c| c.is_ascii_digit(), DIGIT, false),
        (false, 4) => (|c| c == '.', DOT_OR_END, true),
        (_, 0 | 3) | (true, 2) | (false, 5) => (is_character, CHARACTER, false),
        (true, 4 | 5) | (false, 6) => (is_character, CHARACTER, true),
        _ => (never, END, true),
    }
}

impl FromStr for Code {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        if text.is_empty() {
            return Err(CodeError::Empty);
        }
        if text.contains(['&', '/']) {
            return Err(CodeError::Cluster(text.to_owned()));
        }
        let extension = text.starts_with('X');
        let mut length = 0;
        for (position, found) in text.chars().enumerate() {
            let (allowed, expected, _) = rule(extension, position);
            if !allowed(found) {
                return Err(CodeError::Unexpected {
                    code: text.to_owned(),
                    position: position + 1,
                    found,
                    expected,
                });
            }
            length = position + 1;
        }
        match rule(extension, length) {
            (_, _, true) => Ok(Self(text.to_owned())),
            (_, expected, false) => {
                Err(CodeError::TooShort { code: text.to_owned(), position: length + 1, expected })
            }
        }
    }
}

impl TryFrom<String> for Code {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        text.parse()
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0
    }
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accepts_every_shape() {
        for text in ["1A00", "BA00.Z", "1B12.2Z", "5C80.0", "QA00", "VA01", "SM99", "XA01", "XA0G7", "XA0G74"]
        {
            assert_eq!(text.parse::<Code>().unwrap().to_string(), text);
        }
        assert_eq!("XA0G74".parse::<Code>().unwrap().kind(), CodeKind::Extension);
        assert_eq!("BA00.Z".parse::<Code>().unwrap().kind(), CodeKind::Stem);
        assert!("BA00.Z".parse::<Code>().unwrap().looks_residual());
        assert!(!"XA0G7Z".parse::<Code>().unwrap().looks_residual());
    }

    #[test]
    fn names_the_character_and_its_place() {
        let unexpected = |text: &str| match text.parse::<Code>().unwrap_err() {
            CodeError::Unexpected { position, found, .. } => (position, found),
            other => panic!("{other}"),
        };
        assert_eq!(unexpected("BO00"), (2, 'O'));
        assert_eq!(unexpected("ba00"), (1, 'b'));
        assert_eq!(unexpected("BAA0"), (3, 'A'));
        assert_eq!(unexpected("BA00Z"), (5, 'Z'));
        assert_eq!(unexpected("BA00.0I"), (7, 'I'));
        assert_eq!(unexpected("BA00.000"), (8, '0'));
        assert_eq!(unexpected("XA0G745"), (7, '5'));
        assert_eq!(unexpected("BA00 "), (5, ' '));
        assert_eq!(unexpected("BÄ00"), (2, 'Ä'));
        assert_eq!(
            "BAA0".parse::<Code>().unwrap_err().to_string(),
            "`A` at position 3 of `BAA0` is not a digit"
        );
    }

    #[test]
    fn refuses_what_ends_early_and_clusters() {
        assert_eq!("".parse::<Code>(), Err(CodeError::Empty));
        for (text, at) in [("B", 2), ("BA0", 4), ("BA00.", 6), ("XA0", 4)] {
            assert!(
                matches!(text.parse::<Code>(), Err(CodeError::TooShort { position, .. }) if position == at)
            );
        }
        assert!(matches!("1B12.2&XA0G74".parse::<Code>(), Err(CodeError::Cluster(_))));
    }

    #[test]
    fn travels_as_a_checked_string() {
        let code: Code = "BA00".parse().unwrap();
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"BA00\"");
        assert!(serde_json::from_str::<Code>("\"BAA0\"").is_err());
    }

    proptest! {
        #[test]
        fn whatever_parses_is_written_back_unchanged(text in "[0-9A-Z.]{0,8}") {
            if let Ok(code) = text.parse::<Code>() {
                prop_assert_eq!(code.to_string(), text);
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,12}") {
            let _ = text.parse::<Code>();
        }

        #[test]
        fn the_grammar_of_stems(text in "[0-9A-HJ-NP-WYZ][A-HJ-NP-Z][0-9][0-9A-HJ-NP-Z](\\.[0-9A-HJ-NP-Z]{1,2})?") {
            prop_assert!(text.parse::<Code>().is_ok());
        }
    }
}

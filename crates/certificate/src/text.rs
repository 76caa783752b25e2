//! Texts of a certificate with a maximum length in UTF-8 bytes, because the capacity of a QR code is counted in bytes.

use std::fmt;

/// Text of 1 to `MAX` bytes without control characters and without spaces at the ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text<const MAX: usize>(String);

/// Title of the service.
pub type ServiceTitle = Text<240>;
/// Name of the provider's organisation.
pub type ProviderName = Text<160>;
/// Issuer: the market's origin without scheme, such as `market.example`.
pub type IssuerOrigin = Text<64>;

/// Reason why a certificate cannot carry a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The text is empty.
    #[error("the text is empty")]
    Empty,
    /// The text is too long.
    #[error("the text has {found} bytes where {max} fit")]
    TooLong {
        /// Length of the text in bytes.
        found: usize,
        /// Maximum length in bytes.
        max: usize,
    },
    /// The text contains a control character, or a space at an end.
    #[error("the text holds a control character or starts or ends with a space")]
    Unclean,
}

impl<const MAX: usize> Text<MAX> {
    /// Creates the text unchanged.
    ///
    /// # Errors
    /// Returns a [`TextError`] for an invalid text.
    pub fn new(text: &str) -> Result<Self, TextError> {
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.trim() != text || text.contains(char::is_control) {
            return Err(TextError::Unclean);
        }
        if text.len() > MAX {
            return Err(TextError::TooLong { found: text.len(), max: MAX });
        }
        Ok(Self(text.to_owned()))
    }

    /// Creates the text from one of any length: removes control characters, and cuts a longer text between characters and ends it with `…`.
    ///
    /// # Errors
    /// Returns [`TextError::Empty`] if nothing is left.
    pub fn fit(text: &str) -> Result<Self, TextError> {
        let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let clean = clean.trim();
        if clean.len() <= MAX {
            return Self::new(clean);
        }
        let room = MAX.saturating_sub("…".len());
        let cut = clean.char_indices().map(|(at, _)| at).take_while(|at| *at <= room).last().unwrap_or(0);
        let kept = clean.get(..cut).unwrap_or_default().trim_end();
        Self::new(&format!("{kept}…"))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_clean_text_up_to_the_bound() {
        assert_eq!(Text::<4>::new("äö").unwrap().as_str(), "äö");
        assert_eq!(Text::<4>::new("äöx"), Err(TextError::TooLong { found: 5, max: 4 }));
        assert_eq!(Text::<4>::new(""), Err(TextError::Empty));
        for unclean in [" a", "a ", "a\nb", "\u{7f}"] {
            assert_eq!(Text::<4>::new(unclean), Err(TextError::Unclean));
        }
    }

    #[test]
    fn cuts_between_characters() {
        assert_eq!(Text::<8>::fit("12345678").unwrap().as_str(), "12345678");
        assert_eq!(Text::<8>::fit("123456789").unwrap().as_str(), "12345…");
        assert_eq!(Text::<8>::fit("äöüßß").unwrap().as_str(), "äö…");
        assert_eq!(Text::<8>::fit("1234 56789").unwrap().as_str(), "1234…");
        assert_eq!(Text::<8>::fit(" a\nb ").unwrap().as_str(), "a b");
        assert_eq!(Text::<8>::fit(" \t "), Err(TextError::Empty));
    }

    proptest! {
        #[test]
        fn whatever_has_a_visible_character_fits(text in ".{0,40}[a-z].{0,40}") {
            prop_assert!(Text::<16>::fit(&text).is_ok());
        }
    }
}

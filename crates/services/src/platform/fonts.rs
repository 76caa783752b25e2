//! The letters of documents: Inter, Latin, Greek and Cyrillic (SIL Open Font License, `fonts/OFL.txt`). What they cannot print is refused
//! where it is typed, so that no document comes out with gaps.

use skrifa::prelude::{FontRef, MetadataProvider};

use super::{Error, Result};

/// Inter, regular weight.
pub const REGULAR: &[u8] = include_bytes!("fonts/Inter-Regular.otf");
/// Inter, semibold: titles and names.
pub const SEMIBOLD: &[u8] = include_bytes!("fonts/Inter-SemiBold.otf");

/// Returns the first character of `text` that a document cannot print. White space needs no letter.
pub fn find_unprintable(text: &str) -> Option<char> {
    let font = FontRef::new(SEMIBOLD).ok()?;
    let letters = font.charmap();
    text.chars().find(|c| !c.is_whitespace() && letters.map(*c).is_none())
}

/// Refuses a text that certificates could not print. `field` is the form's name of the text, `advice` says how it can be written.
///
/// # Errors
/// `invalid_input` naming the field and the character.
pub fn require_printable(field: &str, text: &str, advice: &str) -> Result<()> {
    match find_unprintable(text) {
        None => Ok(()),
        Some(letter) => {
            Err(Error::invalid_field(field, format!("Certificates can't print “{letter}”. {advice}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn european_scripts_are_printed_and_others_named() {
        for text in [
            "Knee scan, 3 T",
            "Ärztliche Prüfung",
            "École d’été",
            "Łódź",
            "Обследование",
            "Εξέταση",
            "5 µg – 1 °C",
        ] {
            assert_eq!(find_unprintable(text), None, "{text}");
        }
        for (text, first) in [("膝 MRT", '膝'), ("MRT فحص", 'ف'), ("MRT जाँच", 'ज'), ("MRT 🦵", '🦵')]
        {
            assert_eq!(find_unprintable(text), Some(first), "{text}");
        }
    }

    #[test]
    fn both_weights_have_the_same_letters() {
        let [regular, semibold] = [REGULAR, SEMIBOLD]
            .map(|font| FontRef::new(font).unwrap().charmap().mappings().map(|(c, _)| c).collect::<Vec<_>>());
        assert_eq!(regular, semibold);
    }
}

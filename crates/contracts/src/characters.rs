//! Rules for the characters of names and texts. A name must look as it is stored: no invisible characters, no change of writing
//! direction, no line ends, and composed form (NFC), so that equal names compare equal. The Unicode tables are compiled into the
//! server only (feature `unicode`): the browser does not validate fields.

/// Returns the name in NFC, trimmed, with each run of spaces replaced by one.
#[cfg(feature = "unicode")]
pub(crate) fn tidy_name(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;

    let is_space = |c: char| c == ' ' || unicode::is_space(c);
    let composed: String = text.trim().nfc().collect();
    let words: Vec<&str> = composed.split(is_space).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Returns the text in NFC, trimmed; line breaks stay.
#[cfg(feature = "unicode")]
pub(crate) fn tidy_text(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;

    text.trim().nfc().collect()
}

/// Returns the first character that a name must not contain, or `NoLetter` for a name without letters and digits.
#[cfg(feature = "unicode")]
pub(crate) fn refused_in_name(name: &str) -> Option<Refused> {
    let refused = name.chars().find(|c| unicode::is_unseen(*c)).map(Refused::Character);
    let is_bare = || !name.is_empty() && !name.chars().any(char::is_alphanumeric);
    refused.or_else(|| is_bare().then_some(Refused::NoLetter))
}

/// Returns the first character that a text must not contain. The two joiners are allowed: Persian and Indian languages need them.
#[cfg(feature = "unicode")]
pub(crate) fn refused_in_text(text: &str) -> Option<Refused> {
    let may_stand = |c: char| matches!(c, '\n' | '\r' | '\t' | '\u{200C}' | '\u{200D}' | '\u{FE0F}');
    text.chars().find(|c| !may_stand(*c) && unicode::is_unseen(*c)).map(Refused::Character)
}

/// Reason why a name or a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The text contains this character.
    Character(char),
    /// The name has no letter and no digit.
    #[cfg_attr(not(feature = "unicode"), expect(dead_code, reason = "the browser checks no field"))]
    NoLetter,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Character('\n' | '\r' | '\u{2028}' | '\u{2029}') => f.write_str("write it on one line."),
            Self::Character(c) => {
                write!(f, "remove the invisible character U+{:04X}, or type the text again.", u32::from(*c))
            }
            Self::NoLetter => f.write_str("enter at least one letter or digit."),
        }
    }
}

#[cfg(feature = "unicode")]
mod unicode {
    use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

    pub(super) fn is_space(c: char) -> bool {
        c.general_category() == GeneralCategory::SpaceSeparator
    }

    /// True for a character that is invisible or changes how others are drawn: controls, formats (zero width, direction, tags), line
    /// separators, private and unassigned characters, and the letters and marks that are blank.
    pub(super) fn is_unseen(c: char) -> bool {
        use GeneralCategory as Category;

        let by_category = matches!(
            c.general_category(),
            Category::Control
                | Category::Format
                | Category::LineSeparator
                | Category::ParagraphSeparator
                | Category::Surrogate
                | Category::PrivateUse
                | Category::Unassigned
        );
        by_category
            || matches!(
                c,
                // blank letters, marks and signs (Default_Ignorable_Code_Point, and the empty Braille pattern)
                '\u{034F}'
                    | '\u{115F}'..='\u{1160}'
                    | '\u{17B4}'..='\u{17B5}'
                    | '\u{180B}'..='\u{180F}'
                    | '\u{2800}'
                    | '\u{3164}'
                    | '\u{FE00}'..='\u{FE0F}'
                    | '\u{FFA0}'
                    | '\u{1D159}'
                    | '\u{E0000}'..='\u{E0FFF}'
            )
    }
}

/// Returns the name trimmed; the server does the rest.
#[cfg(not(feature = "unicode"))]
pub(crate) fn tidy_name(text: &str) -> String {
    text.trim().to_owned()
}

/// Returns the text trimmed; the server does the rest.
#[cfg(not(feature = "unicode"))]
pub(crate) fn tidy_text(text: &str) -> String {
    text.trim().to_owned()
}

/// Returns the first control character; the server checks for the others.
#[cfg(not(feature = "unicode"))]
pub(crate) fn refused_in_name(name: &str) -> Option<Refused> {
    name.chars().find(|c| c.is_control()).map(Refused::Character)
}

/// Returns the first control character other than line break and tab; the server checks for the others.
#[cfg(not(feature = "unicode"))]
pub(crate) fn refused_in_text(text: &str) -> Option<Refused> {
    text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')).map(Refused::Character)
}

#[cfg(all(test, feature = "unicode"))]
mod tests {
    use proptest::prelude::*;
    use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

    use super::*;

    #[test]
    fn names_of_the_world_pass_and_are_composed() {
        for (typed, kept) in [
            ("Zo\u{65}\u{308}", "Zoë"),
            ("  Klinik\u{a0}am\u{2003}\u{2003}Fluss ", "Klinik am Fluss"),
            ("木村 さくら", "木村 さくら"),
            ("مستشفى النور", "مستشفى النور"),
            ("प्रिया क्लिनिक", "प्रिया क्लिनिक"),
            ("O’Brien & Söhne, GmbH (Köln)", "O’Brien & Söhne, GmbH (Köln)"),
            ("4711", "4711"),
        ] {
            assert_eq!(tidy_name(typed), kept);
            assert_eq!(refused_in_name(kept), None, "{kept}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_refused_with_its_reason() {
        for bad in [
            "\u{200B}",
            "\u{202E}",
            "\u{2066}",
            "\u{FEFF}",
            "\u{AD}",
            "\u{2800}",
            "\u{3164}",
            "\u{E0041}",
            "\u{FE0F}",
            "\u{E000}",
            "\u{0}",
            "\u{85}",
        ] {
            let name = format!("Nor{bad}th");
            assert!(matches!(refused_in_name(&name), Some(Refused::Character(_))), "{bad:?}");
        }
        for lines in ["a\nb", "a\u{2028}b", "a\u{2029}b", "a\rb"] {
            assert_eq!(refused_in_name(lines).unwrap().to_string(), "write it on one line.", "{lines:?}");
        }
        for bare in ["...", "—", "\u{301}", "🙂"] {
            assert_eq!(refused_in_name(bare), Some(Refused::NoLetter), "{bare:?}");
        }
    }

    #[test]
    fn a_text_has_lines_and_joiners() {
        assert_eq!(refused_in_text("One.\n\tTwo: می\u{200C}خواهم ❤\u{FE0F}\r\n"), None);
        assert!(refused_in_text("pay\u{202E}gnihton").is_some());
    }

    proptest! {
        #[test]
        fn a_name_that_passes_has_neither_controls_nor_formats(name in "\\PC{0,12}|[\u{0}-\u{FFFF}]{0,12}") {
            let name = tidy_name(&name);
            if refused_in_name(&name).is_none() {
                let is_other = |c: char| c.general_category_group() == GeneralCategoryGroup::Other;
                prop_assert!(!name.chars().any(is_other));
                prop_assert_eq!(tidy_name(&name), name);
            }
        }
    }
}
